import type { Log } from './log.ts';

/** One thing to be closed, with its name for the log. Closed in the order given. */
export interface Closing {
  readonly what: string;
  close(): Promise<void>;
}

/**
 * Ends the process in order on SIGTERM and SIGINT: takes no more in, lets answers end, closes the store last. A second signal,
 * or `limitMs` gone by, ends it at once; what was being done is then taken up again at the next start, as after a crash.
 * Anything unexpected that reaches the top is logged and ends the process with 1: a restart recovers, a half-dead process does not.
 * The signal is aborted once it closes.
 */
export function closeInOrder(closings: () => readonly Closing[], log: Log, limitMs: number): AbortSignal {
  const closing = new AbortController();
  const end = async (why: string, code: number): Promise<void> => {
    if (closing.signal.aborted) process.exit(code || 1);
    closing.abort();
    log.info({ why }, 'closing');
    setTimeout(() => process.exit(code || 1), limitMs).unref();
    for (const { what, close } of closings()) {
      await close().catch((error: unknown) => log.warn({ what, error }, 'could not be closed'));
    }
    log.info({}, 'closed');
    process.exit(code);
  };
  process.on('SIGTERM', () => void end('SIGTERM', 0));
  process.on('SIGINT', () => void end('SIGINT', 0));
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'unexpected error');
    void end('unexpected error', 1);
  });
  process.on('unhandledRejection', (error) => {
    log.fatal({ error }, 'unexpected rejection');
    void end('unexpected rejection', 1);
  });
  return closing.signal;
}
