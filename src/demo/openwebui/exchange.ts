import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';
import { readBody } from '../read-body.ts';
import { asObject } from './json.ts';
import type { User } from './records.ts';
import { Refusal } from './refusal.ts';

/** Bodies above this many bytes are refused: uploads included. */
const bodyLimit = 40 * 1024 * 1024;

/** One request being answered: what a route may read. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** A named piece of the path, decoded. Empty when the route has no such piece. */
  param(name: string): string;
  /** The person behind the credential. Throws for a route that asks for none. */
  readonly user: User;
  /** The credential as it was sent, or null. */
  readonly token: string | null;
  /** The whole body. Throws 413 above {@link bodyLimit}. */
  bytes(): Promise<Buffer>;
}

/** What a route answers. `taken` means that it writes to the response itself. */
export type Reply =
  | { readonly json: unknown; readonly status?: number }
  | { readonly html: string; readonly status?: number }
  | { readonly bytes: Uint8Array; readonly type: string; readonly name?: string }
  | { readonly text: string; readonly status: number }
  | 'taken';

/** Reads the whole body. Throws 413 above {@link bodyLimit}. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readBody(request, bodyLimit);
  if (bytes === null) throw new Refusal(413, 'Request body is too large');
  return bytes;
}

/** What the server calls a kind of value, in its codes and in its sentences. */
const theirNames: Record<string, readonly [string, string]> = {
  array: ['list', 'list'],
  object: ['dict', 'dictionary'],
  record: ['dict', 'dictionary'],
  boolean: ['bool', 'boolean'],
  number: ['float', 'number'],
};

/** Reads the body as JSON of this shape; throws 422 in the server's own form otherwise. */
export async function jsonOf<T>(exchange: Exchange, schema: z.ZodType<T>): Promise<T> {
  const text = (await exchange.bytes()).toString('utf8');
  let value: unknown;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(422, [
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx: { error: why } },
    ]);
  }
  return shaped(value, schema, ['body']);
}

/** Checks a value; throws 422 with one entry per problem: type, where, message, what was sent (our reference, openwebui 1). */
function shaped<T>(value: unknown, schema: z.ZodType<T>, where: readonly (string | number)[]): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(
    422,
    result.error.issues.map((issue) => {
      const loc = [...where, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
      const input = reach(value, issue.path);
      if (input === undefined)
        return { type: 'missing', loc, msg: 'Field required', input: reach(value, issue.path.slice(0, -1)) ?? null };
      if (issue.code === 'unrecognized_keys') {
        return { type: 'extra_forbidden', loc: [...loc, ...issue.keys], msg: 'Extra inputs are not permitted', input };
      }
      const wanted = issue.code === 'invalid_type' ? issue.expected : 'value';
      const [type, name] = theirNames[wanted] ?? [wanted, wanted];
      return { type: `${type}_type`, loc, msg: `Input should be a valid ${name}`, input };
    }),
  );
}

function reach(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const step of path) {
    here = Array.isArray(here) && typeof step === 'number' ? here[step] : asObject(here)?.[String(step)];
  }
  return here;
}

/** A whole number from the query, at least 1. Throws 422 for anything else. */
export function pageOf(exchange: Exchange, fallback = 1): number {
  const text = exchange.query.get('page');
  if (text === null || text === '') return fallback;
  const page = Number(text);
  if (!Number.isInteger(page)) {
    throw new Refusal(422, [
      {
        type: 'int_parsing',
        loc: ['query', 'page'],
        msg: 'Input should be a valid integer, unable to parse string as an integer',
        input: text,
      },
    ]);
  }
  return Math.max(fallback === 0 ? 0 : 1, page);
}

/** A flag from the query: `true`, `1`, `yes`, `on` are true. */
export function flagOf(exchange: Exchange, name: string, fallback: boolean): boolean {
  const text = exchange.query.get(name);
  return text === null ? fallback : ['true', '1', 'yes', 'on'].includes(text.toLowerCase());
}

/** One page of a list. Pages count from 1. */
export function pageIn<T>(items: readonly T[], page: number, size: number): T[] {
  return items.slice((page - 1) * size, page * size);
}
