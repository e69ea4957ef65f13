import type { IncomingMessage, ServerResponse } from 'node:http';
import { davRoutes } from './dav.ts';
import { bytesOf, type Call } from './exchange.ts';
import { loginPages } from './loginflow.ts';
import { ocsRouter, type Route } from './ocs.ts';
import { page } from './page.ts';
import { since, versionOf } from './profile.ts';
import { empty, html, Refusal, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** PHP's words for a status, where they differ from Node's. */
const reasons: Record<number, string> = { 412: 'Precondition failed', 400: 'Bad request' };

/** Answers one request: `status.php`, the OCS, WebDAV, the login flow. `folder` is where the server is installed, `''` or `/nextcloud`. */
export function router(world: World, folder: string, routes: readonly Route[]) {
  const ocs = ocsRouter(world, routes);
  const dav = davRoutes(world);
  const login = loginPages(world);

  const answer = async (request: IncomingMessage, bytes: () => Promise<Buffer>): Promise<Reply> => {
    const url = URL.parse(request.url ?? '/', 'http://stand-in') ?? new URL('http://stand-in/');
    if (!isTrusted(world, request.headers.host)) return { ...html(page.untrusted(), 400) };
    if (url.pathname !== folder && !url.pathname.startsWith(`${folder}/`)) return html(page.nothing(), 404);
    const address = request.socket.remoteAddress ?? '';
    const path = url.pathname.slice(folder.length);
    const call: Call = {
      request,
      method: request.method ?? 'GET',
      path,
      query: url.searchParams,
      base: `http://${request.headers.host ?? '127.0.0.1'}${folder}`,
      address,
      login: () => world.people.login(request.headers.authorization, address),
      bytes,
    };
    if (path === '/status.php') return status(world);
    if (/^\/ocs\/v[12]\.php\//.test(path)) return ocs(call);
    if (/^\/remote\.php\/(?:web)?dav(?:\/|$)/.test(path)) return dav(call);
    if (/^(?:\/index\.php)?\/login\/v2(?:\/|$)/.test(path)) return login(call);
    return path === '' || path === '/' ? html(page.home()) : html(page.nothing(), 404);
  };

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    bytes: () => Promise<Buffer> = () => bytesOf(request),
  ): Promise<void> => {
    // A body is read once, however many want to see it.
    let read: Promise<Buffer> | null = null;
    const once = () => {
      read ??= bytes();
      return read;
    };
    try {
      write(response, request.method ?? 'GET', await answer(request, once));
    } catch (error) {
      if (response.headersSent || response.destroyed || request.destroyed) response.destroy();
      else write(response, request.method ?? 'GET', error instanceof Refusal ? error.reply : empty(500));
    }
    request.resume();
  };
}

function isTrusted(world: World, host = ''): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return world.settings.trusted.some((one) => one.toLowerCase() === name);
}

function status(world: World): Reply {
  const { major, minor, micro, string } = versionOf(world.profile);
  const body = {
    installed: true,
    maintenance: world.settings.maintenance,
    needsDbUpgrade: false,
    version: `${major}.${minor}.${micro}.${since(world.profile, 32) ? 2 : 1}`,
    versionstring: string,
    edition: '',
    productname: 'Nextcloud',
    extendedSupport: false,
  };
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

function write(response: ServerResponse, method: string, reply: Reply): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  const headers = { 'content-type': reply.type, 'content-length': body.length, ...reply.headers };
  const reason = reasons[reply.status];
  if (reason === undefined) response.writeHead(reply.status, headers);
  else response.writeHead(reply.status, reason, headers);
  response.end(method === 'HEAD' ? undefined : body);
}
