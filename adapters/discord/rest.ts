import { type RawFile, REST, type RESTOptions, type RequestMethod, type ResponseLike } from 'discord.js';
import type { Secret } from '../../src/chat/secret.ts';
import { failureOf } from './errors.ts';
import { scopeTaught } from './limits.ts';

/** One call. `what` names it in logs, since routes may hold interaction tokens. */
export interface Request {
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly route: `/${string}`;
  readonly body?: unknown;
  readonly files?: readonly RawFile[];
  readonly query?: Readonly<Record<string, string>>;
  /** False for the routes of an interaction, whose token stands in the address. */
  readonly auth?: boolean;
}

/** Discord's REST API, asked once per call: whoever calls decides what is tried again. */
export interface Rest {
  /** The answer's JSON. Throws a `Failure`. */
  call(request: Request): Promise<unknown>;
  /** No call is answered any more; those under way fail. */
  close(): void;
}

/** What calls need, and who hears of budgets. */
export interface RestOptions {
  readonly token: Secret;
  /** Another REST base than Discord's own. */
  readonly api: string | null;
  readonly timeoutMs: number;
  /** What an answer's headers tell about a scope. */
  taught(scope: string, left: number, resetMs: number): void;
  /** The token was refused: nothing works from here on. */
  revoked(): void;
}

/** Waits that the library may do by itself, in milliseconds, for calls that nobody paces: reads. */
const PATIENCE_MS = 5_000;

/**
 * Opens the REST side. The library's own habits are off where they would hurt (our reference, discord 1.6): it repeats failed
 * calls at once and without delay, POSTs too (`retries: 0`), and waits out limits by itself, ten minutes for a rename
 * (`rejectOnRateLimit`). After one 401 it forgets the token; we say so once and for all.
 */
export function openRest(options: RestOptions): Rest {
  const closing = new AbortController();
  const rest = new REST({
    version: '10',
    ...(options.api !== null && { api: options.api }),
    retries: 0,
    timeout: options.timeoutMs,
    makeRequest: (url, init) => requested(url, init, options.taught),
    rejectOnRateLimit: ({ method, timeToReset, retryAfter }) =>
      method.toUpperCase() !== 'GET' || Math.max(timeToReset, retryAfter) > PATIENCE_MS,
  });
  rest.setToken(options.token.reveal());

  return {
    async call({ what, method, route, body, files, query, auth = true }) {
      try {
        return await rest.request({
          method: method satisfies `${RequestMethod}` as RequestMethod,
          fullRoute: route,
          auth,
          signal: closing.signal,
          ...(body !== undefined && { body }),
          ...(files !== undefined && { files: [...files] }),
          ...(query !== undefined && { query: new URLSearchParams(query) }),
        });
      } catch (thrown) {
        const failure = failureOf(thrown, what);
        if (failure.problem.kind === 'unauthorized' && !closing.signal.aborted) options.revoked();
        throw failure;
      }
    },
    close() {
      closing.abort();
      rest.clearHandlerSweeper();
      rest.clearHashSweeper();
    },
  };
}

/**
 * One request, with Node's own fetch: the library brings an undici of its own, which finds the dispatcher of ours where both look
 * for one, and then neither takes the other's form data. No redirect is followed, since the token would go along.
 */
async function requested(
  url: string,
  init: Parameters<RESTOptions['makeRequest']>[1],
  taught: RestOptions['taught'],
): Promise<ResponseLike> {
  const { method = 'GET', headers, body, signal } = init;
  const response = await fetch(url, {
    method,
    redirect: 'error',
    body: body ?? null,
    signal: signal ?? null,
    headers: Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  });
  const path = new URL(url).pathname.replace(/^.*?\/v\d+(?=\/)/, '');
  const scope = scopeTaught(method.toUpperCase(), path);
  const left = Number(response.headers.get('x-ratelimit-remaining') ?? Number.NaN);
  const reset = Number(response.headers.get('x-ratelimit-reset-after') ?? Number.NaN);
  // An exhausted bucket's 429 is told by the refusal itself.
  if (scope !== null && response.ok && left >= 0 && reset >= 0) taught(scope, left, Math.ceil(reset * 1000));
  return response;
}
