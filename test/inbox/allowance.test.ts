import { describe, expect, it } from 'vitest';
import { userKey } from '../../src/chat/places.ts';
import { type AskLimits, createAllowance } from '../../src/inbox/allowance.ts';
import type { Job } from '../../src/store/port.ts';
import { DIRECT, THREAD } from '../flow/world.ts';
import { person } from '../person.ts';
import { sampleJob } from './job.ts';

const NONE: AskLimits = { person: null, channel: null, atOnce: null, tasksAtOnce: null };
const ann = person('Ann').ref;
const bob = person('Bob').ref;

/** An allowance by a clock that is set, and jobs that are as a test says, also from before. */
function open(limits: Partial<AskLimits>, before: readonly Job[] = []) {
  const jobs = new Map(before.map((job): [string, Job['state']] => [job.key, job.state]));
  let now = 1_000_000;
  const clock = { now: () => now, after: () => () => undefined };
  const byKey = async (key: string) => {
    const state = jobs.get(key);
    return state === undefined ? null : sampleJob(key, state);
  };
  const of = async (asker: string, lane: string) =>
    before.filter((job) => job.person === asker && job.lane === lane).toReversed();
  const allowance = createAllowance({ limits: { ...NONE, ...limits }, jobs: { byKey, of }, clock });
  let serial = 0;
  return {
    jobs,
    wait(ms: number) {
      now += ms;
    },
    allowance,
    /** Asks, and records the job: the words of a refusal, or the key. */
    async ask(asker = ann, place = THREAD, lane: 'turn' | 'task' = 'turn') {
      serial += 1;
      const key = `K${serial}`;
      const allowed = await allowance(asker, place, key, lane);
      if (!allowed.ok) return allowed.say;
      jobs.set(key, 'waiting');
      return key;
    },
  };
}

describe('questions', () => {
  it('of one person are counted wherever they ask; others have their own', async () => {
    const { ask, wait } = open({ person: { count: 2, ms: 300_000 } });
    expect([await ask(), await ask(ann, DIRECT)]).toEqual(['K1', 'K2']);
    wait(180_000);
    expect(await ask()).toBe(
      'You have asked 2 questions in 5 minutes. I have not taken this one. Please wait 2 minutes, then send it again.',
    );
    expect(await ask(bob)).toBe('K4');
    wait(120_000);
    expect(await ask()).toBe('K5');
  });

  it('in one channel are counted over all its threads and people, but not in private', async () => {
    const { ask } = open({ channel: { count: 2, ms: 60_000 } });
    await ask(ann, { ...THREAD, thread: 'H2' });
    await ask(bob, { ...THREAD, thread: null });
    expect(await ask(person('Cy').ref)).toContain('All of you have asked 2 questions in a minute.');
    expect(await ask(ann, { ...THREAD, channel: 'C2' })).toBe('K4');
    for (let more = 0; more < 5; more += 1) expect(await ask(ann, DIRECT)).toMatch(/^K/);
  });

  it('that run or wait are counted until they are over', async () => {
    const { ask, jobs } = open({ atOnce: 2 });
    await ask();
    await ask();
    expect(await ask()).toContain('I am still at 2 questions of yours.');
    jobs.set('K1', 'running');
    expect(await ask()).toContain('still at 2 questions');
    jobs.set('K2', 'done');
    expect(await ask()).toBe('K5');
    expect(await ask()).toContain('still at 2 questions');
    expect(await ask(bob)).toMatch(/^K/);
  });

  it('that come at the same moment do not both take the last place', async () => {
    const { ask, jobs } = open({ atOnce: 3, person: { count: 10, ms: 60_000 } });
    const first = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(first.filter((one) => one.startsWith('K'))).toHaveLength(3);
    const [over] = jobs.keys();
    jobs.set(over ?? '', 'done');
    const second = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(second.filter((one) => one.startsWith('K'))).toHaveLength(1);
    const many = open({ person: { count: 4, ms: 60_000 }, channel: { count: 7, ms: 60_000 } });
    const both = await Promise.all(Array.from({ length: 20 }, (_, index) => many.ask(index % 2 ? ann : bob)));
    expect(both.filter((one) => one.startsWith('K'))).toHaveLength(7);
  });

  it('are not kept from anybody by tasks that take hours: those have a count of their own', async () => {
    const { ask, jobs } = open({ atOnce: 1, tasksAtOnce: 2 });
    const task = () => ask(ann, THREAD, 'task');
    expect([await task(), await task()]).toEqual(['K1', 'K2']);
    expect(await ask()).toBe('K3');
    expect(await task()).toBe(
      '2 tasks of yours are still under way in Nextcloud. I have not taken this one. Wait for one to end, or call one off: `/nextcloud list` shows them.',
    );
    jobs.set('K1', 'done');
    expect(await task()).toMatch(/^K/);
    expect(await ask()).toContain('I am still at another question of yours.');
  });

  it('from before a restart are told from tasks, and tasks from what tidies up after them', async () => {
    const old = (key: string, kind: string): Job => ({
      ...sampleJob(key, 'waiting'),
      ...{ person: userKey(ann), lane: 'task', kind, acceptedAt: 950_000 },
    });
    const { ask } = open({ atOnce: 1, tasksAtOnce: 2 }, [old('A', 'task'), old('B', 'tidy'), old('C', 'connect')]);
    expect(await ask()).toMatch(/^K/);
    expect(await ask(ann, THREAD, 'task')).toMatch(/^K/);
    expect(await ask(ann, THREAD, 'task')).toContain('2 tasks of yours');
  });

  it('from before a restart count as well, of their own asker', async () => {
    const old = (key: string, state: Job['state'], acceptedAt: number, more: Partial<Job> = {}): Job => ({
      ...sampleJob(key, state),
      person: userKey(ann),
      acceptedAt,
      ...more,
    });
    const jobs = [
      old('A', 'done', 600_000),
      old('B', 'running', 950_000),
      old('C', 'waiting', 960_000),
      old('D', 'waiting', 970_000, { person: userKey(bob) }),
    ];
    const byPerson = open({ person: { count: 3, ms: 100_000 } }, jobs);
    expect(await byPerson.ask()).toBe('K1');
    expect(await byPerson.ask()).toContain('You have asked 3 questions in 2 minutes.');
    const atOnce = open({ atOnce: 3 }, jobs);
    const both = await Promise.all([atOnce.ask(), atOnce.ask()]);
    expect(both.map((one) => one.startsWith('K'))).toEqual([true, false]);
    atOnce.jobs.set('C', 'done');
    expect(await atOnce.ask()).toMatch(/^K/);
    expect([await atOnce.ask(bob), await atOnce.ask(bob)]).toEqual([
      expect.stringMatching(/^K/),
      expect.stringMatching(/^K/),
    ]);
    expect(await atOnce.ask(bob)).toContain('I am still at 3 questions of yours.');
  });

  it('that never came into the store are forgotten after a minute', async () => {
    const { ask, allowance, wait } = open({ atOnce: 1 });
    await allowance(ann, THREAD, 'lost', 'turn');
    expect(await ask()).toContain('I am still at another question of yours.');
    wait(60_000);
    expect(await ask()).toMatch(/^K/);
  });

  it('that were refused count for nothing, nor do those that could not be recorded', async () => {
    const { ask, allowance, wait } = open({ person: { count: 2, ms: 60_000 }, atOnce: 2 });
    const failed = await allowance(ann, THREAD, 'lost', 'turn');
    if (failed.ok) failed.undo();
    expect([await ask(), await ask()]).toEqual(['K1', 'K2']);
    for (let more = 0; more < 5; more += 1) expect(await ask()).toMatch(/^You have asked/);
    wait(60_000);
    expect(await ask()).toContain('I am still at 2 questions of yours.');
  });
});
