import type { Problem, ProblemKind } from '../chat/errors.ts';

/** Kinds that no repetition mends. `too-large`, `expired` and `gone` have remedies of their own and come here only without one. */
const FATAL: ReadonlySet<ProblemKind> = new Set([
  'unauthorized',
  'forbidden',
  'missing',
  'gone',
  'closed',
  'expired',
  'invalid',
  'too-large',
  'stopped',
]);

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Whether to give up. */
export function isFatal(problem: Problem): boolean {
  return problem.retry.when === 'never' || FATAL.has(problem.kind);
}

/** How long to wait before try number `failures + 1`, in milliseconds: full jitter, or what the problem says. */
export function backOff(problem: Problem, failures: number, random: () => number): number {
  if (problem.retry.when === 'after') return problem.retry.ms;
  return Math.ceil(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10)));
}
