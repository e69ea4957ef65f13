import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from './http-io.ts';
import type { Tokens } from './tokens.ts';
import { keep, type World } from './world.ts';

/**
 * Serves `/files-pri/<team>-<file>/…`. Without a good bearer token (or without `files:read`) Slack does not say no:
 * it sends the browser to a page where one signs in, with status 200 in the end.
 */
export function serveFile(
  world: World,
  tokens: Tokens,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  const id = /^\/files-pri\/[^/]*-([^/]+)\//.exec(url.pathname)?.[1] ?? '';
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const good = given === tokens.bot && tokens.state.bot === null && world.scopes.has('files:read');
  keep(world.downloads, { file: id, authorized: good, at: world.clock.now() });
  if (!good) {
    response.writeHead(302, { location: `${world.origin}/signin?redir=${encodeURIComponent(url.pathname)}` });
    response.end();
    return;
  }
  const file = world.files.get(id);
  if (!file || file.deleted) {
    sendText(response, 404, 'not found');
    return;
  }
  response.writeHead(200, { 'content-type': file.mimetype, 'content-length': String(file.bytes.byteLength) });
  response.end(Buffer.from(file.bytes));
}

/** The page a request without a token ends at. */
export function serveSignIn(response: ServerResponse): void {
  sendText(response, 200, '<!DOCTYPE html><html><body>Sign in to Test team</body></html>', 'text/html; charset=utf-8');
}
