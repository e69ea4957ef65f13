import type { Clock } from '../src/chat/clock.ts';
import { awakeClock } from './awake.ts';

/** Time of a process at work, but eight times as fast: for waits of seconds over real sockets. `ahead`: milliseconds that it is ahead from the start. */
export function quickClock(ahead = 0): Clock {
  const from = awakeClock.now();
  return {
    now: () => from + ahead + (awakeClock.now() - from) * 8,
    after: (ms, task) => awakeClock.after(ms / 8, task),
  };
}
