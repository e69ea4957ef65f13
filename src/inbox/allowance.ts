import type { Clock } from '../chat/clock.ts';
import { type Place, type UserRef, userKey } from '../chat/places.ts';
import { LruMap } from '../store/lru-map.ts';
import type { Job, Jobs, Lane } from '../store/port.ts';
import { type Quota, takingOne, timeWords, waitFor } from './quota.ts';

/** How much may be asked; null for as much as anybody likes. */
export interface AskLimits {
  /** Questions of one person. */
  readonly person: Quota | null;
  /** Questions in one channel with its threads, whoever asks. Direct messages are counted by person only. */
  readonly channel: Quota | null;
  /** Questions of one person that run or wait at the same time. */
  readonly atOnce: number | null;
  /** Nextcloud's tasks of one person that run or wait at the same time: they may take hours, and keep nobody from asking. */
  readonly tasksAtOnce: number | null;
}

/** A question that was let in, or the sentence that says why it was not and how long to wait. */
export type Allowed =
  | {
      readonly ok: true;
      /** The question could not be recorded, or was known before: it counts for nothing. */
      undo(): void;
    }
  | { readonly ok: false; readonly say: string };

/** The lanes in which something that was asked for runs: questions, and tasks. */
type Asked = Extract<Lane, 'turn' | 'task'>;

/** Counts questions, with tasks among them; those that run at the same time each for themselves. */
export type Allowance = (asker: UserRef, place: Place, key: string, lane: Asked) => Promise<Allowed>;

/** People and channels that are remembered: those seen longest ago begin anew. */
const REMEMBERED = 10_000;
/** How far back open questions are looked for. */
const RECALLED = 50;
/** A question that was let in and does not stand in the store by then never will. */
const RECORDED_MS = 60_000;

/**
 * See {@link Allowance}. Counts in memory: looking and counting happen in one piece, so that two questions at the same moment never
 * both take the last place. What a person asked before a restart is recalled from their jobs; what a channel did is forgotten.
 */
export function createAllowance(rooms: {
  limits: AskLimits;
  jobs: Pick<Jobs, 'byKey' | 'of'>;
  clock: Clock;
}): Allowance {
  const { limits, jobs, clock } = rooms;
  const taken = new LruMap<string, readonly number[]>(REMEMBERED);
  /** What each person asked for that was open when last looked at. */
  const open = new LruMap<string, Open>(REMEMBERED);
  const atOnce = { turn: limits.atOnce, task: limits.tasksAtOnce };

  /** What a person asked for and is open; when they are seen for the first time, and their quota, as their jobs tell. */
  async function recall(person: string): Promise<Open> {
    const known = open.get(person);
    if (known) return known;
    const counted = limits.atOnce !== null || limits.tasksAtOnce !== null;
    const many = Math.max(limits.person?.count ?? 0, counted ? RECALLED : 0);
    const [turns, inTasks] = await Promise.all([newest(person, 'turn', many), newest(person, 'task', many)]);
    // Two at the same moment recall the same; the second takes what the first made of it.
    const meanwhile = open.get(person);
    if (meanwhile) return meanwhile;
    // What tidies up after a task, or waits for an account, was not asked for.
    const tasks = inTasks.filter(({ kind }) => kind === 'task');
    const times = [...turns, ...tasks].map((job) => job.acceptedAt).toSorted((one, other) => one - other);
    if (limits.person) taken.set(`person ${person}`, times.slice(-limits.person.count));
    const theirs = { turn: unfinished(turns), task: unfinished(tasks) };
    open.set(person, theirs);
    return theirs;
  }

  async function newest(person: string, lane: Asked, many: number): Promise<readonly Job[]> {
    return many === 0 ? [] : jobs.of(person, lane, many);
  }

  /** Forgets the questions that are over. */
  async function prune(keys: Keys): Promise<void> {
    for (const [key, since] of keys) {
      const state = (await jobs.byKey(key))?.state;
      const open = state === undefined ? clock.now() - since < RECORDED_MS : state === 'waiting' || state === 'running';
      if (!open) keys.delete(key);
    }
  }

  return async (asker, place, key, lane) => {
    const person = userKey(asker);
    const theirs = (await recall(person))[lane];
    const most = atOnce[lane];
    if (most !== null && theirs.size >= most) await prune(theirs);

    // From here on nothing waits for anything.
    const now = clock.now();
    const quotas = [
      { name: `person ${person}`, quota: limits.person, who: 'You have' },
      {
        name: `channel ${channelKey(place)}`,
        quota: place.kind === 'direct' ? null : limits.channel,
        who: 'All of you have',
      },
    ];
    for (const { name, quota, who } of quotas) {
      const wait = quota ? waitFor(taken.get(name) ?? [], now, quota) : 0;
      if (quota && wait > 0) return { ok: false, say: `${who} asked ${asked(quota)}. ${notTaken(timeWords(wait))}` };
    }
    if (most !== null && theirs.size >= most && !theirs.has(key))
      return { ok: false, say: lane === 'turn' ? stillAsked(theirs.size) : stillTasks(theirs.size) };
    for (const { name, quota } of quotas) if (quota) taken.set(name, takingOne(taken.get(name) ?? [], now, quota));
    if (most !== null) theirs.set(key, now);
    return {
      ok: true,
      undo() {
        theirs.delete(key);
        for (const { name, quota } of quotas) if (quota) taken.set(name, without(taken.get(name) ?? [], now));
      },
    };
  };
}

/** By key, with when each was let in. */
type Keys = Map<string, number>;

/** What one person asked for that runs or waits. */
type Open = Readonly<Record<Asked, Keys>>;

function unfinished(asked: readonly Job[]): Keys {
  const open = asked.filter(({ state }) => state === 'waiting' || state === 'running');
  return new Map(open.map((job) => [job.key, job.acceptedAt]));
}

const NOT_TAKEN = 'I have not taken this one.';

function stillAsked(count: number): string {
  const many = count === 1 ? 'another question' : `${count} questions`;
  return `I am still at ${many} of yours. ${NOT_TAKEN} Wait for an answer, or stop one.`;
}

function stillTasks(count: number): string {
  const many = count === 1 ? 'Another task of yours is' : `${count} tasks of yours are`;
  return `${many} still under way in Nextcloud. ${NOT_TAKEN} Wait for one to end, or call one off: \`/nextcloud list\` shows them.`;
}

function notTaken(wait: string): string {
  return `${NOT_TAKEN} Please wait ${wait}, then send it again.`;
}

function asked({ count, ms }: Quota): string {
  return `${count === 1 ? 'a question' : `${count} questions`} in ${timeWords(ms)}`;
}

function channelKey({ platform, team, channel }: Place): string {
  return [platform, team, channel].map(encodeURIComponent).join(':');
}

function without(times: readonly number[], time: number): readonly number[] {
  const at = times.lastIndexOf(time);
  return at === -1 ? times : times.toSpliced(at, 1);
}
