import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLane, type Held, type Lane } from '../../src/inbox/lane.ts';
import { createLog } from '../../src/ops/log.ts';
import type { NewJob, Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { createTestClock, type TestClock } from '../clock.ts';

const LEASE_MS = 9_000;

let clock: TestClock;
let store: Store;
const logged: string[] = [];
beforeEach(() => {
  clock = createTestClock();
  store = openSqlite(':memory:', { vault: createVault(null), clock });
  logged.length = 0;
});
afterEach(() => store.close());

/** Work that goes on until it is told to end. */
interface Work {
  readonly held: Held;
  end(): Promise<void>;
  fail(why: string): Promise<void>;
}

function open(most = 10) {
  const works = new Map<string, Work>();
  const lane = createLane({
    lane: 'turn',
    jobs: store.jobs,
    clock,
    log: createLog('debug', { write: (line) => logged.push(line) }),
    most,
    leaseMs: LEASE_MS,
    async run(held) {
      const over = Promise.withResolvers<void>();
      works.set(held.job.key, {
        held,
        async end() {
          await store.jobs.finish(held.job, 'done', null, [], clock.now());
          over.resolve();
          await clock.settle();
        },
        async fail(why) {
          over.reject(new Error(why));
          await clock.settle();
        },
      });
      await over.promise.finally(() => works.delete(held.job.key));
    },
  });
  const work = (key: string): Work => {
    const found = works.get(key);
    if (!found) throw new Error(`${key} does not run`);
    return found;
  };
  return { lane, work, running: () => [...works.keys()] };
}

/** Stops without waiting for what runs. */
async function stop(lane: Lane): Promise<void> {
  const stopping = lane.stop(0);
  await clock.advance(0);
  await stopping;
}

async function accept(key: string, conversation: string | null, notBefore = 0): Promise<void> {
  const job: NewJob = {
    key,
    lane: 'turn',
    conversation,
    kind: 'question',
    payload: '{}',
    notBefore,
    expiresAt: clock.now() + 86_400_000,
  };
  await store.jobs.accept(job, clock.now());
}

describe('a lane', () => {
  it('runs the jobs of one conversation in order, and those of others beside them', async () => {
    const { lane, work, running } = open();
    await accept('a1', 'A');
    await accept('a2', 'A');
    await accept('b1', 'B');
    lane.wake();
    await clock.settle();
    expect(running()).toEqual(['a1', 'b1']);
    await work('a1').end();
    expect(running()).toContain('a2');
    await stop(lane);
  });

  it('takes no more than it has places for', async () => {
    const { lane, work, running } = open(2);
    for (const key of ['a', 'b', 'c']) await accept(key, key);
    lane.wake();
    await clock.settle();
    expect(running()).toEqual(['a', 'b']);
    await work('b').end();
    expect(running()).toEqual(['a', 'c']);
    await stop(lane);
  });

  it('comes back by itself when a job is due', async () => {
    const { lane, running } = open();
    await accept('later', 'A', clock.now() + 60_000);
    lane.wake();
    await clock.advance(59_000);
    expect(running()).toEqual([]);
    await clock.advance(1_000);
    expect(running()).toEqual(['later']);
    await stop(lane);
  });

  it('keeps the lease of a long job alive: nobody else gets it', async () => {
    const { lane, work } = open();
    await accept('long', 'A');
    lane.wake();
    await clock.advance(10 * LEASE_MS);
    expect(await store.jobs.claim('turn', clock.now(), LEASE_MS)).toBeNull();
    expect(work('long').held.lost.aborted).toBe(false);
    await stop(lane);
  });

  it('tells the work when its lease was lost', async () => {
    const { lane, work } = open();
    await accept('lost', 'A');
    lane.wake();
    await clock.settle();
    const { held } = work('lost');
    // Another process took it while this one slept.
    await store.jobs.claim('turn', clock.now() + 2 * LEASE_MS, LEASE_MS);
    await clock.advance(LEASE_MS);
    expect(held.lost.aborted).toBe(true);
    await stop(lane);
  });

  it('tries a job that throws three times, after longer and longer waits, and then gives it up', async () => {
    const { lane, work, running } = open();
    await accept('broken', 'A');
    lane.wake();
    await clock.settle();
    await work('broken').fail('first');
    await clock.advance(2_000);
    await work('broken').fail('second');
    await clock.advance(2_000);
    expect(running()).not.toContain('broken');
    await clock.advance(2_000);
    await work('broken').fail('third');
    await clock.advance(600_000);
    expect(await store.jobs.byKey('broken')).toMatchObject({ state: 'failed', attempts: 3, error: 'Error: third' });
    await stop(lane);
  });

  it('goes on when the store could not be read for a while', async () => {
    const { lane, running } = open();
    await accept('a', 'A');
    const { claim } = store.jobs;
    store.jobs.claim = () => Promise.reject(new Error('the disk is gone'));
    lane.wake();
    await clock.advance(3_000);
    expect(logged.filter((line) => line.includes('the queue could not be read'))).toHaveLength(4);
    store.jobs.claim = claim;
    await clock.advance(1_000);
    expect(running()).toEqual(['a']);
    await stop(lane);
  });
});

describe('a lane that is stopped', () => {
  it('takes nothing more, waits for what runs, and leaves no timer behind', async () => {
    const { lane, work, running } = open();
    await accept('a', 'A');
    await accept('b', 'A');
    lane.wake();
    await clock.settle();
    let stopped = false;
    const stopping = lane.stop(60_000).then(() => {
      stopped = true;
    });
    await clock.advance(30_000);
    expect(stopped).toBe(false);
    await work('a').end();
    await stopping;
    lane.wake();
    await clock.settle();
    expect(running()).toEqual([]);
    expect(clock.timers()).toBe(0);
  });

  it('does not wait for ever', async () => {
    const { lane } = open();
    await accept('a', 'A');
    lane.wake();
    await clock.settle();
    const stopping = lane.stop(60_000);
    await clock.advance(60_000);
    await stopping;
    expect(lane.running()).toBe(1);
    expect(clock.timers()).toBe(0);
  });
});
