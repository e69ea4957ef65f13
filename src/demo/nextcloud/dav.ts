import type { Call } from './exchange.ts';
import { nameOf, parentOf, type StoredFile, typeOf } from './files.ts';
import { plainType, type Reply, requestId } from './reply.ts';
import type { World } from './world.ts';
import { escaped } from './xml.ts';

const xmlType = 'application/xml; charset=utf-8';

/** WebDAV for a person's files: MKCOL, PUT, PROPFIND, GET, DELETE (our reference, nextcloud 4, files). */
export function davRoutes(world: World) {
  return async (call: Call): Promise<Reply> => {
    if (world.settings.maintenance) {
      return fault(503, 'OCA\\DAV\\Exception\\ServerMaintenanceMode', 'System is in maintenance mode.');
    }
    const login = call.login();
    if (login.kind === 'locked') {
      return fault(429, 'OCP\\Security\\Bruteforce\\MaxDelayReached', 'Reached maximum delay');
    }
    if (login.kind !== 'person') {
      const why =
        login.kind === 'wrong' ? 'Username or password was incorrect' : "No 'Authorization: Basic' header found";
      const reply = fault(401, 'Sabre\\DAV\\Exception\\NotAuthenticated', why);
      return { ...reply, headers: { 'www-authenticate': 'Basic realm="Nextcloud", charset="UTF-8"' } };
    }
    const user = login.person.id;
    const path = pathOf(call.path, user);
    const reply = path === null ? notFound(call.path) : await answer(world, call, user, path);
    return { ...reply, headers: { ...reply.headers, 'x-user-id': user, 'x-request-id': requestId() } };
  };
}

async function answer(world: World, call: Call, user: string, path: string): Promise<Reply> {
  const file = path === '' ? root(user) : world.files.at(user, path);
  const parent = parentOf(path);
  const orphan = parent !== '' && world.files.at(user, parent)?.folder !== true;
  switch (call.method) {
    case 'MKCOL':
      if (file !== null) {
        const why = 'The resource you tried to create already exists';
        return fault(405, 'Sabre\\DAV\\Exception\\MethodNotAllowed', why);
      }
      if (orphan) return fault(409, 'Sabre\\DAV\\Exception\\Conflict', 'Parent node does not exist');
      return put(
        world,
        { owner: user, path, folder: true, type: '', bytes: Buffer.alloc(0), changed: world.clock.now() },
        201,
      );
    case 'PUT': {
      if (file !== null && call.request.headers['if-none-match'] === '*') {
        const why = 'An If-None-Match header was specified, but the ETag matched (or * was specified).';
        return fault(412, 'Sabre\\DAV\\Exception\\PreconditionFailed', why);
      }
      if (orphan) {
        const why = 'Files cannot be created in non-existent collections';
        return fault(409, 'Sabre\\DAV\\Exception\\Conflict', why);
      }
      if (file?.folder) return fault(409, 'Sabre\\DAV\\Exception\\Conflict', 'PUT is not allowed on non-files.');
      const type = typeOf(path);
      const bytes = await call.bytes();
      const changed = world.clock.now();
      return put(world, { owner: user, path, folder: false, type, bytes, changed }, file === null ? 201 : 204);
    }
    case 'PROPFIND': {
      if (file === null) return notFound(path);
      const depth = call.request.headers.depth === '0' ? [] : world.files.inside(user, path);
      const wanted = propertiesIn((await call.bytes()).toString('utf8'));
      const hrefOf = (one: StoredFile) =>
        `${call.path.replace(/\/$/, '')}${one === file ? '' : `/${encodeURIComponent(nameOf(one.path))}`}`;
      const base = new URL(call.base).pathname.replace(/\/$/, '');
      return multistatus(
        [file, ...depth].map((one) => response(world, one, `${base}${hrefOf(one)}${one.folder ? '/' : ''}`, wanted)),
      );
    }
    case 'GET':
    case 'HEAD':
      if (file === null) return notFound(path);
      if (file.folder)
        return fault(501, 'Sabre\\DAV\\Exception\\NotImplemented', 'GET is only implemented for File objects');
      return {
        status: 200,
        type: file.type,
        body: file.bytes,
        headers: {
          ...idHeaders(world, file),
          'content-disposition': `attachment; filename="${encodeURIComponent(nameOf(path))}"`,
        },
      };
    case 'DELETE':
      if (file === null) return notFound(path);
      if (path === '') return fault(403, 'Sabre\\DAV\\Exception\\Forbidden', 'The root cannot be deleted');
      world.files.remove(file);
      return { status: 204, type: plainType, body: '' };
    default:
      return fault(
        501,
        'Sabre\\DAV\\Exception\\NotImplemented',
        `There was no plugin in the system that was willing to handle this ${call.method} method.`,
      );
  }
}

function put(world: World, file: Parameters<World['files']['put']>[0], status: number): Reply {
  const stored = world.files.put(file);
  if (stored === null) return fault(507, 'Sabre\\DAV\\Exception\\InsufficientStorage', 'There is no room left');
  return { status, type: plainType, body: '', headers: idHeaders(world, stored) };
}

/** The number with zeros before it and the instance after it: not the number that a task wants. */
function idHeaders(world: World, file: StoredFile): Readonly<Record<string, string>> {
  return {
    'oc-fileid': wholeId(world, file),
    ...(!file.folder && { etag: `"${file.etag}"`, 'oc-etag': `"${file.etag}"` }),
  };
}

function wholeId(world: World, file: StoredFile): string {
  return `${String(file.id).padStart(8, '0')}${world.instanceId}`;
}

function root(user: string): StoredFile {
  return { id: 2, owner: user, path: '', folder: true, type: '', bytes: Buffer.alloc(0), etag: 'root', changed: 0 };
}

/** The path below the person's own root; null when it leads anywhere else. */
function pathOf(whole: string, user: string): string | null {
  try {
    const [, rest] = /^\/remote\.php\/(?:dav\/files\/([^/]+)|webdav)(?=\/|$)/.exec(whole) ?? [];
    const files = whole.replace(/^\/remote\.php\/(?:dav\/files\/[^/]+|webdav)/, '');
    if (files === whole || (rest !== undefined && decodeURIComponent(rest) !== user)) return null;
    return files
      .split('/')
      .filter((piece) => piece !== '')
      .map(decodeURIComponent)
      .join('/');
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

const properties: Record<string, readonly [tag: string, value: (world: World, file: StoredFile) => string | null]> = {
  fileid: ['oc:fileid', (_, file) => String(file.id)],
  id: ['oc:id', (world, file) => wholeId(world, file)],
  size: ['oc:size', (_, file) => String(file.bytes.length)],
  'owner-id': ['oc:owner-id', (_, file) => file.owner],
  displayname: ['d:displayname', (_, file) => nameOf(file.path)],
  getcontenttype: ['d:getcontenttype', (_, file) => (file.folder ? null : file.type)],
  getcontentlength: ['d:getcontentlength', (_, file) => (file.folder ? null : String(file.bytes.length))],
  getetag: ['d:getetag', (_, file) => `"${file.etag}"`],
  getlastmodified: ['d:getlastmodified', (_, file) => new Date(file.changed).toUTCString()],
};

const usual = ['getlastmodified', 'getcontentlength', 'resourcetype', 'getetag', 'getcontenttype'];

function propertiesIn(body: string): readonly string[] {
  const inside = /<(?:\w+:)?prop(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?prop>/.exec(body)?.[1];
  return inside === undefined
    ? usual
    : [...inside.matchAll(/<(?:[\w-]+:)?([\w-]+)[^>]*>/g)].map((match) => match[1] ?? '');
}

function response(world: World, file: StoredFile, href: string, wanted: readonly string[]): string {
  const found: string[] = [];
  const missing: string[] = [];
  for (const name of new Set(wanted)) {
    const [tag = `d:${name}`, value] = properties[name] ?? [];
    const text = value?.(world, file) ?? null;
    if (name === 'resourcetype')
      found.push(file.folder ? '<d:resourcetype><d:collection/></d:resourcetype>' : '<d:resourcetype/>');
    else if (text === null) missing.push(`<${tag}/>`);
    else found.push(`<${tag}>${escaped(text)}</${tag}>`);
  }
  const stat = (tags: readonly string[], status: string) =>
    tags.length === 0
      ? ''
      : `<d:propstat><d:prop>${tags.join('')}</d:prop><d:status>HTTP/1.1 ${status}</d:status></d:propstat>`;
  return `<d:response><d:href>${escaped(href)}</d:href>${stat(found, '200 OK')}${stat(missing, '404 Not Found')}</d:response>`;
}

function multistatus(responses: readonly string[]): Reply {
  const names =
    'xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"';
  const body = `<?xml version="1.0"?>\n<d:multistatus ${names}>${responses.join('')}</d:multistatus>\n`;
  return { status: 207, type: xmlType, body };
}

function notFound(path: string): Reply {
  return fault(404, 'Sabre\\DAV\\Exception\\NotFound', `File with name ${path} could not be located`);
}

function fault(status: number, exception: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="utf-8"?>\n<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">\n  <s:exception>${escaped(exception)}</s:exception>\n  <s:message>${escaped(message)}</s:message>\n</d:error>\n`;
  return { status, type: xmlType, body };
}
