import type { IncomingMessage } from 'node:http';
import { asObject, type Json } from '../openwebui/json.ts';
import { readBody } from '../read-body.ts';
import type { Dialect } from './dialect.ts';
import type { Login, Person } from './people.ts';
import { empty, Refusal } from './reply.ts';

/** Bodies above this many bytes are refused. */
const bodyLimit = 64 * 1024 * 1024;

/** One request, before anybody has looked who sent it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Below the folder that the server is installed in, decoded nowhere. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `http://host:port` and the folder, as the caller sees the server. */
  readonly base: string;
  /** The caller's address, for the watch over wrong passwords and for guests. */
  readonly address: string;
  /** Judges the credential that was sent. A wrong one is counted, so it is asked once. */
  login(): Login;
  bytes(): Promise<Buffer>;
}

/** A call of the OCS that has come through to a controller. */
export interface OcsCall extends Call {
  readonly speak: Dialect;
  /** Who calls. Null only on routes that are open to everybody. */
  readonly person: Person | null;
  /** The id of whoever calls; throws on routes that are open to everybody. */
  readonly userId: string;
  /** A named piece of the path. */
  piece(name: string): string;
  /** What was sent: the query and the body, which may be JSON or a form, as PHP puts them together. */
  arguments(): Promise<Json>;
}

/** Reads the whole body. Throws 413 above {@link bodyLimit}. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readBody(request, bodyLimit);
  if (bytes === null) throw new Refusal(empty(413));
  return bytes;
}

/** The body and the query as one map. What cannot be read counts as not sent. */
export async function argumentsOf(call: Call): Promise<Json> {
  const text = (await call.bytes()).toString('utf8');
  const json = (call.request.headers['content-type'] ?? '').includes('json');
  return { ...nested(call.query), ...(json ? jsonOf(text) : nested(new URLSearchParams(text))) };
}

function jsonOf(text: string): Json {
  try {
    return asObject(JSON.parse(text)) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** `input[input]=hello&list[]=1` as PHP reads it, two levels deep. */
function nested(form: URLSearchParams): Json {
  const found = new Map<string, unknown>();
  for (const [name, value] of form) {
    const [, key = name, inner] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
    const before = found.get(key);
    if (inner === undefined) found.set(key, value);
    else if (inner === '') found.set(key, [...(Array.isArray(before) ? before : []), value]);
    else found.set(key, { ...asObject(before), [inner]: value });
  }
  return Object.fromEntries(found);
}

/** An argument of the kind `string`: PHP takes numbers and flags for texts. Throws when it is missing and there is no default. */
export function textArgument(call: OcsCall, sent: Json, name: string, fallback?: string): string {
  const value = sent[name] ?? fallback;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '';
  throw new Refusal(call.speak.badArgument());
}

/** A number in the path, as PHP makes one of it: 0 when it does not begin with digits. */
export function numberPiece(call: OcsCall, name: string): number {
  return Number(/^\d+/.exec(call.piece(name))?.[0] ?? 0);
}
