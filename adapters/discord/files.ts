import type { Client } from 'discord.js';
import * as z from 'zod';
import type { Download, FileRef, Upload } from '../../src/chat/messages.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import { failure, failureOf } from './errors.ts';
import { channelOf, fileBytesAt } from './limits.ts';
import type { Messages } from './messages.ts';
import type { Rest } from './rest.ts';

/** Discord's own hosts for files; nothing is fetched from anywhere else. */
export const FILE_ORIGINS: readonly string[] = ['https://cdn.discordapp.com', 'https://media.discordapp.net'];

const TIMEOUT_MS = 120_000;

/** Files in and out. */
export interface Files {
  download(file: FileRef, maxBytes: number): Promise<Download>;
  upload(place: Place, file: Upload, key: string): Promise<MessageRef>;
}

/** See {@link Files}. Links carry their own signature: no token ever goes along, and no redirect is followed. */
export function createFiles(options: {
  rest: Rest;
  messages: Messages;
  origins: readonly string[];
  client(): Client<true> | null;
  now(): number;
}): Files {
  const { rest, messages } = options;

  async function renewed(url: string): Promise<string> {
    const answer = await rest.call({
      what: 'renew a file link',
      method: 'POST',
      route: '/attachments/refresh-urls',
      body: { attachment_urls: [url] },
    });
    const read = z.object({ refreshed_urls: z.array(z.object({ refreshed: z.string() })) }).parse(answer);
    return read.refreshed_urls[0]?.refreshed ?? url;
  }

  function allowed(url: string): URL {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (!parsed || !options.origins.includes(parsed.origin) || parsed.username !== '')
      throw failure('forbidden', 'That file is not on Discord, so I do not fetch it.', 'file: foreign host');
    return parsed;
  }

  /** A link tells when it ends, in seconds and hexadecimal. */
  function expired(url: URL): boolean {
    const until = Number.parseInt(url.searchParams.get('ex') ?? '', 16);
    return Number.isFinite(until) && until * 1000 <= options.now() + 10_000;
  }

  async function fetched(url: URL): Promise<Response> {
    try {
      return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw failureOf(error instanceof DOMException && error.name === 'TimeoutError' ? abort() : error, 'file');
    }
  }

  async function bytesOf(response: Response, maxBytes: number, name: string): Promise<Uint8Array> {
    const tooLarge = () => failure('too-large', `“${name}” is larger than I can take.`, `file: over ${maxBytes} bytes`);
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
      await response.body?.cancel();
      throw tooLarge();
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        size += chunk.byteLength;
        if (size > maxBytes) throw tooLarge();
        chunks.push(chunk);
      }
    } catch (error) {
      throw failureOf(error, 'file');
    }
    return new Uint8Array(Buffer.concat(chunks));
  }

  return {
    async download(file, maxBytes) {
      if (file.size !== null && file.size > maxBytes)
        throw failure('too-large', `“${file.name}” is larger than I can take.`, `file: over ${maxBytes} bytes`);
      let url = allowed(file.token);
      const old = expired(url);
      if (old) url = allowed(await renewed(file.token));
      let response = await fetched(url);
      if (!old && (response.status === 404 || response.status === 403)) {
        await response.body?.cancel();
        response = await fetched(allowed(await renewed(file.token)));
      }
      if (response.status !== 200) {
        await response.body?.cancel();
        if (response.status >= 500) throw failureOf(new Error(`status ${response.status}`), 'file');
        throw failure('missing', `“${file.name}” is no longer there.`, `file: status ${response.status}`);
      }
      const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim();
      return { name: file.name, type: type || file.type, bytes: await bytesOf(response, maxBytes, file.name) };
    },
    async upload(place, file, key) {
      const level = options.client()?.guilds.cache.get(place.team)?.premiumTier ?? 0;
      const most = fileBytesAt(level);
      if (file.bytes.byteLength > most) {
        const mib = Math.floor(most / 1_048_576);
        throw failure(
          'too-large',
          `“${file.name}” is larger than the ${mib} MiB that can be sent here.`,
          `file: over ${most} bytes`,
        );
      }
      const id = await messages.post(channelOf(place), { content: '', components: [] }, key, {
        files: [{ name: file.name, data: Buffer.from(file.bytes), contentType: file.type }],
        describe: [
          { id: '0', filename: file.name, ...(file.alt !== null && { description: file.alt.slice(0, 1_024) }) },
        ],
      });
      return { place, id };
    },
  };
}

function abort(): Error {
  const error = new Error('no answer in time');
  error.name = 'AbortError';
  return error;
}
