import { type Dispatcher, type FormData, request } from 'undici';
import type * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import type { OpenWebUI } from './connection.ts';
import type { About, Where } from './errors.ts';
import { failure, failureOf, forbiddenInstead, isDoubtful, isHtml, isKeyRefused, transportFailure } from './errors.ts';
import { wait } from './wait.ts';

/** One call of the HTTP API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From `/api` on, with each piece that is data passed through {@link segment}. */
  readonly path: string;
  readonly about: About;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as multipart, in place of `body`. */
  readonly form?: FormData | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole of one attempt; the server's own when absent. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of answer that are read before the call fails as `too-large`; 32 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** A whole answer with a status below 300. */
export interface Reply {
  readonly status: number;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

const attempts = 3;
const firstDelayMs = 200;

/** A piece of a path that is data: an id, a name. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** The call as logs name it, without its query. */
export function whereOf(call: Pick<Call, 'method' | 'path' | 'about'>): Where {
  return { call: `${call.method} ${call.path}`, about: call.about };
}

/**
 * Makes the call and checks its JSON against `schema`. A web page, which is what this server answers to a GET it does not know
 * (our reference, openwebui trap 1), and JSON of another shape fail as `malformed`.
 */
export async function json<Schema extends z.ZodType>(
  server: OpenWebUI,
  call: Call,
  schema: Schema,
): Promise<z.output<Schema>> {
  const reply = await send(server, call);
  const where = whereOf(call);
  if (isHtml(reply.contentType)) throw failureOf(reply.status, reply.contentType, '', where);
  const parsed = schema.safeParse(parse(reply.bytes.toString('utf8'), where));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw failure('malformed', where, `JSON of another shape: ${issues.join('; ')}`);
}

/**
 * Makes the call and reads its whole answer. A status of 300 or more is thrown as the failure it means.
 * Only a GET is repeated, and only when no connection came about or a 502, 503 or 504 came back: up to three attempts.
 */
export async function send(server: OpenWebUI, call: Call): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(server, call);
    } catch (error) {
      const again = call.method === 'GET' && attempt < attempts && isPassing(error);
      if (!again) throw error;
      await wait(server, firstDelayMs * 2 ** (attempt - 1) * (0.5 + server.random()), call.signal, whereOf(call));
    }
  }
}

/** Headers that every call carries. */
export function headersFor(server: OpenWebUI): Record<string, string> {
  const key = server.key?.reveal().trim() ?? '';
  return { accept: 'application/json', 'user-agent': 'parley', ...(key !== '' && { authorization: `Bearer ${key}` }) };
}

/**
 * What a status of 300 or more means. Where a 401 may as well mean "not there" (trap 8), asks who we are: when that is known, the
 * key is good and the failure becomes `forbidden`.
 */
export async function refusalOf(
  server: OpenWebUI,
  where: Where,
  answer: { status: number; contentType: string | null; text: string; retryAfter: string | null },
): Promise<Failure> {
  const met = failureOf(answer.status, answer.contentType, answer.text, where, answer.retryAfter);
  if (isKeyRefused(met.problem)) server.refused?.();
  if (!isDoubtful(met.problem) || server.key === null || where.about === 'account') return met;
  try {
    await once(server, { method: 'GET', path: '/api/v1/auths/', about: 'account' });
  } catch (error) {
    if (!(error instanceof Failure) || !saysKeyIsGood(error)) {
      return error instanceof Failure && error.problem.kind === 'unauthorized' ? error : met;
    }
  }
  return forbiddenInstead(met.problem, where);
}

/** Whether a refusal of "who am I" comes after the key was found good: 0.12 answers it to people only, or an administrator narrowed the paths. */
export function saysKeyIsGood(error: Failure): boolean {
  return error.problem.kind === 'forbidden' && /human session|do not have permission/i.test(error.problem.detail);
}

/** One header of an undici answer; the first where it stands twice. */
export function header(headers: Dispatcher.ResponseData['headers'], name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Reads a body up to `maxBytes`; null when there is more of it, and the rest is not read. */
export async function readAll(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function once(server: OpenWebUI, call: Call): Promise<Reply> {
  const where = whereOf(call);
  const deadline = new AbortController();
  const cancel = server.clock.after(call.timeoutMs ?? server.timeoutMs, () =>
    deadline.abort(failure('timeout', where, 'took too long')),
  );
  const signal = call.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, call.signal]);
  let begun = false;
  try {
    const answer = await request(urlOf(server, call), {
      method: call.method,
      dispatcher: server.agent,
      signal,
      headers: { ...headersFor(server), ...(call.body !== undefined && { 'content-type': 'application/json' }) },
      body: call.form ?? (call.body === undefined ? null : JSON.stringify(call.body)),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    begun = true;
    const contentType = header(answer.headers, 'content-type');
    const refused = answer.statusCode >= 300;
    const bytes = await readAll(answer.body, refused ? 65_536 : (call.maxBytes ?? 33_554_432));
    if (refused) {
      throw await refusalOf(server, where, {
        status: answer.statusCode,
        contentType,
        text: bytes?.toString('utf8') ?? '',
        retryAfter: header(answer.headers, 'retry-after'),
      });
    }
    if (bytes === null) throw failure('too-large', where, 'the answer is larger than allowed');
    return { status: answer.statusCode, contentType, bytes };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw signal.reason instanceof Failure ? signal.reason : failure('stopped', where, 'stopped');
    throw transportFailure(error, where, begun);
  } finally {
    cancel();
  }
}

function urlOf(server: OpenWebUI, call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return server.url + call.path + (text === '' ? '' : `?${text}`);
}

function parse(text: string, where: Where): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure('malformed', where, 'the answer is no JSON');
  }
}

/** Whether a second attempt may well succeed: no connection, or a proxy that is waiting for the server to come back. */
function isPassing(error: unknown): boolean {
  return error instanceof Failure && (error.problem.kind === 'unreachable' || error.problem.kind === 'cut');
}
