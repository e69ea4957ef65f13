import type { Clock } from '../chat/clock.ts';
import { type Place, type UserRef, userKey } from '../chat/places.ts';
import { LruMap } from '../store/lru-map.ts';
import type { Jobs } from '../store/port.ts';
import { type Quota, takingOne, timeWords, waitFor } from './quota.ts';

/** How much may be asked; null for as much as anybody likes. */
export interface AskLimits {
  /** Questions of one person. */
  readonly person: Quota | null;
  /** Questions in one channel with its threads, whoever asks. Direct messages are counted by person only. */
  readonly channel: Quota | null;
  /** Questions of one person that run or wait at the same time. */
  readonly atOnce: number | null;
}

/** A question that was let in, or the sentence that says why it was not and how long to wait. */
export type Allowed =
  | {
      readonly ok: true;
      /** The question could not be recorded, or was known before: it counts for nothing. */
      undo(): void;
    }
  | { readonly ok: false; readonly say: string };

/** Counts questions. */
export type Allowance = (asker: UserRef, place: Place, key: string) => Promise<Allowed>;

/** People and channels that are remembered: those seen longest ago begin anew. */
const REMEMBERED = 10_000;
/** What is counted, and how far back open questions are looked for. */
const LANES = ['turn', 'task'] as const;
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
  /** The keys of each person's questions that were open when last looked at, with when they were let in. */
  const open = new LruMap<string, Map<string, number>>(REMEMBERED);

  /** A person's open questions; when they are seen for the first time, and their quota, as their jobs tell. */
  async function recall(person: string): Promise<Map<string, number>> {
    const known = open.get(person);
    if (known) return known;
    const many = Math.max(limits.person?.count ?? 0, limits.atOnce === null ? 0 : RECALLED);
    const asked = many === 0 ? [] : await Promise.all(LANES.map((lane) => jobs.of(person, lane, many)));
    // Two at the same moment recall the same; the second takes what the first made of it.
    const meanwhile = open.get(person);
    if (meanwhile) return meanwhile;
    const before = asked.flat().toSorted((one, other) => one.acceptedAt - other.acceptedAt);
    const unfinished = before.filter(({ state }) => state === 'waiting' || state === 'running');
    const theirs = new Map(unfinished.map((job) => [job.key, job.acceptedAt]));
    const times = before.map((job) => job.acceptedAt);
    if (limits.person) taken.set(`person ${person}`, times.slice(-limits.person.count));
    open.set(person, theirs);
    return theirs;
  }

  /** Forgets the questions that are over. */
  async function prune(keys: Map<string, number>): Promise<void> {
    for (const [key, since] of keys) {
      const state = (await jobs.byKey(key))?.state;
      const open = state === undefined ? clock.now() - since < RECORDED_MS : state === 'waiting' || state === 'running';
      if (!open) keys.delete(key);
    }
  }

  return async (asker, place, key) => {
    const person = userKey(asker);
    const theirs = await recall(person);
    if (limits.atOnce !== null && theirs.size >= limits.atOnce) await prune(theirs);

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
    if (limits.atOnce !== null && theirs.size >= limits.atOnce && !theirs.has(key)) {
      const many = theirs.size === 1 ? 'another question' : `${theirs.size} questions`;
      return { ok: false, say: `I am still at ${many} of yours. ${NOT_TAKEN} Wait for an answer, or stop one.` };
    }
    for (const { name, quota } of quotas) if (quota) taken.set(name, takingOne(taken.get(name) ?? [], now, quota));
    if (limits.atOnce !== null) theirs.set(key, now);
    return {
      ok: true,
      undo() {
        theirs.delete(key);
        for (const { name, quota } of quotas) if (quota) taken.set(name, without(taken.get(name) ?? [], now));
      },
    };
  };
}

const NOT_TAKEN = 'I have not taken this one.';

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
