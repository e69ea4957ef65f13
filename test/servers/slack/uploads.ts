import type { Json } from './json.ts';
import type { StoredFile } from './model.ts';
import { Refusal } from './refusal.ts';
import { nextId, type World } from './world.ts';

interface Upload {
  readonly name: string;
  readonly length: number;
  bytes: Uint8Array | null;
}

const uploads = new WeakMap<World, Map<string, Upload>>();

function open(world: World): Map<string, Upload> {
  const known = uploads.get(world) ?? new Map<string, Upload>();
  uploads.set(world, known);
  return known;
}

/** Step one: an address that takes exactly `length` bytes. */
export function startUpload(world: World, name: string, length: number): Json {
  const id = nextId(world, 'F');
  open(world).set(id, { name, length, bytes: null });
  return { upload_url: `${world.origin}/upload/${id}`, file_id: id };
}

/** Step two: the bytes arrive, bare or as a multipart form. Gives the status and text of the answer. */
export async function receiveUpload(
  world: World,
  id: string,
  contentType: string,
  body: Uint8Array,
): Promise<[number, string]> {
  const upload = open(world).get(id);
  if (!upload || upload.bytes) return [404, 'no such upload'];
  const bytes = contentType.startsWith('multipart/') ? await firstPart(contentType, body) : body;
  if (bytes.byteLength !== upload.length) return [400, `expected ${upload.length} bytes, got ${bytes.byteLength}`];
  upload.bytes = bytes;
  return [200, `OK - ${bytes.byteLength}`];
}

async function firstPart(contentType: string, body: Uint8Array): Promise<Uint8Array> {
  const form = await new Response(Buffer.from(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values())
    return typeof value === 'string' ? Buffer.from(value) : new Uint8Array(await value.arrayBuffer());
  return new Uint8Array();
}

/** Step three: the upload becomes a file. */
export function takeUpload(world: World, id: string, title: string): StoredFile {
  const upload = open(world).get(id);
  if (!upload?.bytes) throw new Refusal('file_not_found');
  open(world).delete(id);
  return storeFile(world, { id, name: upload.name, title, bytes: upload.bytes, user: world.bot.id });
}

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  pdf: 'application/pdf',
  json: 'application/json',
  csv: 'text/csv',
};

/** Keeps a file in the workspace. `claimedSize` lets a test lie about its size; `checkInfo` hides it as Slack Connect does. */
export function storeFile(
  world: World,
  file: {
    id?: string;
    name: string;
    title?: string;
    mimetype?: string;
    bytes: Uint8Array;
    user: string;
    claimedSize?: number;
    checkInfo?: boolean;
  },
): StoredFile {
  const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  const stored: StoredFile = {
    id: file.id ?? nextId(world, 'F'),
    name: file.name,
    title: file.title || file.name,
    mimetype: file.mimetype ?? TYPES[ending] ?? 'application/octet-stream',
    filetype: ending || 'binary',
    bytes: file.bytes,
    size: file.claimedSize ?? file.bytes.byteLength,
    user: file.user,
    created: Math.floor(world.clock.now() / 1000),
    shares: [],
    deleted: false,
    checkInfo: file.checkInfo ?? false,
  };
  world.files.set(stored.id, stored);
  return stored;
}
