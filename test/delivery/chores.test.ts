import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/chat/errors.ts';
import { PLACE, problem } from '../servers/plain.ts';
import { createWorld } from './world.ts';

const ref = { place: PLACE, id: 'Q1' };

describe('chores', () => {
  it('a reaction is tried again after a refusal', async () => {
    const world = createWorld();
    world.plain.fail('react', { problem: problem('busy', 2_000), happened: false });
    const done = world.delivery.react(ref, '🎉', true);
    await world.clock.advance(5_000);
    expect(await done).toBeNull();
    expect(world.plain.reactions).toEqual(['+🎉 Q1']);
  });

  it('a reaction that is not allowed is told, not thrown', async () => {
    const world = createWorld();
    world.plain.fail('react', 'forbidden');
    const done = world.delivery.react(ref, '🎉', true);
    await world.clock.advance(100);
    expect(await done).toMatchObject({ kind: 'forbidden' });
  });

  it('reactions keep within their own budget', async () => {
    const world = createWorld();
    for (let i = 0; i < 20; i += 1) void world.delivery.react(ref, '🎉', true);
    await world.clock.advance(5_000);
    expect(world.plain.reactions.length).toBeLessThanOrEqual(8);
    await world.clock.advance(60_000);
    expect(world.plain.reactions).toHaveLength(20);
  });

  it('a third title within minutes is shown later, as the last of those wished for meanwhile', async () => {
    const world = createWorld();
    for (const title of ['a', 'b']) {
      const shown = world.delivery.title(PLACE, title, 'person');
      await world.clock.advance(10);
      expect(await shown).toBeNull();
    }
    expect(await world.delivery.title(PLACE, 'c', 'person')).toBe('later');
    expect(await world.delivery.title(PLACE, 'd', 'person')).toBe('later');
    await world.clock.advance(400_000);
    expect(world.plain.titles).toEqual(['a', 'b', 'd']);
  });

  it('a title that the platform does not take for ten minutes is shown then', async () => {
    const world = createWorld();
    world.plain.fail('title', { problem: problem('busy', 600_000), happened: false });
    const shown = world.delivery.title(PLACE, 'a', 'person');
    await world.clock.advance(10);
    expect(await shown).toBe('later');
    expect(await world.delivery.title(PLACE, 'b', 'person')).toBe('later');
    await world.clock.advance(599_000);
    expect(world.plain.titles).toEqual([]);
    await world.clock.advance(10_000);
    expect(world.plain.titles).toEqual(['b']);
    expect(world.clock.timers()).toBe(0);
  });

  it('a title wished for while another is being shown is shown after it', async () => {
    const world = createWorld();
    const all = ['a', 'b', 'c'].map((title) => world.delivery.title(PLACE, title, 'person'));
    await world.clock.advance(10);
    expect(await Promise.all(all)).toEqual([null, null, null]);
    expect(world.plain.titles).toEqual(['a', 'c']);
  });

  it('a title that is not allowed is told, not thrown', async () => {
    const world = createWorld();
    world.plain.fail('title', 'forbidden');
    const shown = world.delivery.title(PLACE, 'a', 'model');
    await world.clock.advance(10);
    expect(await shown).toMatchObject({ kind: 'forbidden' });
  });

  it('the model’s title leaves room for a person’s', async () => {
    const world = createWorld();
    void world.delivery.title(PLACE, 'a', 'model');
    await world.clock.advance(10);
    const shown = world.delivery.title(PLACE, 'b', 'person');
    await world.clock.advance(10);
    expect(await shown).toBeNull();
    expect(world.plain.titles).toEqual(['a', 'b']);
  });

  it('titles go as often as the platform says that it takes them', async () => {
    const world = createWorld({ titles: { burst: 20, perSecond: 20 } });
    for (const title of ['a', 'b', 'c', 'd']) {
      void world.delivery.title(PLACE, title, 'model');
      await world.clock.advance(250);
    }
    expect(world.plain.titles).toEqual(['a', 'b', 'c', 'd']);
  });

  it('an upload whose answer was lost is looked for, not made twice', async () => {
    const world = createWorld();
    world.plain.fail('upload', { problem: problem('timeout'), happened: true });
    const file = { name: 'a.txt', type: 'text/plain', bytes: new Uint8Array(3), alt: null };
    const done = world.delivery.upload(PLACE, file, 'key');
    await world.clock.advance(5_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.files).toHaveLength(1);
  });

  it('a thread is made in spite of an outage, and its refusal is thrown', async () => {
    const world = createWorld();
    world.plain.fail('thread', 'unreachable', null, 'forbidden');
    const made = world.delivery.thread(ref, 'A name');
    await world.clock.advance(5_000);
    expect(await made).toMatchObject({ thread: 'thread-of-Q1' });
    const refused = world.delivery.thread(ref, 'A name').catch((thrown: unknown) => thrown);
    await world.clock.advance(5_000);
    expect(await refused).toBeInstanceOf(Failure);
  });

  it('the newest busy signal wins', async () => {
    const world = createWorld({ latency: () => 100 });
    world.delivery.busy(PLACE, 'reading…');
    world.delivery.busy(PLACE, 'thinking…');
    world.delivery.busy(PLACE, null);
    await world.clock.advance(2_000);
    expect(world.plain.states).toEqual(['reading…', null]);
  });

  it('telling somebody who cannot be told is impossible, not an error', async () => {
    const world = createWorld();
    world.plain.fail('tell', 'forbidden');
    const done = world.delivery.tell(
      { platform: 'plain', team: 'T1', id: 'U1' },
      PLACE,
      { markdown: 'x', controls: null },
      null,
    );
    await world.clock.advance(100);
    expect(await done).toBe('impossible');
  });

  it('what waits when delivery stops is told so', async () => {
    const world = createWorld();
    const all = Array.from({ length: 30 }, () => world.delivery.react(ref, '🎉', true));
    await world.clock.settle();
    await world.delivery.stop(0);
    expect((await Promise.all(all)).filter((one) => one?.kind === 'stopped').length).toBeGreaterThan(20);
    expect(world.clock.timers()).toBe(0);
  });
});
