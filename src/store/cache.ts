import { Keyv, KeyvMemoryAdapter } from 'keyv';
import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import { LruMap } from './lru-map.ts';

/** Entries kept in memory: models, prompts and names of a few teams take some hundred. */
const memoryEntries = 5_000;

/** How long one call may wait for a connection that is not there: a cache must never be what people wait for. */
const connectionMs = 500;

/** The package that serves an address, by its scheme. None is a dependency; these versions fit the Keyv we have. */
const packages: Readonly<Record<string, { name: string; install: string }>> = {
  redis: { name: '@keyv/redis', install: '@keyv/redis@6.0.0-rc.1' },
  rediss: { name: '@keyv/redis', install: '@keyv/redis@6.0.0-rc.1' },
};

const adapterModule = z.object({
  default: z.custom<new (...args: never) => object>((value) => typeof value === 'function'),
});

/** What openCache can be given. */
export interface CacheOptions {
  /** Hears what goes wrong in the cache later (a lost connection): for the log. Its calls then find nothing and go on. */
  readonly report?: (error: unknown) => void;
  /** Imports a package by name. */
  readonly load?: (name: string) => Promise<unknown>;
}

/**
 * A cache for what may be lost, as `PARLEY_CACHE` names it: null keeps it in memory, bounded, the least used going first;
 * `redis://…` and `rediss://…` (Valkey too) go through a package that the operator adds. Values are JSON either way.
 * Rejects with a `Failure` for any other address, and when the package is missing: it says which to install.
 */
export async function openCache(address: string | null, options: CacheOptions = {}): Promise<Keyv> {
  const { report = () => undefined, load = (name: string): Promise<unknown> => import(name) } = options;
  const store = address === null ? new KeyvMemoryAdapter(new LruMap(memoryEntries)) : await connect(address, load);
  const cache = new Keyv({ store, namespace: 'parley' });
  // Keyv throws what nobody listens to, and a cache that is away must not fail the call that asked it.
  cache.on('error', report);
  return cache;
}

async function connect(address: string, load: (name: string) => Promise<unknown>): Promise<object> {
  const scheme = address.slice(0, Math.max(0, address.indexOf(':'))).toLowerCase();
  const known = Object.hasOwn(packages, scheme) ? packages[scheme] : undefined;
  if (known === undefined) throw new Failure(unsupported(scheme));
  const loaded = await load(known.name).catch((error: unknown) => {
    throw new Failure(missing(known.install), { cause: error });
  });
  const adapter = adapterModule.safeParse(loaded);
  if (!adapter.success) throw new Failure(missing(known.install));
  try {
    const store: object = Reflect.construct(adapter.data.default, [address, { connectionTimeout: connectionMs }]);
    return store;
  } catch (error) {
    throw new Failure(unsupported(scheme), { cause: error });
  }
}

function unsupported(scheme: string) {
  return {
    kind: 'invalid',
    retry: { when: 'never' },
    say: 'The cache address is not one I know. Leave PARLEY_CACHE out to keep the cache in memory, or set it to redis://… or rediss://….',
    // Only the scheme is told: an address may hold a password.
    detail: `cache address with scheme "${scheme}"`,
  } as const;
}

function missing(install: string) {
  return {
    kind: 'missing',
    retry: { when: 'never' },
    say: `This cache needs one more package. Run: npm install ${install} (or leave PARLEY_CACHE out to keep the cache in memory).`,
    detail: `the cache package ${install} is missing or not a Keyv store`,
  } as const;
}
