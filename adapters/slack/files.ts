import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import type { Download, FileRef, Upload } from '../../src/chat/messages.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import { type Api, done, isSlackAddress, pause } from './api.ts';
import { context } from './blocks.ts';
import { slackFailure } from './errors.ts';
import { literal } from './mrkdwn.ts';
import { quiet } from './quiet.ts';
import { wireFile } from './wire.ts';
import { cut } from './words.ts';

/** A file may take this long to come or go (ms). */
const TIMEOUT_MS = 120_000;
const REDIRECTS = 3;

const info = z.looseObject({
  file: wireFile.extend({
    shares: z.record(z.string(), z.record(z.string(), z.array(z.looseObject({ ts: z.string() })))).nullish(),
  }),
});
const address = z.looseObject({ upload_url: z.string(), file_id: z.string() });

/**
 * Fetches a file, from Slack's own hosts only and never more than `maxBytes` of it, whatever it claims to be. The token goes with
 * the first request only: a redirect is followed without it. Throws a `Failure`.
 */
export async function download(api: Api, file: FileRef, maxBytes: number): Promise<Download> {
  const told = file.token === '' ? await lookUp(api, file) : file;
  if (told.size !== null && told.size > maxBytes) throw tooLarge(maxBytes);
  const response = await get(api, told.token);
  const type = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  // Slack does not refuse a token that may not read files: it shows a page to sign in on.
  if (type === 'text/html' && told.type !== 'text/html') {
    await response.body?.cancel();
    throw slackFailure(
      'forbidden',
      'download: a page in place of a file',
      'I may not read files here: the permission files:read is missing.',
    );
  }
  const claimed = Number(response.headers.get('content-length') ?? 0);
  if (claimed > maxBytes) {
    await response.body?.cancel();
    throw tooLarge(maxBytes);
  }
  return { name: told.name, type: told.type, bytes: await readAtMost(response, maxBytes) };
}

async function lookUp(api: Api, file: FileRef): Promise<FileRef> {
  const { file: known } = await api.call('files.info', { file: file.id }, info);
  const token = known.url_private_download ?? known.url_private ?? '';
  return {
    ...file,
    name: known.name || file.name,
    type: known.mimetype || file.type,
    size: known.size ?? file.size,
    token,
  };
}

async function get(api: Api, first: string): Promise<Response> {
  let url = first;
  for (let hops = 0; hops <= REDIRECTS; hops += 1) {
    if (!isSlackAddress(url, api.base))
      throw slackFailure('invalid', 'download: not at Slack', 'That file is not at Slack, so I do not fetch it.');
    const response = await fetch(url, {
      headers: hops === 0 ? { authorization: api.authorization() } : {},
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(lost);
    const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (next === null) return checked(response);
    await response.body?.cancel();
    if (!URL.canParse(next, url)) break;
    url = new URL(next, url).toString();
  }
  throw slackFailure('invalid', 'download: too many redirects');
}

async function checked(response: Response): Promise<Response> {
  const { status } = response;
  if (status === 200) return response;
  await response.body?.cancel();
  if (status === 404 || status === 410)
    throw slackFailure('missing', `download: ${status}`, 'That file is no longer there.');
  if (status === 401 || status === 403)
    throw slackFailure('forbidden', `download: ${status}`, 'I may not read that file.');
  if (status === 429) throw slackFailure('busy', 'download: 429');
  throw slackFailure(status >= 500 ? 'unreachable' : 'invalid', `download: ${status}`);
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const chunk: Uint8Array = part.value;
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')
      ? lostFailure(error)
      : error;
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}

/** How often, and how long apart (ms), the message that a file stands in is asked for: it appears a moment after the file. */
const SHARE_WAITS = [0, 300, 700, 1_500, 3_000];

/**
 * Posts a file. The key stands as the `block_id` of the line above it, where `find` sees it: Slack takes no metadata with files.
 * Gives the message when Slack tells it in time, else a ref with the file's own id.
 */
export async function upload(
  rooms: { api: Api; clock: Clock; signal: AbortSignal },
  place: Place,
  file: Upload,
  key: string,
): Promise<MessageRef> {
  const { api } = rooms;
  const name = cut(quiet(file.name), 200);
  const { upload_url, file_id } = await api.call(
    'files.getUploadURLExternal',
    { filename: name, length: file.bytes.byteLength, ...(file.alt && { alt_text: cut(quiet(file.alt), 1_000) }) },
    address,
  );
  if (!isSlackAddress(upload_url, api.base)) throw slackFailure('malformed', 'upload address is not at Slack');
  const sent = await fetch(upload_url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(file.bytes),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(lost);
  await sent.body?.cancel();
  if (!sent.ok) throw slackFailure(sent.status >= 500 ? 'unreachable' : 'invalid', `upload: ${sent.status}`);
  await api.call(
    'files.completeUploadExternal',
    {
      files: [{ id: file_id, title: name }],
      channel_id: place.channel,
      ...(place.thread !== null && { thread_ts: place.thread }),
      blocks: [{ ...context(literal(name)), block_id: key }],
    },
    done,
  );
  return { place, id: (await messageOf(rooms, file_id, place.channel)) ?? file_id };
}

async function messageOf(
  { api, clock, signal }: { api: Api; clock: Clock; signal: AbortSignal },
  file: string,
  channel: string,
): Promise<string | null> {
  for (const wait of SHARE_WAITS) {
    if (wait > 0) await pause(clock, signal, wait);
    // The file is posted whatever comes of this.
    const known = await api.call('files.info', { file }, info).catch(() => null);
    const ts = Object.values(known?.file.shares ?? {}).flatMap((shares) => shares[channel] ?? [])[0]?.ts;
    if (ts !== undefined) return ts;
    if (known === null) break;
  }
  return null;
}

function tooLarge(maxBytes: number) {
  const mb = Math.max(1, Math.floor(maxBytes / 1_048_576));
  return slackFailure('too-large', 'download: over the limit', `That file is larger than the ${mb} MB I can take.`);
}

function lost(error: unknown): never {
  throw lostFailure(error);
}

function lostFailure(error: unknown) {
  const late = error instanceof Error && error.name === 'TimeoutError';
  return slackFailure(late ? 'timeout' : 'unreachable', 'file: no answer', undefined, error);
}
