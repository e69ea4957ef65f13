import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import type { Assets } from './assets.ts';
import type { Book } from './book.ts';
import type { Gate } from './gate.ts';
import type { PagePerson } from './protocol.ts';
import { NAME_UNITS } from './words.ts';

/** What the page's requests need. */
export interface HttpRooms {
  readonly gate: Gate;
  assets(): Assets;
  readonly book: Book;
  readonly clock: Clock;
  /** Bytes of the largest file that is taken. */
  readonly fileBytes: number;
  entered(person: PagePerson): void;
}

/** Types that a browser may show by itself: pictures that cannot hold a script. Everything else is only saved. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;
const CLOSED_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const ENTRY_BYTES = 2_000;

/** Answers the page's HTTP requests; true when the path is one of the page's. */
export function createHttp(rooms: HttpRooms): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { gate, assets, book } = rooms;

  return (request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://page');
    if (!url || (url.pathname !== '/' && !url.pathname.startsWith('/local/'))) return false;
    if (!gate.ownHost(request)) refuse(response, 421, 'This address is not one of this page’s own names.');
    else if (request.method === 'GET' || request.method === 'HEAD') get(request, response, url);
    else if (request.method === 'POST') {
      post(request, response, url.pathname).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else if (error instanceof TooLarge) {
          // The rest of the body is not read, so the connection cannot be used again.
          response.setHeader('connection', 'close');
          refuse(response, 413, 'That is larger than I can take.');
        } else refuse(response, 500, 'Something went wrong on my side. Please try again.');
      });
    } else refuse(response, 405, 'That cannot be done here.');
    return true;
  };

  function get(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const token = url.pathname === '/' ? url.searchParams.get('token') : null;
    if (token !== null && gate.isToken(token)) {
      // Not a redirect: a browser that was sent here by another site would follow it without the new cookie.
      response.setHeader('set-cookie', gate.cookie(request));
      return void note(response, 200, 'One moment…', '<meta http-equiv="refresh" content="0;url=/">');
    }
    if (!gate.hasCookie(request)) return void stranger(response, url.pathname);
    if (url.pathname === '/') {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': assets().policy };
      return void send(response, 200, { ...headers, 'cache-control': 'no-store' }, assets().index);
    }
    if (url.pathname === '/local/session') return void json(response, 200, { version: assets().version });
    const asset = /^\/local\/v\/([^/]+)\/(.+)$/.exec(url.pathname);
    if (asset) return void serveAsset(response, asset[1] ?? '', asset[2] ?? '');
    const file = /^\/local\/files\/([A-Za-z0-9_-]{22})$/.exec(url.pathname);
    if (file) return void serveFile(response, file[1] ?? '');
    refuse(response, 404, 'There is nothing here.');
  }

  function serveAsset(response: ServerResponse, version: string, path: string): void {
    const found = version === assets().version ? assets().get(path) : null;
    if (!found) return void refuse(response, 404, 'That belongs to an older page. Reload it.');
    send(
      response,
      200,
      { 'content-type': found.type, 'cache-control': 'private, max-age=31536000, immutable' },
      found.body,
    );
  }

  function serveFile(response: ServerResponse, id: string): void {
    const file = book.files.get(id);
    const bytes = file && book.files.bytes(id);
    if (!file || !bytes) return void refuse(response, 404, 'That file is no longer here.');
    const shown = SHOWN.has(file.type);
    send(
      response,
      200,
      {
        'content-type': shown ? file.type : 'application/octet-stream',
        'content-disposition': `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name).replaceAll("'", '%27')}`,
        'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        'cache-control': 'private, max-age=31536000, immutable',
      },
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
  }

  async function post(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (!gate.ownOrigin(request)) return refuse(response, 403, 'That came from another page.');
    if (!gate.hasCookie(request)) return refuse(response, 401, 'Open the link that Parley printed when it started.');
    if (path === '/local/enter') return enter(request, response);
    if (path === '/local/files') return upload(request, response);
    refuse(response, 404, 'There is nothing here.');
  }

  async function enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, ENTRY_BYTES);
    const read = z.strictObject({ name: z.string().max(400) }).safeParse(parseJson(body));
    const name = read.success ? cleanName(read.data.name) : '';
    if (name === '') return refuse(response, 400, 'Please write a name.');
    if (/^parley$/i.test(name)) return refuse(response, 400, 'That is my name. Please choose another.');
    const person = book.people.enter(name, rooms.clock.now());
    const known = book.people.get(person.id);
    if (known) rooms.entered(known);
    json(response, 200, person);
  }

  async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const header = (name: string) => String(request.headers[name] ?? '').slice(0, 2_000);
    const person = book.people.proven(header('x-person'), header('x-key'));
    if (!person) return refuse(response, 401, 'Please enter again.');
    if (Number(header('content-length')) > rooms.fileBytes) throw new TooLarge();
    const bytes = await readBody(request, rooms.fileBytes);
    const file = { name: decoded(header('x-name')), type: header('content-type'), bytes };
    json(response, 200, book.files.add(file, person.id, rooms.clock.now()));
  }
}

class TooLarge extends Error {}

/** The whole body; throws as soon as it is larger. */
async function readBody(request: IncomingMessage, max: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > max) throw new TooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return 'file';
    throw error;
  }
}

function cleanName(name: string): string {
  const clean = name
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return clean.slice(0, NAME_UNITS).toWellFormed().trim();
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer | string): void {
  response.writeHead(status, { ...SAFE, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function json(response: ServerResponse, status: number, body: object): void {
  send(response, status, { 'content-type': 'application/json', 'cache-control': 'no-store' }, JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, why: string): void {
  json(response, status, { error: why });
}

function stranger(response: ServerResponse, path: string): void {
  const say =
    'This page is opened with the link that Parley prints in its log when it starts. Copy that link here; it holds a token, so that nobody else comes in.';
  if (path === '/') note(response, 401, say, '');
  else refuse(response, 401, say);
}

function note(response: ServerResponse, status: number, text: string, head: string): void {
  const style =
    'body{font:18px/1.6 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1.5rem;color:#26302f;background:#f7f6f3}@media(prefers-color-scheme:dark){body{color:#dfe4e2;background:#171a1b}}';
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}<title>Parley</title><style>${style}</style></head><body><h1>Parley</h1><p>${text}</p></body></html>`;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CLOSED_POLICY };
  send(response, status, { ...headers, 'cache-control': 'no-store' }, html);
}
