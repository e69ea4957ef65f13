import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { Rest } from './rest.ts';

/** Discord shows typing for about ten seconds; renewed this often it does not flicker (our reference, discord 6). */
const RENEW_MS = 8_000;
/** A signal without an end is worse than none. */
const LONGEST_MS = 300_000;

/** "… is typing", one owner for each channel. */
export interface Typing {
  start(channel: string): void;
  /** Nothing is sent for this channel any more. */
  stop(channel: string): void;
  stopAll(): void;
}

/** See {@link Typing}. Best effort: what goes wrong ends the signal and nothing else. */
export function createTyping(options: { rest: Rest; clock: Clock; failed(detail: string): void }): Typing {
  const { clock } = options;
  const running = new Map<string, { cancel: () => void; until: number }>();

  function beat(channel: string): void {
    const one = running.get(channel);
    if (!one || clock.now() >= one.until) {
      stop(channel);
      return;
    }
    one.cancel = clock.after(RENEW_MS, () => beat(channel));
    options.rest
      .call({ what: 'type', method: 'POST', route: `/channels/${channel}/typing` })
      .catch((error: unknown) => {
        const problem = problemOf(error);
        if (problem.kind !== 'busy') stop(channel);
        options.failed(problem.detail);
      });
  }

  function stop(channel: string): void {
    running.get(channel)?.cancel();
    running.delete(channel);
  }

  return {
    start(channel) {
      if (running.has(channel)) return;
      running.set(channel, { cancel: () => undefined, until: clock.now() + LONGEST_MS });
      beat(channel);
    },
    stop,
    stopAll() {
      for (const channel of [...running.keys()]) stop(channel);
    },
  };
}
