import { closeAfter } from './close-after.ts';

const STEP_MS = 10;

/**
 * Milliseconds from now on in which this process had its turns: on a machine that lets it wait, nothing is counted. For limits
 * on what our code waits for by itself, which real time would break on a machine at work.
 */
export function awakeTime(): () => number {
  let spent = 0;
  const timer = setInterval(() => {
    spent += STEP_MS;
  }, STEP_MS);
  closeAfter(async () => clearInterval(timer));
  return () => spent;
}

/** Milliseconds of work that the processor did on this thread for a task: whoever else works there does not count. */
export function workOf(task: () => void): number {
  const begun = process.threadCpuUsage();
  task();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}
