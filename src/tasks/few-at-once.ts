import { Failure } from '../chat/errors.ts';

/** Does work of which only so much may be under way at the same time, in the order in which it came. Rejects as `stopped` when `signal` is aborted before its turn. */
export type FewAtOnce = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;

/** See {@link FewAtOnce}. */
export function fewAtOnce(most: number): FewAtOnce {
  const waiting = new Set<() => void>();
  let running = 0;

  function next(): void {
    const [first] = waiting;
    if (!first || running >= most) return;
    waiting.delete(first);
    running += 1;
    first();
  }

  return async (work, signal) => {
    if (signal.aborted) throw new Failure(STOPPED);
    const turn = Promise.withResolvers<void>();
    const leave = () => {
      if (waiting.delete(turn.resolve)) turn.reject(new Failure(STOPPED));
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.add(turn.resolve);
    next();
    await turn.promise.finally(() => signal.removeEventListener('abort', leave));
    try {
      return await work();
    } finally {
      running -= 1;
      next();
    }
  };
}

const STOPPED = { kind: 'stopped', retry: { when: 'never' }, say: 'Stopped.', detail: 'stopped in line' } as const;
