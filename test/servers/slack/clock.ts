import type { Clock } from '../../../src/chat/clock.ts';

/** A clock that stands still until a test moves it, so that rules of seconds and minutes need no waiting. */
export interface ManualClock extends Clock {
  /** Moves time forward by `ms`, running every timer that falls due, in order, each at its own moment. */
  advance(ms: number): void;
}

/** A manual clock that starts at `start` (ms since the epoch). */
export function manualClock(start = 1_790_000_000_000): ManualClock {
  let now = start;
  let serial = 0;
  const timers = new Map<number, { at: number; task: () => void }>();
  const due = (until: number) =>
    [...timers].filter(([, timer]) => timer.at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  return {
    now: () => now,
    after(ms, task) {
      const id = serial++;
      timers.set(id, { at: now + ms, task });
      return () => void timers.delete(id);
    },
    advance(ms) {
      const until = now + ms;
      for (let next = due(until); next; next = due(until)) {
        const [id, timer] = next;
        timers.delete(id);
        now = Math.max(now, timer.at);
        timer.task();
      }
      now = until;
    },
  };
}
