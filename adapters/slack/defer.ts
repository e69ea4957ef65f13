import type { Clock } from '../../src/chat/clock.ts';

/** Slack gives three seconds for an answer; what has not come after this long (ms) is answered later. */
const DEFER_MS = 1_500;

/** What came of some work in time, or null when it goes on. What it throws is thrown here only when it comes in time. */
export async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const cancel = clock.after(DEFER_MS, () => late.resolve(null));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
