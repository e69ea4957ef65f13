/** So many in any stretch of so many milliseconds. */
export interface Quota {
  /** At least 1. */
  readonly count: number;
  readonly ms: number;
}

/** Milliseconds until one more may be taken, 0 for now; never more than the quota's own. `taken`: when earlier ones were. Pure. */
export function waitFor(taken: readonly number[], now: number, quota: Quota): number {
  const oldest = recent(taken, now, quota).at(-quota.count);
  return oldest === undefined ? 0 : oldest + quota.ms - now;
}

/** What is to be remembered when one more is taken: never more times than the quota counts, as long as it is kept. Pure. */
export function takingOne(taken: readonly number[], now: number, quota: Quota): readonly number[] {
  return [...recent(taken, now, quota), now].slice(-quota.count);
}

/** What still counts. A clock that was set back makes nobody wait longer than the quota's time. */
function recent(taken: readonly number[], now: number, { ms }: Quota): readonly number[] {
  return taken.map((at) => Math.min(at, now)).filter((at) => now - at < ms);
}

/** A length of time in words, rounded up: `40 seconds`, `a minute`, `2 hours`. */
export function timeWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 60) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  if (hours < 24) return hours === 1 ? 'an hour' : `${hours} hours`;
  const days = Math.ceil(hours / 24);
  return days === 1 ? 'a day' : `${days} days`;
}
