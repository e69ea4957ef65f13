import type { Clock } from '../src/chat/clock.ts';

const STEP_MS = 20;
let looked = Date.now();
let lost = 0;

/** Looked at in every step; where it is looked at much later than that, the machine gave this process no turn meanwhile. */
function now(): number {
  const real = Date.now();
  if (real - looked > 3 * STEP_MS) lost += real - looked - STEP_MS;
  looked = real;
  return real - lost;
}
setInterval(now, STEP_MS).unref();

/**
 * Real time as far as this process had its turns: while a machine at work lets it wait, no time passes. For what has limits of
 * seconds in tests, where both sides of a limit are in one process and wait together.
 */
export const awakeClock: Clock = {
  now,
  after(ms, task) {
    const due = now() + ms;
    const look = () => {
      const left = due - now();
      if (left <= 0) task();
      else timer = setTimeout(look, left).unref();
    };
    let timer = setTimeout(look, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Milliseconds of {@link awakeClock} from now on. */
export function awakeTime(): () => number {
  const from = awakeClock.now();
  return () => awakeClock.now() - from;
}

/** Milliseconds of work that the processor did on this thread for a task: whoever else works there does not count. */
export function workOf(task: () => void): number {
  const begun = process.threadCpuUsage();
  task();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}
