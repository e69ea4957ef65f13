import { createHash } from 'node:crypto';
import type { Keyv } from 'keyv';
import type * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';

/** How long a list counts as new. Older ones are still answered from, while a newer is fetched. */
const FRESH_MS = 60_000;
/** After a fetch that failed nobody asks again for so long, unless somebody waits for it. */
const PAUSE_MS = 5_000;
/** UTF-16 units of JSON beyond which a list is kept in memory only. */
const CACHED_UNITS = 8_000_000;

/** A list of the server's, kept warm: answered at once from memory, also while the server is slow or down. */
export interface WarmList<Item> {
  /** As last known, empty while nothing is. Fetches anew in the background when it is old. */
  known(): readonly Item[];
  /** As last known; where nothing is, fetched. Throws a `Failure`. */
  ready(): Promise<readonly Item[]>;
  /** Fetched when it is old or nothing is known; as last known where that fails. Throws a `Failure` when nothing is known then. */
  fresh(): Promise<readonly Item[]>;
  /** Fetched anew. Throws a `Failure`. */
  fetch(): Promise<readonly Item[]>;
  /** It was changed: fetches anew in the background, also when a fetch is under way that may have missed the change. */
  changed(): void;
  /** It may have been changed: the next to look begins a fetch. */
  age(): void;
}

/** The key under which an account's list stands in the cache. The credential in it is only a hash. */
export function listKey(what: string, server: OpenWebUI): string {
  const account = createHash('sha256').update(`${server.url} ${server.key?.reveal() ?? ''}`);
  return `${what}:${account.digest('base64url')}`;
}

/**
 * See {@link WarmList}. At most one fetch is under way. What was known last stands in `cache` under `key` too, so that a start
 * while the server is down has something to offer; losing it changes nothing else. Without a cache it is in memory only.
 */
export function createWarmList<Item>(options: {
  readonly key: string;
  readonly schema: z.ZodType<readonly Item[]>;
  readonly clock: Clock;
  readonly cache: Keyv | null;
  list(): Promise<readonly Item[]>;
}): WarmList<Item> {
  const { clock, cache } = options;
  let known: readonly Item[] | null = null;
  let due = Number.NEGATIVE_INFINITY;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let fetching: Promise<readonly Item[]> | null = null;
  let again = false;
  let cached = '';

  async function keep(items: readonly Item[]): Promise<void> {
    if (cache === null) return;
    const json = JSON.stringify(items);
    const hash = createHash('sha256').update(json).digest('base64url');
    if (hash === cached || json.length > CACHED_UNITS) return;
    try {
      await cache.set(options.key, items);
      cached = hash;
    } catch {
      // A cache that is away says so to the log itself; the next fetch tries it again.
      cached = '';
    }
  }

  async function fetchOnce(): Promise<readonly Item[]> {
    try {
      const items = await options.list();
      known = items;
      freshUntil = clock.now() + FRESH_MS;
      due = freshUntil;
      await keep(items);
      return items;
    } catch (error) {
      due = clock.now() + PAUSE_MS;
      throw error;
    } finally {
      fetching = null;
      if (again) {
        again = false;
        refresh();
      }
    }
  }

  function fetch(): Promise<readonly Item[]> {
    fetching ??= fetchOnce();
    return fetching;
  }

  /** In the background: who waits for a list hears of its failure, nobody else needs to. */
  function refresh(): void {
    fetch().catch(() => known);
  }

  async function recall(): Promise<void> {
    const read = options.schema.safeParse(await cache?.get(options.key));
    if (read.success) known ??= read.data;
  }
  // A cache that is away finds nothing and says so to the log itself.
  const recalled = recall().catch(() => undefined);

  return {
    known() {
      if (clock.now() >= due) refresh();
      return known ?? [];
    },
    async ready() {
      await recalled;
      if (known === null) return fetch();
      return this.known();
    },
    async fresh() {
      if (known !== null && clock.now() < freshUntil) return known;
      try {
        return await fetch();
      } catch (error) {
        if (known !== null && known.length > 0) return known;
        throw error;
      }
    },
    fetch,
    changed() {
      if (fetching) again = true;
      else refresh();
    },
    age() {
      due = Number.NEGATIVE_INFINITY;
      freshUntil = due;
    },
  };
}
