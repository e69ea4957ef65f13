import type { Adapter, SurfaceRef } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, type Problem, problemOf } from '../chat/errors.ts';
import type { Limits, Rate } from '../chat/limits.ts';
import { placeKey } from '../chat/places.ts';
import type { Delivery, DeliveryLog } from './delivery.ts';
import type { Pacer, Payer, Rank, Ticket, Wish } from './pacer.ts';
import { backOff, isFatal } from './retry.ts';
import { createTitles } from './titles.ts';

/** The calls of {@link Delivery} that are not replies: small, one at a time, last in the queue for what the budgets leave. */
export type Chores = Pick<Delivery, 'tell' | 'remove' | 'react' | 'title' | 'busy' | 'upload' | 'hand' | 'thread'> & {
  stop(): void;
};

/** What the small calls need: adapters by platform, the shared pacer, and the full name of a platform's scope. */
export interface ChoresOptions {
  adapter(platform: string): Adapter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: DeliveryLog;
  readonly pacer: Pacer;
  scoped(platform: string, scope: string): string;
}

/**
 * Budgets of calls for which the port names no scopes, slow enough for every platform that our reference has a page on; refusals
 * slow them further.
 */
const CHORE_RATES: ReadonlyMap<string, Rate> = new Map([
  ['react', { burst: 4, perSecond: 0.8 }],
  ['unreact', { burst: 4, perSecond: 0.3 }],
  ['title', { burst: 2, perSecond: 1 / 300 }],
  ['thread', { burst: 5, perSecond: 0.8 }],
]);

/** The budget of a chore's own scope on a platform with these limits; null for scopes that belong to an adapter. */
export function choreRate(scope: string, { titles }: Pick<Limits, 'titles'>): Rate | null {
  if (!scope.startsWith(OWN)) return null;
  const chore = scope.slice(OWN.length).split(':', 1)[0] ?? '';
  return (chore === 'title' ? titles : undefined) ?? CHORE_RATES.get(chore) ?? null;
}

const OWN = 'own.';

/** Chores that wait at one time; one more is refused. */
const MOST = 1_000;
/** How long a chore is tried, in milliseconds. */
const PATIENCE_MS = 60_000;

const STOPPED: Problem = {
  kind: 'stopped',
  retry: { when: 'later' },
  say: 'I am being restarted. Please try again in a minute.',
  detail: 'delivery stopped',
};
const TOO_MANY: Problem = {
  kind: 'busy',
  retry: { when: 'later' },
  say: 'Too much is waiting right now. Please try again in a minute.',
  detail: 'too many chores wait',
};

/** Makes the small calls: notes, reactions, titles, files, threads. None rejects but `thread`. */
export function createChores(options: ChoresOptions): Chores {
  const { clock, pacer, log } = options;
  const waiting = new Set<(problem: Problem) => void>();
  const shown = new Map<string, { wanted: string | null; running: boolean }>();
  let stopped = false;

  /**
   * Makes a call when its budget has room, again after what passes. Rejects with the `Failure` that remained. `waits` is told when
   * the call does not go, or did not succeed, at once.
   */
  function run<T>(
    rank: Rank,
    scopes: readonly string[],
    call: () => Promise<T>,
    { patienceMs = PATIENCE_MS, waits }: { readonly patienceMs?: number; waits?(): void } = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (stopped || waiting.size >= MOST) {
      reject(new Failure(stopped ? STOPPED : TOO_MANY));
      return promise;
    }
    const since = clock.now();
    let at = since;
    let failures = 0;
    let state: 'waiting' | 'calling' | 'over' = 'waiting';
    const payer: Payer = {
      wish: (now): Wish | null => (state === 'waiting' ? { scopes, rank, weight: now - since, at } : null),
      go: (ticket) => void attempt(ticket),
    };
    const hasNotGone = () => state === 'waiting';
    const end = (problem: Problem | null): void => {
      state = 'over';
      waiting.delete(end);
      pacer.wake(payer);
      if (problem) reject(new Failure(problem));
    };
    async function attempt(ticket: Ticket): Promise<void> {
      state = 'calling';
      try {
        const value = await call();
        ticket.settle(null);
        resolve(value);
        end(null);
      } catch (thrown) {
        const problem = problemOf(thrown);
        ticket.settle(problem);
        failures += 1;
        if (problem.kind !== 'busy') at = clock.now() + backOff(problem, failures, options.random);
        if (isFatal(problem) || at - since > patienceMs || clock.now() - since > patienceMs) end(problem);
        else if (state === 'calling') {
          state = 'waiting';
          waits?.();
          pacer.wake(payer);
        }
      }
    }
    waiting.add(end);
    pacer.wake(payer);
    // What the budget has room for went at once.
    if (hasNotGone()) waits?.();
    return promise;
  }

  async function quietly(what: string, task: () => Promise<unknown>): Promise<Problem | null> {
    try {
      await task();
      return null;
    } catch (thrown) {
      const problem = problemOf(thrown);
      log(`${what} failed`, { kind: problem.kind, detail: problem.detail });
      return problem;
    }
  }

  async function showBusy(adapter: Adapter, key: string, place: Parameters<Delivery['busy']>[0]): Promise<void> {
    const entry = shown.get(key);
    if (!entry || entry.running || !adapter.busy) return;
    entry.running = true;
    for (let said: string | null | undefined; said !== entry.wanted && !stopped; ) {
      said = entry.wanted;
      await quietly('busy', async () => adapter.busy?.(place, entry.wanted));
    }
    shown.delete(key);
  }

  const scopesOf = (adapter: Adapter, names: readonly string[]) =>
    names.map((name) => options.scoped(adapter.name, name));

  return {
    async tell(user, place, body, via) {
      const adapter = options.adapter(place.platform);
      try {
        return await run(1, scopesOf(adapter, adapter.openScopes(place)), () => adapter.tell(user, place, body, via));
      } catch (thrown) {
        const problem = problemOf(thrown);
        log('tell failed', { kind: problem.kind, detail: problem.detail });
        return 'impossible';
      }
    },
    remove(place, what) {
      const adapter = options.adapter(place.platform);
      return quietly('removal', async () => {
        const ref = typeof what === 'string' ? await adapter.find(place, what, null) : what;
        const surface = ref && (await adapter.reopen(ref));
        // Gone already, or seen by one person through a token that is dead: there is nothing more to be done.
        if (surface === null || typeof surface === 'string') return;
        await run(1, scopesOf(adapter, surface.scopes('finish')), () => surface.remove());
      });
    },
    react(ref, emoji, on) {
      const adapter = options.adapter(ref.place.platform);
      const scopes = scopesOf(adapter, [`${OWN}${on ? 'react' : 'unreact'}:${ref.place.team}`]);
      return quietly('reaction', () => run(3, scopes, () => adapter.react(ref, emoji, on)));
    },
    title: createTitles({
      adapter: options.adapter,
      scopes: (adapter, place) => scopesOf(adapter, [`${OWN}title:${placeKey(place)}`]),
      run,
      log,
    }),
    busy(place, status) {
      const adapter = options.adapter(place.platform);
      if (!adapter.busy || stopped) return;
      const key = placeKey(place);
      const entry = shown.get(key);
      if (entry) entry.wanted = status;
      else if (shown.size < MOST) shown.set(key, { wanted: status, running: false });
      void showBusy(adapter, key, place);
    },
    async upload(place, file, key) {
      const adapter = options.adapter(place.platform);
      let uncertain = false;
      try {
        const ref = await run(2, scopesOf(adapter, adapter.openScopes(place)), async () => {
          const found = uncertain ? await adapter.find(place, key, null) : null;
          uncertain = true;
          return found ?? (await adapter.upload(place, file, key));
        });
        const part: SurfaceRef = { place: ref.place, id: ref.id, openedAt: clock.now(), via: null };
        return { ok: true, parts: [part] };
      } catch (thrown) {
        return { ok: false, problem: problemOf(thrown), parts: [] };
      }
    },
    async hand(user, place, file, key, via) {
      const adapter = options.adapter(place.platform);
      if (!adapter.hand) return 'impossible';
      try {
        // Once only: after an outage it may have arrived, and a person would have it twice.
        return await adapter.hand(user, place, file, key, via);
      } catch (thrown) {
        const problem = problemOf(thrown);
        log('hand failed', { kind: problem.kind, detail: problem.detail });
        return 'impossible';
      }
    },
    thread(origin, name) {
      const adapter = options.adapter('platform' in origin ? origin.platform : origin.place.platform);
      const { place } = origin;
      return run(1, scopesOf(adapter, [`${OWN}thread:${place.channel}`]), () => adapter.thread(origin, name));
    },
    stop() {
      stopped = true;
      for (const end of waiting) end(STOPPED);
    },
  };
}
