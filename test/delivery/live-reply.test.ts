import { describe, expect, it } from 'vitest';
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
});
