import { Failure } from '../chat/errors.ts';
import type { OpenWebUI } from './connection.ts';
import { failure, type Where } from './errors.ts';

/** Waits `ms` by the server's clock. A stop ends it at once, with the signal's reason when that is a Failure, else `stopped`. */
export function wait(server: OpenWebUI, ms: number, signal: AbortSignal | undefined, where: Where): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(signal?.reason instanceof Failure ? signal.reason : failure('stopped', where, 'stopped'));
    };
    const cancel = server.clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
