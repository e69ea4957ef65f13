import type { Clock } from '../src/chat/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  /** Lets `ms` pass: runs each due timer at its own time, in order, and lets promises settle before and after each. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without time passing. */
  settle(): Promise<void>;
  /** How many timers are set: none may be left once their owner has stopped. */
  timers(): number;
}

/** Turns of the event loop that are let pass: more than any chain of writes in a test is long. */
const TURNS = 10;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** A {@link Clock} for tests. It begins at `start` (milliseconds since the epoch) and runs only inside `advance`. */
export function createTestClock(start = Date.UTC(2026, 10, 21, 12)): TestClock {
  const timers = new Set<Timer>();
  let now = start;
  let order = 0;

  const first = (until: number): Timer | undefined => {
    let found: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!found || timer.at < found.at || (timer.at === found.at && timer.order < found.order)) found = timer;
    }
    return found;
  };
  // One turn of the event loop runs every microtask, however long their chain; each write of the store ends with a turn.
  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };

  return {
    now: () => now,
    after(ms, task) {
      const timer: Timer = { at: now + Math.max(0, ms), order: order++, task };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = first(until); timer; timer = first(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.task();
        await settle();
      }
      now = Math.max(now, until);
    },
    settle,
    timers: () => timers.size,
  };
}
