import type { Clock } from '../../src/chat/clock.ts';
import type { Rate } from '../../src/chat/limits.ts';

/** What a plain platform lets through. */
export interface PlainBudget {
  /** What the platform really allows, by method; without an entry a method is free. */
  readonly real?: Readonly<Record<string, Rate>>;
  /** Counts in fixed windows of `burst` calls rather than by token bucket, and tells in headers what is left. */
  readonly windows?: boolean;
  /** Hears what headers tell after each call that was taken. */
  readonly budget?: (scope: string, left: number, resetMs: number) => void;
  /** Shortest wait a 429 asks for, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Counts calls as the platform does: milliseconds until it would take the call; 0 when it has taken it. */
export function createBudgets(clock: Clock, options: PlainBudget): (scope: string) => number {
  const buckets = new Map<string, { tokens: number; at: number; opened: number; used: number }>();
  return (scope) => {
    const rate = options.real?.[scope.split(':', 1)[0] ?? ''];
    if (!rate) return 0;
    const now = clock.now();
    const bucket = buckets.get(scope) ?? { tokens: rate.burst, at: now, opened: Number.NEGATIVE_INFINITY, used: 0 };
    buckets.set(scope, bucket);
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.at) / 1000) * rate.perSecond);
    bucket.at = now;
    if (options.windows) {
      const length = (rate.burst / rate.perSecond) * 1000;
      if (now >= bucket.opened + length) {
        bucket.opened = now;
        bucket.used = 0;
      }
      const resetMs = bucket.opened + length - now;
      if (bucket.used >= rate.burst) return Math.ceil(resetMs);
      bucket.used += 1;
      options.budget?.(scope, rate.burst - bucket.used, resetMs);
      return 0;
    }
    if (bucket.tokens < 1 - 1e-9)
      return Math.max(options.retryAfterMs ?? 300, Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000));
    bucket.tokens -= 1;
    return 0;
  };
}
