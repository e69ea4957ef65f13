import { FormData } from 'undici';
import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { failure } from './errors.ts';
import { type Call, json, segment, send, whereOf } from './request.ts';
import { wait } from './wait.ts';

/** A file that stands on the server. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  /** Media type, as it was uploaded. */
  readonly type: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** Whether its text could be read, so that a model can search in it. Pictures and broken documents are kept without. */
  readonly readable: boolean;
}

const entry = z.looseObject({
  id: z.string(),
  filename: z.string().catch(''),
  meta: z
    .looseObject({
      name: z.string().optional().catch(undefined),
      content_type: z.string().nullish().catch(null),
      size: z.number().nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
const processing = z.looseObject({ status: z.string() });

/**
 * Uploads a file and waits, up to `waitMs` (60 s when absent), until the server has read its text. A file whose text could not be
 * read comes back with `readable: false`; when the wait is over the file is deleted again and the call fails as `timeout`.
 */
export async function uploadFile(
  server: OpenWebUI,
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
  options: { readonly signal?: AbortSignal | undefined; readonly waitMs?: number | undefined } = {},
): Promise<StoredFile> {
  const form = new FormData();
  form.set('file', new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
  const call: Call = {
    method: 'POST',
    path: '/api/v1/files/',
    about: 'file',
    form,
    signal: options.signal,
    timeoutMs: Math.max(server.timeoutMs, 120_000),
  };
  const stored = storedFile(await json(server, call, entry), true);
  return { ...stored, readable: await isRead(server, stored.id, options.waitMs ?? 60_000, options.signal) };
}

/** The text the server read from a file. */
export async function fileText(server: OpenWebUI, id: string): Promise<string> {
  const shape = z.looseObject({ content: z.string().nullish() });
  const path = `${filePath(id)}/data/content`;
  return (await json(server, { method: 'GET', path, about: 'file' }, shape)).content ?? '';
}

/** A file's bytes, up to `maxBytes`; more fails as `too-large`. */
export async function fileContent(
  server: OpenWebUI,
  id: string,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly type: string | null }> {
  const call: Call = { method: 'GET', path: `${filePath(id)}/content`, about: 'file', maxBytes };
  const { bytes, contentType } = await send(server, call);
  return { bytes, type: contentType };
}

/** Deletes a file. */
export async function deleteFile(server: OpenWebUI, id: string): Promise<void> {
  await json(server, { method: 'DELETE', path: filePath(id), about: 'file' }, z.unknown());
}

const firstWaitMs = 100;
const longestWaitMs = 2000;

async function isRead(
  server: OpenWebUI,
  id: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const call: Call = { method: 'GET', path: `${filePath(id)}/process/status`, about: 'file', signal };
  const until = server.clock.now() + waitMs;
  for (let pauseMs = firstWaitMs; ; pauseMs = Math.min(pauseMs * 2, longestWaitMs)) {
    const { status } = await json(server, call, processing);
    if (status === 'completed') return true;
    if (status === 'failed') return false;
    if (server.clock.now() + pauseMs > until) {
      await deleteFile(server, id);
      throw failure('timeout', whereOf(call), `not read after ${waitMs} ms`);
    }
    await wait(server, pauseMs, signal, whereOf(call));
  }
}

function storedFile(file: z.infer<typeof entry>, readable: boolean): StoredFile {
  return {
    id: file.id,
    name: file.meta?.name ?? file.filename,
    type: file.meta?.content_type ?? null,
    size: file.meta?.size ?? null,
    readable,
  };
}

function filePath(id: string): string {
  return `/api/v1/files/${segment(id)}`;
}
