import type { Adapter } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import type { Download, FileRef } from '../chat/messages.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { deleteFile, fileText, uploadFile } from '../openwebui/files.ts';
import type { FileText } from './file-text.ts';

/** Bounds on what people attach to one question. */
export interface AttachmentLimits {
  readonly files: number;
  /** Bytes of one file. */
  readonly bytes: number;
}

/** The files of a question, ready for the model. */
export interface Attachments {
  /** Pictures as data URLs. */
  readonly images: readonly { readonly name: string; readonly url: string }[];
  /** Files that now stand in Open WebUI. */
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly size: number;
  }[];
  /** Files that only their text is taken of. */
  readonly texts: readonly FileText[];
  /** One sentence for each file that was left out. */
  readonly notices: readonly string[];
}

/**
 * Fetches the files of a question from the platform and makes them ready: pictures as vision input, everything else as files
 * of Open WebUI. A file that cannot be used is left out with a sentence that says why; the question is asked all the same.
 * `asText`: the chat is another account's, which could not read the files: the server reads their text and does not keep them.
 */
export async function attach(
  adapter: Pick<Adapter, 'download'>,
  server: OpenWebUI,
  refs: readonly FileRef[],
  limits: AttachmentLimits,
  signal: AbortSignal,
  asText = false,
): Promise<Attachments> {
  const images: { name: string; url: string }[] = [];
  const files: { id: string; name: string; type: string; size: number }[] = [];
  const texts: FileText[] = [];
  const notices: string[] = [];
  for (const ref of refs.slice(0, limits.files)) {
    signal.throwIfAborted();
    try {
      const download = await adapter.download(ref, limits.bytes);
      const image = imageType(download.bytes);
      if (download.bytes.length === 0) notices.push(`I left out ${named(ref)}: it is empty.`);
      else if (image) images.push({ name: download.name, url: dataUrl(image, download) });
      else if (download.type.startsWith('image/'))
        notices.push(`I left out ${named(ref)}: I cannot read it as a picture. PNG, JPEG, GIF and WebP work.`);
      else {
        const file = await uploadFile(
          server,
          { name: download.name, type: download.type, bytes: download.bytes },
          { signal },
        );
        if (!asText) files.push({ id: file.id, name: download.name, type: download.type, size: download.bytes.length });
        else {
          const text = file.readable ? await takeText(server, file.id) : '';
          if (text.trim() === '') notices.push(`I left out ${named(ref)}: I could not read any text in it.`);
          else texts.push({ name: download.name, text });
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      notices.push(`I left out ${named(ref)}: ${reason(error, limits.bytes)}`);
    }
  }
  const over = refs.length - limits.files;
  if (over > 0)
    notices.push(`I took the first ${limits.files} files and left out ${over}. Send the others in another message.`);
  return { images, files, texts, notices };
}

/** The pictures of a question once more, for a chat that they could not be put into at the time. What cannot be fetched is left out. */
export async function picturesAgain(
  adapter: Pick<Adapter, 'download'>,
  refs: readonly FileRef[],
  limits: AttachmentLimits,
): Promise<Attachments['images']> {
  const images: { name: string; url: string }[] = [];
  for (const ref of refs.slice(0, limits.files)) {
    if (!ref.type.startsWith('image/')) continue;
    const download = await adapter.download(ref, limits.bytes).catch(() => null);
    const type = download && imageType(download.bytes);
    if (download && type) images.push({ name: download.name, url: dataUrl(type, download) });
  }
  return images;
}

/** The text of an uploaded file, which is deleted again. */
async function takeText(server: OpenWebUI, id: string): Promise<string> {
  try {
    return await fileText(server, id);
  } finally {
    // One that cannot be deleted lies about in the asker's own files, where nobody else sees it.
    await deleteFile(server, id).catch(() => undefined);
  }
}

function named(ref: FileRef): string {
  return `“${ref.name.slice(0, 80)}”`;
}

function reason(error: unknown, maxBytes: number): string {
  const problem = problemOf(error);
  if (problem.kind === 'too-large') return `it is larger than ${Math.floor(maxBytes / 1_048_576)} MB.`;
  return problem.say;
}

function dataUrl(type: string, download: Download): string {
  return `data:${type};base64,${Buffer.from(download.bytes).toString('base64')}`;
}

const SIGNATURES: readonly { readonly type: string; readonly at: number; readonly bytes: readonly number[] }[] = [
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { type: 'image/webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
];

/** The media type of a picture by its first bytes, since names and told types are only claims; null for anything else. */
export function imageType(bytes: Uint8Array): string | null {
  const match = SIGNATURES.find((signature) =>
    signature.bytes.every((byte, index) => bytes[signature.at + index] === byte),
  );
  return match?.type ?? null;
}
