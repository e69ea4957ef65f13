/** A sliding window of calls: one for each account and API, since old and new have budgets of their own (our reference, nextcloud 4). */
export interface Window {
  /** When places were taken, milliseconds since the epoch, the oldest first; never more than {@link LIMIT}. */
  readonly taken: readonly number[];
  /** Nothing before this time, after a refusal; 0 when there was none. */
  readonly heldUntil: number;
}

/** Calls that fit into a span. */
export const LIMIT = 20;

/** Milliseconds until a place is free again: the server's 120 s, and a little because it counts when the call arrives. */
export const SPAN_MS = 122_000;

/**
 * Milliseconds to leave the server alone after a refusal. A refused call costs nothing, and we cannot know when a place becomes
 * free: the refusal says that others took places that we did not count (before a restart, by another bot).
 */
export const HOLD_MS = 30_000;

/** A window nobody has used, or one of calls known from elsewhere: tasks' `scheduledAt` after a restart. */
export function windowOf(times: readonly number[] = []): Window {
  return { taken: times.toSorted((a, b) => a - b).slice(-LIMIT), heldUntil: 0 };
}

/** Milliseconds until a call may be made; 0 when it may be made now. */
export function waitOf(window: Window, now: number): number {
  const held = Math.max(0, window.heldUntil - now);
  const inside = window.taken.filter((at) => at + SPAN_MS > now);
  const blocking = inside.length < LIMIT ? undefined : inside[inside.length - LIMIT];
  return Math.max(held, blocking === undefined ? 0 : blocking + SPAN_MS - now);
}

/** Takes a place: `[window, 0]` when the call may be made now, `[window, ms]` and nothing taken when it must wait. */
export function take(window: Window, now: number): readonly [Window, number] {
  const wait = waitOf(window, now);
  if (wait > 0) return [window, wait];
  const taken = window.taken.filter((at) => at + SPAN_MS > now);
  return [{ taken: [...taken, now], heldUntil: window.heldUntil }, 0];
}

/** After an empty 429: the place that was taken at `at` is given back, since a refused call does not count, and the window holds. */
export function refused(window: Window, at: number, now: number): Window {
  const index = window.taken.lastIndexOf(at);
  return { taken: window.taken.toSpliced(index, index < 0 ? 0 : 1), heldUntil: now + HOLD_MS };
}
