import type { Clock } from '../chat/clock.ts';
import type { Problem } from '../chat/errors.ts';
import type { Rate } from '../chat/limits.ts';
import { type Bucket, createBucket, type Receipt } from './bucket.ts';

/** Who goes first: 0 the last text of a reply, 1 a first visible text, 2 a live edit, 3 what is only nice to have. */
export type Rank = 0 | 1 | 2 | 3;

/** A call that somebody would like to make. */
export interface Wish {
  /** Budgets it pays, most specific first: that one is held when the platform answers "busy". */
  readonly scopes: readonly string[];
  readonly rank: Rank;
  /** Among equal ranks the greatest goes first: unseen characters × age (our reference, streaming 3.1). */
  readonly weight: number;
  /** Not before this time, in milliseconds since the epoch. */
  readonly at: number;
}

/** Somebody who makes calls, one at a time. */
export interface Payer {
  /** What it wants to call next; null for nothing at present. Asked often: cheap, without effects. */
  wish(now: number): Wish | null;
  /** Its turn has come and is paid for. It must call `refund` or `settle` on the ticket once, later or at once, and `wake` when it wants more. */
  go(ticket: Ticket): void;
}

/** A paid call. */
export interface Ticket {
  /** It was not made after all. */
  refund(): void;
  /** Its answer has come: null when it was good. A `busy` problem holds the scope. */
  settle(problem: Problem | null): void;
}

/** Calls made and refused, by platform and method. */
export interface CallCounts {
  calls: number;
  refused: number;
}

/** Hands out the calls that the platforms' budgets allow. One for the whole process. */
export interface Pacer {
  /** The payer's wish is new, or has changed, or is gone. Synchronous; constant time unless a call can go at once. */
  wake(payer: Payer): void;
  /** What response headers teach about a scope. */
  learn(scope: string, left: number, resetMs: number): void;
  counts(): ReadonlyMap<string, Readonly<CallCounts>>;
  /** No call is handed out any more; no timer is left. */
  stop(): void;
}

/** What the pacer needs to know of the world. */
export interface PacerOptions {
  readonly clock: Clock;
  /** The published bucket of a scope. */
  rate(scope: string): Rate;
}

interface Scope {
  readonly name: string;
  readonly bucket: Bucket;
  readonly waiting: Set<Payer>;
  /** When the timer is due; infinite when none is set. */
  due: number;
  cancel: (() => void) | null;
  pumping: boolean;
  again: boolean;
}

/** Wait after a refusal that does not say how long, in milliseconds. */
const UNTOLD_WAIT_MS = 1_000;
/** Scopes kept before those at rest are forgotten. */
const SCOPES_KEPT = 1_000;

/** Makes the pacer that all live replies of the process share. */
export function createPacer({ clock, rate }: PacerOptions): Pacer {
  const scopes = new Map<string, Scope>();
  const where = new Map<Payer, Scope>();
  const counts = new Map<string, CallCounts>();
  let stopped = false;

  function scopeOf(name: string): Scope {
    const known = scopes.get(name);
    if (known) return known;
    if (scopes.size >= SCOPES_KEPT) forget();
    const scope: Scope = {
      name,
      bucket: createBucket(rate(name), clock.now()),
      waiting: new Set(),
      due: Number.POSITIVE_INFINITY,
      cancel: null,
      pumping: false,
      again: false,
    };
    scopes.set(name, scope);
    return scope;
  }

  function forget(): void {
    const now = clock.now();
    for (const [name, scope] of scopes) {
      if (scope.waiting.size === 0 && !scope.pumping && scope.bucket.idle(now)) scopes.delete(name);
    }
  }

  /** When this wish may be granted, as far as is known now. */
  function due(wish: Wish, now: number): number {
    let wait = 0;
    wish.scopes.forEach((name, index) => {
      const { bucket } = scopeOf(name);
      wait = Math.max(wait, bucket.wait(now, wish.rank >= 2));
      if (index === 0 && wish.rank >= 2) wait = Math.max(wait, bucket.spacing(now));
    });
    // Whole milliseconds, so that a timer never comes a fraction too early and finds nothing to do.
    return Math.max(wish.at, now + Math.ceil(wait));
  }

  function arm(scope: Scope, at: number): void {
    if (at >= scope.due || stopped) return;
    scope.cancel?.();
    scope.due = at;
    scope.cancel = clock.after(Math.max(0, at - clock.now()), () => {
      scope.due = Number.POSITIVE_INFINITY;
      scope.cancel = null;
      pump(scope);
    });
  }

  function ticketFor(wish: Wish): Ticket {
    const now = clock.now();
    const taken = wish.scopes.map((name): { scope: Scope; receipt: Receipt } => {
      const scope = scopeOf(name);
      return { scope, receipt: scope.bucket.take(now, wish.rank >= 2) };
    });
    let open = true;
    const close = (each: (bucket: Bucket, receipt: Receipt, at: number, index: number) => void): void => {
      if (!open) return;
      open = false;
      const at = clock.now();
      taken.forEach(({ scope, receipt }, index) => {
        each(scope.bucket, receipt, at, index);
      });
      for (const { scope } of taken) if (scope.waiting.size > 0) pump(scope);
    };
    return {
      refund: () => close((bucket, receipt, at) => bucket.refund(at, receipt)),
      settle: (problem) => {
        count(wish.scopes[0] ?? '', problem);
        close((bucket, receipt, at, index) => {
          bucket.settle(at, receipt);
          if (index === 0 && problem?.kind === 'busy') bucket.refused(at, receipt, retryMs(problem));
        });
      },
    };
  }

  function count(scope: string, problem: Problem | null): void {
    const method = scope.split(':', 1)[0] ?? scope;
    const counted = counts.get(method) ?? { calls: 0, refused: 0 };
    counted.calls += 1;
    if (problem?.kind === 'busy') counted.refused += 1;
    counts.set(method, counted);
  }

  /** Grants whatever this scope can pay now, best first, and sets the timer for the next. */
  function pump(scope: Scope): void {
    if (scope.pumping) {
      scope.again = true;
      return;
    }
    scope.pumping = true;
    do {
      scope.again = false;
      // Each grant takes a token, so this ends.
      for (let granted = true; granted && !stopped; ) granted = grantBest(scope);
    } while (scope.again && !stopped);
    scope.pumping = false;
  }

  function grantBest(scope: Scope): boolean {
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    let best: { payer: Payer; wish: Wish } | null = null;
    const moved: Payer[] = [];
    for (const payer of scope.waiting) {
      const wish = payer.wish(now);
      if (!wish || wish.scopes[0] !== scope.name) {
        moved.push(payer);
        continue;
      }
      const at = due(wish, now);
      if (at > now) next = Math.min(next, at);
      else if (
        !best ||
        wish.rank < best.wish.rank ||
        (wish.rank === best.wish.rank && wish.weight > best.wish.weight)
      ) {
        best = { payer, wish };
      }
    }
    for (const payer of moved) wake(payer);
    if (!best) {
      if (next < Number.POSITIVE_INFINITY) arm(scope, next);
      return false;
    }
    leave(best.payer);
    best.payer.go(ticketFor(best.wish));
    return true;
  }

  function leave(payer: Payer): void {
    const scope = where.get(payer);
    if (!scope) return;
    where.delete(payer);
    scope.waiting.delete(payer);
    if (scope.waiting.size > 0) return;
    scope.cancel?.();
    scope.cancel = null;
    scope.due = Number.POSITIVE_INFINITY;
  }

  /** Puts a payer where its wish belongs. */
  function place(payer: Payer, wish: Wish | null): Scope | null {
    const first = wish?.scopes[0];
    if (first === undefined) {
      leave(payer);
      return null;
    }
    const scope = scopeOf(first);
    if (where.get(payer) !== scope) {
      leave(payer);
      where.set(payer, scope);
      scope.waiting.add(payer);
    }
    return scope;
  }

  function wake(payer: Payer): void {
    if (stopped) return;
    const now = clock.now();
    const wish = payer.wish(now);
    const scope = place(payer, wish);
    if (!scope || !wish) return;
    const at = due(wish, now);
    if (at > now) arm(scope, at);
    else pump(scope);
  }

  return {
    wake,
    learn(name, left, resetMs) {
      const scope = scopeOf(name);
      scope.bucket.learn(clock.now(), left, resetMs);
      if (scope.waiting.size > 0) pump(scope);
    },
    counts: () => counts,
    stop() {
      stopped = true;
      for (const scope of scopes.values()) {
        scope.cancel?.();
        scope.cancel = null;
        scope.waiting.clear();
      }
      where.clear();
    },
  };
}

function retryMs(problem: Problem): number {
  return problem.retry.when === 'after' ? problem.retry.ms : UNTOLD_WAIT_MS;
}
