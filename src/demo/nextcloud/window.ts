import type { Clock } from '../../chat/clock.ts';

/** Milliseconds after which an accepted call frees its place (our reference, nextcloud 4, rate limit). */
const span = 120_000;
const mostKeys = 1000;

/** A sliding window: so many calls in 120 s per key; a call that is refused does not count. */
export class RateWindow {
  readonly #clock: Clock;
  readonly #calls = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place, and says whether there was one. */
  take(key: string, limit: number): boolean {
    const now = this.#clock.now();
    const calls = (this.#calls.get(key) ?? []).filter((at) => at > now - span);
    const free = calls.length < limit;
    if (free) calls.push(now);
    this.#calls.delete(key);
    this.#calls.set(key, calls);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > mostKeys && oldest !== undefined) this.#calls.delete(oldest);
    return free;
  }
}
