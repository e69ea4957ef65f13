import { Failure } from '../chat/errors.ts';
import { harmless } from '../chat/harmless.ts';

/** Causes of causes that are told. */
const DEEPEST = 3;
const FRAMES = 12;
/** UTF-16 units of a message. */
const LONGEST = 300;

/** An error as it may stand in the log. */
export interface ErrorFields {
  readonly type: string;
  /** Left out where it may repeat what somebody wrote. */
  readonly message?: string;
  readonly code?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorFields;
}

/**
 * What of an error is logged: its name, its words without secrets, where it came from, and what caused it. Nothing else that
 * libraries hang on their errors (requests with headers, bodies with people's words) gets through; nor the words of what caused a
 * `Failure`, whose own say what may be said, nor those of a parser, which quotes what it read. Pure.
 */
export function errorFields(thrown: unknown, depth = 0, told = false): ErrorFields {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, ...(!told && { message: harmless(String(thrown), LONGEST) }) };
  const foreseen = thrown instanceof Failure;
  const silent = (told && !foreseen) || thrown instanceof SyntaxError;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const { cause } = thrown;
  return {
    type: thrown.name,
    ...(!silent && { message: harmless(thrown.message, LONGEST) }),
    ...(code !== null && { code }),
    // Of what was foreseen the kind says enough.
    ...(!foreseen && { stack: frames.slice(0, FRAMES).map((line) => line.trim()) }),
    ...(cause !== undefined && depth < DEEPEST && { cause: errorFields(cause, depth + 1, told || foreseen) }),
  };
}
