import { describe, expect, it } from 'vitest';
import { PLACE } from '../servers/plain.ts';
import { standing, streamed, TEXT, whole } from './streamed.ts';
import { createWorld, view, type World } from './world.ts';

describe('after a crash', () => {
  /** Runs a reply and ends its process at the n-th call of any kind; gives back whether it got that far. */
  async function crashAt(world: World, n: number): Promise<boolean> {
    let calls = 0;
    let crashed = false;
    world.plain.onCall = () => {
      calls += 1;
      if (calls === n) {
        crashed = true;
        world.delivery.stop(0).catch(() => undefined);
      }
    };
    await streamed(world, 20_000);
    world.plain.onCall = null;
    await world.clock.advance(1_000);
    return crashed;
  }

  it('at any call, the next process ends the same reply: nothing lost, nothing twice', async () => {
    for (let n = 1; n < 60; n += 1) {
      const world = createWorld({ latency: () => 50, max: 300, partsBeforeFile: 3 });
      if (!(await crashAt(world, n))) break;
      world.restart();
      expect((await streamed(world)).ok).toBe(true);
      expect(standing(world)).toBe(whole);
      expect(new Set(world.plain.messages.map((one) => one.key)).size).toBe(world.plain.messages.length);
      expect(world.plain.files.length).toBeGreaterThanOrEqual(1);
      expect([...world.outbox.rows.values()].every((row) => row.state === 'done')).toBe(true);
    }
  });

  it('between intent and sent, the message is found and not posted again', async () => {
    const world = createWorld();
    const first = world.reply();
    first.show(view(TEXT));
    await world.clock.advance(1_000);
    first.abandon();
    for (const [key, row] of world.outbox.rows) world.outbox.rows.set(key, { ...row, state: 'intent', ref: null });
    world.restart();
    expect((await streamed(world)).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(1);
    expect(world.plain.calls.get('find')).toBe(1);
  });

  it('a shorter answer of the second run leaves no old parts behind', async () => {
    const world = createWorld({ max: 300 });
    const first = world.reply();
    first.show(view(TEXT));
    await world.clock.advance(5_000);
    first.abandon();
    expect(world.plain.standing().length).toBeGreaterThan(3);
    world.restart();
    await streamed(world, 60_000, world.reply(), 'Short this time.');
    expect(world.plain.standing()).toEqual(['Short this time.']);
    expect(world.outbox.rows.size).toBe(1);
  });

  it('a reply that was complete costs no call', async () => {
    const world = createWorld();
    await streamed(world);
    const puts = world.plain.calls.get('put');
    world.restart();
    const done = world.reply().finish(view(TEXT));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.calls.get('put')).toBe(puts);
    expect(world.plain.messages).toHaveLength(1);
  });

  it('a complete reply that is too old to be changed is not posted a second time', async () => {
    const world = createWorld({ diesAfterMs: 3_600_000 });
    await streamed(world);
    await world.clock.advance(4_000_000);
    world.restart();
    const done = world.reply().finish(view(TEXT, { controls: { buttons: [], menu: null } }));
    await world.clock.advance(1_000);
    expect((await done).ok).toBe(true);
    expect(world.plain.messages).toHaveLength(1);
  });

  it('says one thing once, however often it is asked to', async () => {
    const world = createWorld();
    const saying = {
      lease: null,
      job: 'j',
      place: PLACE,
      body: { markdown: 'Hello.', controls: null },
      via: null,
      expiresAt: 1e15,
    };
    const first = world.delivery.say(saying);
    await world.clock.advance(500);
    world.restart();
    const second = world.delivery.say(saying);
    await world.clock.advance(500);
    expect([(await first).ok, (await second).ok]).toEqual([true, true]);
    expect(world.plain.standing()).toEqual(['Hello.']);
  });
});
