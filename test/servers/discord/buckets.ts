import { createHash } from 'node:crypto';
import { ApiError } from './errors.ts';
import type { Clock } from './snowflakes.ts';

/** So many requests in so many ms, counted from the first of them. */
export interface Window {
  readonly limit: number;
  readonly perMs: number;
}

/** Limits by bucket name. Figures are our reference, discord 1.6; many are what users measured, so tests may set others. */
export interface Limits {
  create: Window;
  edit: Window;
  delete: Window;
  react: Window;
  typing: Window;
  webhook: Window;
  callback: Window;
  thread: Window;
  channel: Window;
  other: Window;
  /** Sublimits: not in headers. */
  rename: Window;
  oldEdit: Window;
  /** Whole bot, interaction routes excepted. */
  global: Window;
  /** 401, 403 and 429 answers before the address is banned. */
  invalid: Window;
}

/** Discord's figures as far as known. */
export const usualLimits: Limits = {
  create: { limit: 5, perMs: 5000 },
  edit: { limit: 5, perMs: 5000 },
  delete: { limit: 5, perMs: 1000 },
  react: { limit: 1, perMs: 250 },
  typing: { limit: 5, perMs: 5000 },
  webhook: { limit: 5, perMs: 2000 },
  callback: { limit: 1000, perMs: 1000 },
  thread: { limit: 50, perMs: 300_000 },
  channel: { limit: 10, perMs: 10_000 },
  other: { limit: 50, perMs: 1000 },
  rename: { limit: 2, perMs: 600_000 },
  oldEdit: { limit: 3, perMs: 20_000 },
  global: { limit: 50, perMs: 1000 },
  invalid: { limit: 10_000, perMs: 600_000 },
};

/** A bucket's state after one request asked for room. */
export interface Room {
  readonly ok: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** Counts requests per key in windows of the given clock. */
export class Buckets {
  readonly limits: Limits;
  readonly #clock: Clock;
  readonly #open = new Map<string, { used: number; until: number }>();

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.limits = limits;
  }

  /** Uses one of the key's requests if there is room. */
  take(name: keyof Limits, key: string): Room {
    const { limit, perMs } = this.limits[name];
    const now = this.#clock.now();
    const id = `${name} ${key}`;
    const known = this.#open.get(id);
    const bucket = known !== undefined && known.until > now ? known : { used: 0, until: now + perMs };
    if (bucket !== known) this.#sweep(now);
    this.#open.set(id, bucket);
    const ok = bucket.used < limit;
    if (ok) bucket.used += 1;
    return { ok, limit, remaining: limit - bucket.used, resetMs: bucket.until - now };
  }

  /** Forgets what was counted. */
  clear(): void {
    this.#open.clear();
  }

  #sweep(now: number): void {
    if (this.#open.size < 5000) return;
    for (const [id, bucket] of this.#open) if (bucket.until <= now) this.#open.delete(id);
  }
}

/** The headers that show a bucket. `reset-after` is in seconds with three decimals, as Discord writes it. */
export function bucketHeaders(name: string, room: Room, now: number): Record<string, string> {
  return {
    'x-ratelimit-limit': String(room.limit),
    'x-ratelimit-remaining': String(room.remaining),
    'x-ratelimit-reset': ((now + room.resetMs) / 1000).toFixed(3),
    'x-ratelimit-reset-after': (room.resetMs / 1000).toFixed(3),
    'x-ratelimit-bucket': createHash('sha1').update(name).digest('hex').slice(0, 32),
  };
}

/** A 429. `Retry-After` is whole seconds rounded up, `retry_after` in the body is exact, both as Discord does. */
export function rateLimited(
  scope: 'user' | 'global' | 'shared',
  retryMs: number,
  headers: Record<string, string> = {},
  code = 0,
): ApiError {
  return new ApiError(429, code, 'You are being rate limited.', {
    headers: {
      ...headers,
      'retry-after': String(Math.max(1, Math.ceil(retryMs / 1000))),
      'x-ratelimit-scope': scope,
      ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}),
    },
    extra: { retry_after: Math.max(0.001, retryMs / 1000), global: scope === 'global' },
  });
}
