/**
 * What kind of thing went wrong, the same words for every server and platform:
 *
 * - `unreachable` no connection, or the other side answered 502/503/504
 * - `timeout` it took too long
 * - `busy` refused for now: a rate limit, an overload
 * - `unauthorized` the credential is missing, wrong or revoked
 * - `forbidden` the credential is good, but may not do this
 * - `missing` what was asked for is not there: a model, a chat, a file
 * - `gone` a message that was there has been deleted
 * - `closed` the place cannot be written to any more: archived, locked, left
 * - `expired` a token or trigger is past its time
 * - `invalid` the other side refused the request as wrong
 * - `too-large` more than the other side takes
 * - `malformed` an answer that is not what was asked for (a web page in place of data)
 * - `cut` an answer that ended in the middle
 * - `model` the model or its provider failed, and said so
 * - `stopped` somebody stopped it
 * - `bug` our own mistake
 */
export const PROBLEM_KINDS = [
  'unreachable',
  'timeout',
  'busy',
  'unauthorized',
  'forbidden',
  'missing',
  'gone',
  'closed',
  'expired',
  'invalid',
  'too-large',
  'malformed',
  'cut',
  'model',
  'stopped',
  'bug',
] as const;
/** One of {@link PROBLEM_KINDS}. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** Whether the same call may be made again: never, whenever one likes (with back-off), or not before so many milliseconds. */
export type Retry =
  | { readonly when: 'never' }
  | { readonly when: 'later' }
  | { readonly when: 'after'; readonly ms: number };

/** An error as a value: what went wrong, whether trying again helps, what to tell the person, and what to tell the log. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly retry: Retry;
  /** One plain sentence or two for the person: what happened and what to do next. Holds no detail of the machine. */
  readonly say: string;
  /** For the log only: status, body, cause. Never shown in chat, never holds a secret or a message's text. */
  readonly detail: string;
}

/** Carries a {@link Problem} up the stack, for the few places where throwing is the shortest way to whoever can act. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(`${problem.kind}: ${problem.detail}`, options);
    this.name = 'Failure';
    this.problem = problem;
  }
}

/** The problem inside anything that was thrown: a {@link Failure}'s own, or `bug` for what nobody expected. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Failure) return thrown.problem;
  // A parser quotes what it read.
  const quotes = thrown instanceof SyntaxError;
  const detail =
    thrown instanceof Error ? (quotes ? thrown.name : `${thrown.name}: ${thrown.message}`) : String(thrown);
  return {
    kind: 'bug',
    retry: { when: 'later' },
    say: 'Something went wrong on my side. Please try again; if it keeps happening, tell whoever runs me.',
    detail,
  };
}
