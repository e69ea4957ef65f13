const SECOND = 1_000;
const MINUTE = 60_000;

/**
 * How long to wait before the next look at a task that has been under way for `elapsed` ms: a second at first, a tenth of what it
 * has taken so far later on, five minutes for those that take hours. Pure.
 */
export function nextDelay(elapsed: number): number {
  if (elapsed < 5 * MINUTE) return Math.max(SECOND, Math.min(30 * SECOND, elapsed / 10));
  return Math.min(5 * MINUTE, Math.max(30 * SECOND, elapsed / 20));
}

/** The same with jitter of a fifth either way: many tasks do not look in step. `random` is in [0, 1). */
export function jittered(ms: number, random: () => number): number {
  return Math.round(ms * (0.8 + 0.4 * random()));
}

/** How long to wait after a look that failed for the `tries`-th time in a row. */
export function awayDelay(tries: number): number {
  return Math.min(MINUTE, SECOND * 2 ** Math.min(tries, 6));
}
