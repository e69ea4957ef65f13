import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import { placeKey } from '../../src/chat/places.ts';
import { type Api, done } from './api.ts';
import { quiet } from './quiet.ts';
import type { SlackLog } from './sdk-log.ts';
import { cut } from './words.ts';

/** The line "Parley is thinking…" under a thread. */
export interface Statuses {
  /** Shows it, and keeps it shown until null is given. */
  show(place: Place, status: string | null): Promise<void>;
  /** Takes all of them away. */
  clear(): Promise<void>;
}

/** Slack lets a status go after two minutes (our reference, slack 1.7): it is renewed well before. */
const RENEW_MS = 90_000;
/** However it came that nobody took it away: an answer that takes longer shows Stop and its text by then. */
const LONGEST_MS = 20 * 60_000;
/** Threads with a status at one time; one more goes without. */
const MOST = 1_000;

interface Shown {
  readonly place: Place;
  readonly status: string;
  readonly since: number;
  cancel: () => void;
}

/** See {@link Statuses}. */
export function createStatuses(api: Api, clock: Clock, log: SlackLog): Statuses {
  const shown = new Map<string, Shown>();
  let offered = true;

  async function set(place: Place, status: string): Promise<void> {
    try {
      await api.call(
        'assistant.threads.setStatus',
        { channel_id: place.channel, thread_ts: place.thread, status },
        done,
      );
    } catch (error) {
      if (error instanceof Failure && error.problem.kind === 'forbidden') offered = false;
      throw error;
    }
  }

  function renewLater(key: string, entry: Shown): void {
    entry.cancel = clock.after(RENEW_MS, () => {
      if (shown.get(key) !== entry) return;
      if (clock.now() - entry.since > LONGEST_MS) {
        shown.delete(key);
        return;
      }
      renewLater(key, entry);
      set(entry.place, entry.status).catch((error: unknown) => log.debug({ error }, 'a status could not be renewed'));
    });
  }

  async function end(key: string, entry: Shown): Promise<void> {
    entry.cancel();
    shown.delete(key);
    await set(entry.place, '');
  }

  return {
    async show(place, status) {
      if (place.thread === null) return;
      const key = placeKey(place);
      const before = shown.get(key);
      if (status === null) {
        if (before) await end(key, before);
        return;
      }
      if (!offered || (!before && shown.size >= MOST)) return;
      before?.cancel();
      const words = cut(quiet(/^is /.test(status) ? status : `is ${status}`), 100);
      const entry: Shown = { place, status: words, since: clock.now(), cancel: () => undefined };
      shown.set(key, entry);
      renewLater(key, entry);
      await set(place, words);
    },
    async clear() {
      await Promise.allSettled([...shown].map(([key, entry]) => end(key, entry)));
    },
  };
}
