import type { Clock } from '../chat/clock.ts';

/** Waits so many milliseconds, or until `gone` is aborted, if it is not yet. */
export function pause(clock: Clock, ms: number, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  const stop = () => {
    cancel();
    resolve();
  };
  gone.addEventListener('abort', stop, { once: true });
  return promise.finally(() => gone.removeEventListener('abort', stop));
}
