import pino from 'pino';
import { harmless } from '../chat/harmless.ts';
import { errorFields } from './error-fields.ts';

/** What every room may do with the log. Fields are ids, counts and kinds; never a message's text, never a secret. */
export interface Log {
  fatal(fields: object, event: string): void;
  error(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  info(fields: object, event: string): void;
  debug(fields: object, event: string): void;
  /** The same log with fields on every line, such as the turn's id. */
  child(fields: object): Log;
}

/** UTF-16 units of a detail. */
const DETAIL_UNITS = 400;

/** Fields that are redacted wherever they stand, should anything ever pass one on: the second net under the `Secret` type. */
const REDACTED = [
  'token',
  'key',
  'apiKey',
  'password',
  'authorization',
  'cookie',
  'secret',
  'headers.authorization',
  'headers.cookie',
];

/**
 * JSON lines on standard output, or readable ones on a terminal. A `Secret` prints as `[secret]` by its type; fields with
 * telling names are redacted besides, also one level down.
 */
export function createLog(
  level: string,
  out: { readonly isTTY?: boolean; write(line: string): unknown } = process.stdout,
): Log {
  const destination = out.isTTY
    ? { write: (line: string) => void out.write(readable(line)) }
    : { write: (line: string) => void out.write(line) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [...REDACTED, ...REDACTED.filter((path) => !path.includes('.')).map((path) => `*.${path}`)],
        censor: '[secret]',
      },
      serializers: { error: errorFields, detail: scrubbed, why: scrubbed, sdk: scrubbed },
    },
    destination,
  );
}

/** Details are made of others' words here and there: the third net. */
function scrubbed(value: unknown): unknown {
  return typeof value === 'string' ? harmless(value, DETAIL_UNITS) : value;
}

/** One JSON line as a person reads it in a terminal: time, event, fields. */
function readable(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) return line;
  const { level, time, msg, ...fields } = { level: '', time: '', msg: '', ...parsed };
  const mark = level === 'info' ? '' : `${level}: `;
  const rest = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${String(time).slice(11, 19)} ${mark}${msg}${rest ? `  ${rest}` : ''}\n`;
}
