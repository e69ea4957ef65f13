import type { IncomingMessage, ServerResponse } from 'node:http';
import { personFor, tokenOf, type Who } from './credentials.ts';
import { bytesOf, type Exchange, type Reply } from './exchange.ts';
import { page } from './page.ts';
import { Refusal, say } from './refusal.ts';
import type { World } from './world.ts';

/** One entry of the table. In `path`, `:name` stands for one piece; a `/` at the end counts, as it does on the real server. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly who: Who;
  run(exchange: Exchange): Reply | Promise<Reply>;
}

interface Entry {
  readonly route: Route;
  readonly pieces: readonly string[];
}

/**
 * Answers one request by the first route that fits. Unknown `GET`s answer the page's shell with 200, everything else unknown
 * 405, as the real server does (our reference, openwebui trap 1).
 */
export function router(world: World, routes: readonly Route[]) {
  const table = new Map<string, Entry[]>();
  for (const route of routes) {
    const pieces = route.path.split('/');
    const key = `${route.method} ${pieces.length}`;
    table.set(key, [...(table.get(key) ?? []), { route, pieces }]);
  }

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    bytes: () => Promise<Buffer> = () => bytesOf(request),
  ): Promise<void> => {
    const url = URL.parse(request.url ?? '/', 'http://stand-in') ?? new URL('http://stand-in/');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const pieces = url.pathname.split('/');
    const found = table.get(`${method} ${pieces.length}`)?.find((entry) => fits(entry.pieces, pieces));
    try {
      if (found === undefined) {
        write(
          response,
          method === 'GET' ? { html: page.shell() } : { json: { detail: 'Method Not Allowed' }, status: 405 },
        );
        request.resume();
        return;
      }
      write(response, await found.route.run(exchange(world, found, request, response, url, bytes)));
    } catch (error) {
      request.resume();
      if (response.headersSent || response.destroyed) response.destroy();
      else if (error instanceof Refusal) write(response, { json: error.body, status: error.status });
      else if (request.destroyed) response.destroy();
      else write(response, { text: 'Internal Server Error', status: 500 });
    }
  };
}

function fits(pattern: readonly string[], pieces: readonly string[]): boolean {
  return pattern.every((piece, at) => (piece.startsWith(':') ? pieces[at] !== '' : piece === pieces[at]));
}

function exchange(
  world: World,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  bytes: () => Promise<Buffer>,
): Exchange {
  const pieces = url.pathname.split('/');
  const token = tokenOf(request);
  const user = entry.route.who === 'anyone' ? null : personFor(world, entry.route.who, token, url.pathname);
  return {
    request,
    response,
    path: url.pathname,
    query: url.searchParams,
    token,
    bytes,
    param(name) {
      const at = entry.pieces.indexOf(`:${name}`);
      try {
        return decodeURIComponent(pieces[at] ?? '');
      } catch {
        throw new Refusal(400, say.wrong);
      }
    },
    get user() {
      if (user === null) throw new Refusal(401, say.notAuthenticated);
      return user;
    },
  };
}

/** Writes a reply whole. Does nothing for `taken`. */
function write(response: ServerResponse, reply: Reply): void {
  if (reply === 'taken') return;
  const [status, type, body] = inside(reply);
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'x-process-time': '0',
    ...('bytes' in reply &&
      reply.name !== undefined && {
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(reply.name)}`,
      }),
    ...('html' in reply && page.headers),
  });
  response.end(body);
}

function inside(reply: Exclude<Reply, 'taken'>): [status: number, type: string, body: Uint8Array] {
  if ('json' in reply) return [reply.status ?? 200, 'application/json', Buffer.from(JSON.stringify(reply.json))];
  if ('html' in reply) return [reply.status ?? 200, 'text/html; charset=utf-8', Buffer.from(reply.html)];
  if ('text' in reply) return [reply.status, 'text/plain; charset=utf-8', Buffer.from(reply.text)];
  return [200, reply.type, reply.bytes];
}
