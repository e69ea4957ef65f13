/** Time as a value, so that pacing, leases and waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `ms`; the returned function cancels it. The caller owns the timer and must cancel it when it stops. */
  after(ms: number, task: () => void): () => void;
}

/** The real clock. Its timers do not keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
