import type { Problem } from '../../src/chat/errors.ts';
import { Failure, problemOf } from '../../src/chat/errors.ts';

const SAY = {
  gone: 'That message has been deleted.',
  missing: 'I cannot find that any more.',
  closed: 'I cannot write there.',
  expired: 'That took too long. Please try it again.',
  'too-large': 'That is larger than I can take.',
  invalid: 'I cannot do that here.',
  stopped: 'I am being restarted. Please try again in a minute.',
} as const;

/** A failure of this platform: its kind is from the port's list, the sentence is the usual one unless told. */
export function localFailure(kind: keyof typeof SAY, detail: string, say: string = SAY[kind]): Failure {
  const problem: Problem = {
    kind,
    retry: { when: kind === 'stopped' ? 'later' : 'never' },
    say,
    detail: `local: ${detail}`,
  };
  return new Failure(problem);
}

/**
 * The same work, throwing nothing but a `Failure`: a data file that does not take a write is named as that, and after the
 * end everything is `stopped`.
 */
export function failing<Args extends unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      throw asFailure(error);
    }
  };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ERR_INVALID_STATE') return localFailure('stopped', detail);
  if (code !== 'ERR_SQLITE_ERROR') return new Failure(problemOf(error), { cause: error });
  const say = 'The local page cannot keep its messages: its disk may be full or failing. Please try again later.';
  return new Failure({ kind: 'busy', retry: { when: 'later' }, say, detail: `local: ${detail}` }, { cause: error });
}
