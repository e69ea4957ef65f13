import { account } from './account.ts';
import type { Nextcloud } from './connection.ts';
import { failure, reasonOf } from './errors.ts';
import { nameIn, safeName, withEnding } from './file-names.ts';
import { element } from './refusal-body.ts';
import { type Call, type Reply, segment, sendAs, whereOf } from './request.ts';
import type { TaskRef } from './task.ts';

/** The folder in the account's files where our uploads stand. */
const FOLDER = 'Parley';

/** Milliseconds for a file in one direction. */
const FILE_MS = 300_000;

/** A file that we put into the account's own files, where tasks can read it. */
export interface UploadedFile {
  /** What a slot of kind `file`, `image`, `audio` or `video` takes. */
  readonly id: number;
  /** Below the account's files, `Parley/4k2j9s0d-voice.ogg`: what {@link removeUpload} takes. */
  readonly path: string;
}

/** A file that came down. */
export interface DownloadedFile {
  readonly bytes: Uint8Array;
  /** Media type without parameters; null when the server did not say. */
  readonly type: string | null;
  /** A safe base name, with an ending that fits the type. */
  readonly name: string;
}

/** What an upload is known by. */
export interface UploadKey {
  /** Stands before the file's name; letters, digits, `-` and `_`. */
  readonly key: string;
  /** It may have been put there before: then it is looked for first. */
  readonly again: boolean;
}

/**
 * Puts a file into the account's folder `Parley`, which is made when it is not there, under a name that nothing has yet.
 * The owner sees it there: remove it when its task is over. With a key of its own it is put there once, also over a crash.
 */
export async function upload(
  nc: Nextcloud,
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
  signal?: AbortSignal,
  known?: UploadKey,
): Promise<UploadedFile> {
  const unique = known?.key ?? crypto.randomUUID().replaceAll('-', '').slice(0, 12);
  const path = `${FOLDER}/${unique}-${safeName(file.name)}`;
  const before = known?.again ? await fileId(nc, path, signal).catch(noneIfMissing) : null;
  if (before !== null) return { id: before, path };
  await makeFolder(nc, signal);
  const put: Call = {
    method: 'PUT',
    ...(await dav(nc, path)),
    headers: { 'content-type': mediaType(file.type) ?? 'application/octet-stream', 'if-none-match': '*' },
    body: file.bytes,
    timeoutMs: Math.max(nc.timeoutMs, FILE_MS),
    signal,
  };
  try {
    await sendAs(nc, put);
  } catch (error) {
    const reason = reasonOf(error);
    // It was put there before under this key, and the answer was lost; what is there is whole.
    const there = reason === 'exists' && known !== undefined;
    // Somebody deleted or renamed the folder since.
    if (reason !== 'missing' && reason !== 'conflict' && !there) throw error;
    if (!there) {
      nc.learnt.folder = false;
      await makeFolder(nc, signal);
      await sendAs(nc, put);
    }
  }
  try {
    return { id: await fileId(nc, path, signal), path };
  } catch (error) {
    await removeUpload(nc, path).catch(() => undefined);
    throw error;
  }
}

/** Deletes an uploaded file (it goes to the account's trash bin where the server has one). One that is not there is fine. */
export async function removeUpload(nc: Nextcloud, path: string): Promise<void> {
  try {
    await sendAs(nc, { method: 'DELETE', ...(await dav(nc, path)) });
  } catch (error) {
    if (reasonOf(error) !== 'missing') throw error;
  }
}

/**
 * A file that a task of the newer API names, in its output or its input. Fails with the reason `file-size` when it has more than
 * `maxBytes`, and `missing` when the task does not name it.
 */
export async function download(
  nc: Nextcloud,
  task: TaskRef,
  fileId: number,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<DownloadedFile> {
  const path = `/ocs/v2.php/taskprocessing/tasks/${task.id}/file/${fileId}`;
  if (task.api !== 'taskprocessing') throw failure('no-route', { call: `GET ${path}` }, 'the older API has no files');
  await account(nc);
  const timeoutMs = Math.max(nc.timeoutMs, FILE_MS);
  // With `format=json` an error comes as JSON; the file comes as it is all the same.
  const reply = await sendAs(nc, { method: 'GET', path, query: { format: 'json' }, maxBytes, timeoutMs, signal });
  const type = mediaType(reply.contentType);
  return { bytes: reply.bytes, type, name: withEnding(nameIn(reply.disposition) ?? `file-${fileId}`, type) };
}

function noneIfMissing(error: unknown): null {
  if (reasonOf(error) === 'missing') return null;
  throw error;
}

async function makeFolder(nc: Nextcloud, signal: AbortSignal | undefined): Promise<void> {
  if (nc.learnt.folder) return;
  try {
    await sendAs(nc, { method: 'MKCOL', ...(await dav(nc, FOLDER)), signal });
  } catch (error) {
    // 405 says that it is there already.
    if (reasonOf(error) !== 'method') throw error;
  }
  nc.learnt.folder = true;
}

const PROPFIND =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>';

/** The number of a file. The header `OC-FileId` has the server's own id glued to it (our reference, nextcloud 4). */
async function fileId(nc: Nextcloud, path: string, signal: AbortSignal | undefined): Promise<number> {
  const call: Call = {
    method: 'PROPFIND',
    ...(await dav(nc, path)),
    headers: { depth: '0', 'content-type': 'application/xml' },
    body: PROPFIND,
    maxBytes: 65_536,
    signal,
  };
  const id = fileIdIn(await sendAs(nc, call));
  if (id === null) throw failure('shape', whereOf(call), 'no file id in the answer');
  return id;
}

/** The one `fileid` of a PROPFIND's answer; null when there is none. */
export function fileIdIn(reply: Pick<Reply, 'bytes'>): number | null {
  const digits = element(reply.bytes.toString('utf8'), 'fileid').trim();
  const id = /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
  return id > 0 ? id : null;
}

async function dav(nc: Nextcloud, path: string): Promise<Pick<Call, 'path' | 'logged'>> {
  const { id } = await account(nc);
  const inside = path.split('/').map(segment).join('/');
  return { path: `/remote.php/dav/files/${segment(id)}/${inside}`, logged: '/remote.php/dav/files/…' };
}

/** A media type without its parameters, safe in a header; null when it is none. */
function mediaType(written: string | null): string | null {
  return /^[\w.+-]{1,64}\/[\w.+-]{1,64}/.exec((written ?? '').trim().toLowerCase())?.[0] ?? null;
}
