import { randomBytes } from 'node:crypto';

/** A whole HTTP answer. An empty `body` is sent as no body at all. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that ends the request: thrown by whatever finds out, written by the router. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`${reply.status}`);
    this.name = 'Refusal';
    this.reply = reply;
  }
}

/** The type of answers that PHP sends when nobody sets one. */
export const plainType = 'text/html; charset=UTF-8';

/** JSON outside any envelope: `{"message":"CSRF check failed"}`, the login flow's answers. */
export function bare(json: unknown, status = 200): Reply {
  return {
    status,
    type: 'application/json; charset=utf-8',
    body: JSON.stringify(json),
    headers: { 'x-request-id': requestId() },
  };
}

/** No body at all, and PHP's own type: the rate limit, a missing argument on 34. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, type: plainType, body: '', headers: { 'x-request-id': requestId(), ...headers } };
}

/** A web page. Nothing in it may run, load or be framed. */
export function html(text: string, status = 200): Reply {
  return {
    status,
    type: plainType,
    body: text,
    headers: {
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  };
}

/** Twenty letters and digits, new for each answer. */
export function requestId(): string {
  return randomText(20);
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits that nobody can guess. */
export function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}
