import { type Dispatcher, request } from 'undici';
import { Failure } from '../chat/errors.ts';
import type { Nextcloud, Site } from './connection.ts';
import { failure, failureOf, reasonOf, transportFailure, type Where } from './errors.ts';

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'MKCOL' | 'PROPFIND';
  /** From the server's own address on, with each piece that is data passed through {@link segment}. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | string | undefined;
  /** Names the path in logs, where the path itself holds a person's words (a file's name). */
  readonly logged?: string | undefined;
  /** See {@link Where}. */
  readonly schedules?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole of one attempt; the site's own when absent. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of answer that are read before the call fails as `file-size`; 8 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** A whole answer with a status below 300. */
export interface Reply {
  readonly status: number;
  readonly contentType: string | null;
  /** `Content-Disposition`. */
  readonly disposition: string | null;
  readonly bytes: Buffer;
}

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 200;
const REFUSAL_BYTES = 65_536;

/** A piece of a path that is data: an id, a name. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** The call as logs name it, without its query. */
export function whereOf(call: Pick<Call, 'method' | 'path' | 'logged' | 'schedules'>): Where {
  return { call: `${call.method} ${call.logged ?? call.path}`, schedules: call.schedules };
}

/**
 * Makes the call with the account's credential. A 401 that means the credential is remembered, and every later call of the
 * connection fails at once with the same reason, without touching the network.
 */
export async function sendAs(nc: Nextcloud, call: Call): Promise<Reply> {
  if (nc.learnt.refused) throw failure('credential', whereOf(call), 'refused before, so not sent again');
  try {
    return await repeated(nc, call, `Basic ${basic(nc.login, nc.password.reveal())}`);
  } catch (error) {
    if (reasonOf(error) === 'credential') nc.learnt.refused = true;
    throw error;
  }
}

/** Makes the call without any credential. */
export async function sendOpenly(site: Site, call: Call): Promise<Reply> {
  return await repeated(site, call, null);
}

/** Only a GET is repeated, and only when no connection came about, it broke, or a proxy said 502 to 504: up to three attempts. */
async function repeated(site: Site, call: Call, authorization: string | null): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(site, call, authorization);
    } catch (error) {
      if (call.method !== 'GET' || attempt >= ATTEMPTS || !isPassing(error)) throw error;
      await pause(site, FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), call);
    }
  }
}

async function once(site: Site, call: Call, authorization: string | null): Promise<Reply> {
  const where = whereOf(call);
  const deadline = new AbortController();
  const cancel = site.clock.after(call.timeoutMs ?? site.timeoutMs, () =>
    deadline.abort(failure('timeout', where, 'took too long')),
  );
  const signal = call.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, call.signal]);
  let begun = false;
  try {
    // Redirects are not followed: they would carry the credential to wherever the answer points.
    const answer = await request(urlOf(site, call), {
      method: call.method,
      dispatcher: site.agent,
      signal,
      headers: {
        'user-agent': site.requester,
        'ocs-apirequest': 'true',
        ...(authorization !== null && { authorization }),
        ...call.headers,
      },
      body: call.body ?? null,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    begun = true;
    const contentType = header(answer.headers, 'content-type');
    const refused = answer.statusCode >= 300;
    const bytes = await readAll(answer.body, refused ? REFUSAL_BYTES : (call.maxBytes ?? 8_388_608));
    if (refused) {
      const maintenance = header(answer.headers, 'x-nextcloud-maintenance-mode') === '1';
      throw failureOf(
        { status: answer.statusCode, contentType, body: bytes.start.toString('utf8'), maintenance },
        where,
      );
    }
    if (!bytes.whole) throw failure('file-size', where, 'the answer is larger than allowed');
    const disposition = header(answer.headers, 'content-disposition');
    return { status: answer.statusCode, contentType, disposition, bytes: bytes.start };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw signal.reason instanceof Failure ? signal.reason : failure('stopped', where, 'stopped');
    throw transportFailure(error, where, begun);
  } finally {
    cancel();
  }
}

function urlOf(site: Site, call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (typeof value === 'string') query.set(name, value);
    else for (const item of value ?? []) query.append(`${name}[]`, item);
  }
  const text = query.toString();
  return site.url + call.path + (text === '' ? '' : `?${text}`);
}

function basic(login: string, password: string): string {
  return Buffer.from(`${login}:${password}`, 'utf8').toString('base64');
}

function header(headers: Dispatcher.ResponseData['headers'], name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Reads a body up to `maxBytes`; the rest is not read, and then `whole` is false. */
async function readAll(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
): Promise<{ readonly start: Buffer; readonly whole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) return { start: Buffer.concat(chunks), whole: false };
    chunks.push(bytes);
  }
  return { start: Buffer.concat(chunks), whole: true };
}

/** Whether a second attempt may well succeed. A server in maintenance stays so for minutes. */
function isPassing(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === 'no-connection' || reason === 'cut' || reason === 'unavailable';
}

/** Waits by the site's clock; a stop ends it at once. */
function pause(site: Site, ms: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      const reason = call.signal?.reason;
      reject(reason instanceof Failure ? reason : failure('stopped', whereOf(call), 'stopped'));
    };
    const cancel = site.clock.after(ms, () => {
      call.signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (call.signal?.aborted) stop();
    else call.signal?.addEventListener('abort', stop, { once: true });
  });
}
