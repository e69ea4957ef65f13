import { describe, expect, it } from 'vitest';
import { standing, streamed, TEXT, whole } from './streamed.ts';
import { createWorld, view } from './world.ts';

describe('a live reply', () => {
  it('posts the first words, edits as the text grows, and ends with all of it', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    let text = '';
    for (let i = 0; i < 40; i += 1) {
      text += `word${i} `;
      reply.show(view(text));
      await world.clock.advance(100);
    }
    const done = reply.finish(view(text));
    await world.clock.advance(1_000);
    expect(await done).toMatchObject({ ok: true, parts: [{ id: 'M1' }] });
    expect(world.plain.standing()).toEqual([text.trimEnd()]);
    expect(world.plain.messages[0]?.final).toBe(true);
    expect(world.plain.messages[0]?.history.length).toBeGreaterThan(3);
    expect([...world.outbox.rows.values()].map((row) => row.state)).toEqual(['done']);
    expect(world.clock.timers()).toBe(0);
  });

  it('splits a long answer into parts, in order', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    const reply = world.reply();
    let text = '';
    for (let i = 0; i < 60; i += 1) {
      text += `This is sentence number ${i}. ${i % 7 === 6 ? '\n\n' : ''}`;
      reply.show(view(text));
      await world.clock.advance(100);
    }
    const done = reply.finish(view(text));
    await world.clock.advance(5_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.standing().length).toBeGreaterThan(5);
    expect(world.plain.standing().join(' ').replace(/\s+/g, ' ')).toBe(text.replace(/\s+/g, ' ').trim());
    expect(world.plain.files).toEqual([{ key: expect.any(String), name: 'answer.md', text }]);
  });

  it('a last view with nothing in it takes the status away and posts nothing', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('', { status: 'thinking…' }));
    await world.clock.advance(11_000);
    expect(world.plain.standing()).toHaveLength(1);
    const done = reply.finish(view(''));
    await world.clock.advance(1_000);
    expect(await done).toEqual({ ok: true, parts: [] });
    expect(world.plain.standing()).toEqual([]);
  });

  it('a text that does not go on from the one before replaces it', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('Half of an answer that'));
    await world.clock.advance(1_000);
    const done = reply.finish(view('Sorry, the model stopped. Please try again.'));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.standing()).toEqual(['Sorry, the model stopped. Please try again.']);
  });

  it('buttons stand only under the last part', async () => {
    const world = createWorld({ max: 300 });
    const controls = { buttons: [{ id: 'stop', label: 'Stop', style: 'danger', role: 'stop' }], menu: null } as const;
    const reply = world.reply();
    reply.show(view(TEXT, { controls }));
    await world.clock.advance(5_000);
    expect(world.plain.messages.map((one) => one.controls !== null)).toEqual(
      world.plain.messages.map((_, i) => i === world.plain.messages.length - 1),
    );
    const done = reply.finish(view(TEXT));
    await world.clock.advance(5_000);
    await done;
    expect(world.plain.messages.every((one) => one.controls === null)).toBe(true);
  });

  it('shows the status after ten seconds without text, then the text in its place', async () => {
    const world = createWorld();
    const reply = world.reply();
    reply.show(view('', { status: 'thinking…' }));
    await world.clock.advance(9_000);
    expect(world.plain.messages).toHaveLength(0);
    await world.clock.advance(1_500);
    expect(world.plain.messages[0]?.part.status).toBe('thinking…');
    await streamed(world, 60_000, reply);
    expect(world.plain.messages).toHaveLength(1);
    expect(standing(world)).toBe(whole);
    expect(world.plain.messages[0]?.part.status).toBeNull();
  });

  it('stops with no timer left, after what was finishing has finished', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    const unfinished = world.reply({ job: 'other' });
    reply.show(view(TEXT));
    unfinished.show(view('Half an'));
    await world.clock.advance(10);
    const done = reply.finish(view(TEXT));
    const stopped = world.delivery.stop(5_000);
    await world.clock.advance(6_000);
    await stopped;
    expect((await done).ok).toBe(true);
    expect(world.clock.timers()).toBe(0);
  });
});
