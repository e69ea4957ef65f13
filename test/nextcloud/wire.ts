import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type Nextcloud } from '../../src/nextcloud/connection.ts';
import { NextcloudFailure } from '../../src/nextcloud/errors.ts';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An answer to give. */
export interface Given {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the connection after the body, whatever length was promised. */
  readonly cut?: boolean;
}

/** A server that answers what a test says and writes down what it was asked. */
export interface Wire {
  readonly url: string;
  readonly seen: Seen[];
  /** Requests but the one that proves the credential. */
  asked(): string[];
  close(): Promise<void>;
}

/** `ocs.data` in a good envelope. */
export function ok(data: unknown): Given {
  return json(200, { ocs: { meta: { status: 'ok', statuscode: 200, message: 'OK' }, data } });
}

/** A refusal by a controller: its words in `data.message`. */
export function refusal(status: number, message: string): Given {
  return json(status, { ocs: { meta: { status: 'failure', statuscode: status, message: '' }, data: { message } } });
}

/** A refusal from before any controller: its words in `meta.message`. */
export function early(status: number, code: number, message: string): Given {
  return json(status, { ocs: { meta: { status: 'failure', statuscode: code, message }, data: [] } });
}

export const noRoute = early(404, 998, 'Invalid query, please check the syntax.');
export const badLogin = early(401, 997, 'Unauthorised');
export const me = ok({ id: 'bob', 'display-name': 'Bob', email: null });

export function json(status: number, value: unknown): Given {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

/** Listens on 127.0.0.1. Who the account is is answered as `me` unless `answer` says otherwise; null breaks the connection. */
export async function startWire(answer: (seen: Seen) => Given | null | undefined): Promise<Wire> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void take(request, response, seen, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    seen,
    asked: () => seen.map((one) => `${one.method} ${one.path}`).filter((one) => !one.includes('/cloud/user')),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen[],
  answer: (seen: Seen) => Given | null | undefined,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const one = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
  seen.push(one);
  const said = answer(one);
  const given = said === undefined ? fallback(one) : said;
  if (given === null) {
    request.socket.destroy();
    return;
  }
  response.writeHead(given.status, given.headers ?? {});
  if (given.cut === true) response.write(given.body ?? '', () => request.socket.end());
  else response.end(given.body ?? '');
}

function fallback(seen: Seen): Given {
  return seen.path.startsWith('/ocs/v2.php/cloud/user') ? me : noRoute;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

export const PASSWORD = 'app-password-that-nobody-may-see';

/** Runs `work` with a connection to a wire, and closes both. */
export async function over(
  answer: (seen: Seen) => Given | null | undefined,
  work: (nc: Nextcloud, wire: Wire) => Promise<void>,
  options: { readonly clock?: Clock; readonly timeoutMs?: number } = {},
): Promise<void> {
  const wire = await startWire(answer);
  const nc = connect({ url: wire.url, login: 'bob', password: new Secret(PASSWORD), ...options });
  try {
    await work(nc, wire);
  } finally {
    await disconnect(nc);
    await wire.close();
  }
}

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<NextcloudFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof NextcloudFailure) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}
