import type { Problem } from '../../src/chat/errors.ts';
import { Failure } from '../../src/chat/errors.ts';

const SAY = {
  gone: 'That message has been deleted.',
  missing: 'I cannot find that any more.',
  closed: 'I cannot write there.',
  expired: 'That took too long. Please try it again.',
  'too-large': 'That is larger than I can take.',
  invalid: 'I cannot do that here.',
  stopped: 'I am just being restarted. Please try again in a minute.',
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
