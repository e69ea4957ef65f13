import type { Clock } from '../chat/clock.ts';
import type { Place, UserRef } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Job, NewJob, Store } from '../store/port.ts';

/** What waits for the owner of a chat: answers and titles that their account could not take. */
export interface Kept {
  /** The job that does so later, in the line of all that waits for this owner. It is to be accepted when the one it stands for ends. */
  job(owner: string, from: Job, kind: 'kept' | 'rename', payload: string): NewJob;
  isKept(job: Job): boolean;
  /** All that waits for an owner, in order. */
  of(owner: string): Promise<readonly Job[]>;
  /** Tells the owner, once until they are back, that something waits. False: they cannot be told. */
  tell(owner: string, place: Place): Promise<boolean>;
  /** The owner has linked an account again: what waits is done now, in order. */
  ownerIsBack(owner: string): Promise<void>;
}

const LINE = 'kept:';
/** The setting that remembers whether an owner was told. */
const TOLD = 'kept-told';

/** See {@link Kept}. `wake` tells the lane that there is something new. */
export function createKept(rooms: {
  store: Store;
  delivery: Delivery;
  clock: Clock;
  spell(platform: string, words: string): string;
  wake(): void;
}): Kept {
  const { store, clock } = rooms;
  const of = (owner: string) => store.jobs.pending('after', LINE + owner);

  return {
    job(owner, from, kind, payload) {
      return {
        key: `${LINE}${from.key}`,
        lane: 'after',
        conversation: LINE + owner,
        kind,
        payload,
        notBefore: 0,
        expiresAt: clock.now() + store.keptMs,
        person: from.person,
      };
    },
    isKept: (job) => job.conversation?.startsWith(LINE) ?? false,
    of,
    async tell(owner, place) {
      const scope = `user:${owner}`;
      const told = await store.settings.get(scope, TOLD);
      if (told !== null) return told === 'true';
      const user = userOf(owner);
      // Somebody of another platform cannot be reached from here.
      if (user === null || user.platform !== place.platform) return false;
      const markdown = rooms.spell(place.platform, WAITING);
      const way = await rooms.delivery.tell(user, place, { markdown, controls: null }, null);
      const expiresAt = clock.now() + store.keptMs;
      await store.settings.set(scope, TOLD, JSON.stringify(way !== 'impossible'), { expiresAt });
      return way !== 'impossible';
    },
    async ownerIsBack(owner) {
      await store.settings.delete(`user:${owner}`, TOLD);
      const now = clock.now();
      const waiting = (await of(owner)).filter((job) => job.state === 'waiting');
      // A waiting job cannot be moved: each is accepted anew, all in their order, before the first old one is taken away.
      for (const { payload, kind, expiresAt, key, conversation, person } of waiting) {
        const anew = { key: `${key.replace(/@\d+$/, '')}@${now}`, conversation, payload, kind, expiresAt, person };
        if (!(await store.jobs.accept({ ...anew, lane: 'after', notBefore: 0 }, now))) return;
      }
      for (const job of waiting) await store.jobs.cancel(job.id);
      rooms.wake();
    },
  };
}

const WAITING =
  'I cannot use your account in Open WebUI any more: its key was replaced, or its link is gone. What is said in your conversations meanwhile is kept, and added to your chats as soon as you link the account again with `/link`.';

/** The person whose `userKey` this is. */
function userOf(key: string): UserRef | null {
  const [platform, team, id, more] = key.split(':').map(decodeURIComponent);
  return platform !== undefined && team !== undefined && id !== undefined && more === undefined
    ? { platform, team, id }
    : null;
}
