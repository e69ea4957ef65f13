import { describe, expect, it } from 'vitest';
import { problem } from '../servers/plain.ts';
import { standing, streamed, TEXT, whole } from './streamed.ts';
import { createWorld, view } from './world.ts';

describe('the tail arrives', () => {
  it('after a 429 on the very last edit', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(5_000);
    world.plain.fail('put', { problem: problem('busy', 3_000), happened: false });
    const done = reply.finish(view(TEXT));
    await world.clock.advance(10_000);
    expect((await done).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(world.delivery.stats().calls['plain edit']?.refused).toBe(1);
  });

  it('after five 429s in a row', async () => {
    const world = createWorld({ latency: () => 50 });
    const refusal = { problem: problem('busy', 1_000), happened: false };
    world.plain.fail('put', refusal, refusal, refusal, refusal, refusal);
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
  });

  it('after outages and lost answers', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    const lost = { problem: problem('timeout'), happened: true };
    world.plain.fail('put', 'unreachable', lost, 'unreachable', null, lost, 'unreachable');
    world.plain.fail('open', 'unreachable', lost, null, lost, lost);
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(new Set(world.plain.messages.map((one) => one.key)).size).toBe(world.plain.messages.length);
  });

  it('when the store fails for a while', async () => {
    const world = createWorld({ latency: () => 50 });
    world.outbox.broken = 2;
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
    expect(world.plain.messages).toHaveLength(1);
  });

  it('when a part is refused as too large', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    world.plain.fail('put', 'too-large', 'too-large');
    expect((await streamed(world)).ok).toBe(true);
    expect(standing(world)).toBe(whole);
  });

  it('when an earlier part was deleted', async () => {
    const world = createWorld({ latency: () => 50, max: 300 });
    world.plain.onCall = () => {
      if (world.plain.messages.length === 3) world.plain.delete('M1');
    };
    expect((await streamed(world)).ok).toBe(true);
    expect(whole.endsWith(standing(world))).toBe(true);
  });
});

describe('the reader is told', () => {
  it('when the message is deleted in mid-stream: the reply ends and nothing is posted again', async () => {
    const world = createWorld({ latency: () => 50 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(2_000);
    world.plain.delete('M1');
    const done = await streamed(world, 60_000, reply);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'gone' } });
    expect(world.plain.messages).toHaveLength(1);
    expect(world.clock.timers()).toBe(0);
  });

  it('when the place is closed', async () => {
    const world = createWorld();
    world.plain.fail('open', 'closed');
    expect(await streamed(world)).toMatchObject({ ok: false, problem: { kind: 'closed' } });
  });

  it('when the platform stays away until the deadline', async () => {
    const world = createWorld();
    world.plain.fail('put', ...Array.from({ length: 2_000 }, () => 'unreachable' as const));
    const done = await streamed(world, 700_000);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'unreachable' } });
    expect(world.clock.timers()).toBe(0);
  });

  it('when the lease is lost: nothing more is posted', async () => {
    const world = createWorld({ max: 300 });
    const reply = world.reply();
    reply.show(view(TEXT.slice(0, 100)));
    await world.clock.advance(1_000);
    world.outbox.lost = true;
    const done = await streamed(world, 60_000, reply);
    expect(done).toMatchObject({ ok: false, problem: { kind: 'stopped' } });
    expect(world.plain.messages).toHaveLength(1);
  });
});
