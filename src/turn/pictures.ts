import type { SurfaceRef } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import type { Upload } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { partKey } from '../delivery/keys.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { fileContent } from '../openwebui/files.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Outbox } from '../store/port.ts';
import { imageType } from './attachments.ts';
import { titleOf } from './compose.ts';
import type { Question } from './question.ts';

/** Pictures of one answer, and the bytes of each. */
const MOST = 4;
const MOST_BYTES = 10 * 1_048_576;
/** UTF-16 units of the question that a picture is described with: nobody but the model knows what is on it. */
const WISH_UNITS = 200;
/** Their keys stand behind those of any part of a reply. */
const FIRST_KEY = 10_000;

/** The pictures that a model makes in its answer: taken while it comes, posted below it once it stands. */
export interface Pictures {
  /** Notes a picture; false for one that cannot be posted: too many, or an address that is neither data nor a file of the server. */
  take(url: string): boolean;
  /** Posts what was taken. Best effort: a picture that fails is logged and left out. */
  post(server: OpenWebUI, place: Place): Promise<void>;
}

/** See {@link Pictures}. Addresses elsewhere are never fetched: a model could name any. */
export function createPictures(rooms: {
  delivery: Delivery;
  outbox: Outbox;
  log: Log;
  job: Job;
  question: Pick<Question, 'generation' | 'text'>;
}): Pictures {
  const taken: string[] = [];
  const { job } = rooms;
  const { generation, text } = rooms.question;
  const alt = `A picture made by the model for: ${titleOf(text, WISH_UNITS)}`;
  const keyOf = (index: number) => partKey(job.id, generation, FIRST_KEY + index);

  /** Where it stands, so that it can be taken away with the answer. */
  async function keep(index: number, ref: SurfaceRef | null): Promise<void> {
    const row = {
      key: keyOf(index),
      job: `${job.id}:picture`,
      generation,
      part: index,
      state: 'done',
      ref,
      shown: null,
    } as const;
    await rooms.outbox.put({ ...row, expiresAt: job.expiresAt }, null);
  }

  return {
    take(url) {
      if (taken.length >= MOST || (dataOf(url) === null && fileId(url) === null)) return false;
      taken.push(url);
      return true;
    },
    async post(server, place) {
      for (const [index, url] of taken.entries()) {
        try {
          const picture = await fetchPicture(server, url, index + 1, alt);
          const posted = picture && (await rooms.delivery.upload(place, picture, keyOf(index)));
          if (posted?.ok) await keep(index, posted.parts[0] ?? null);
          if (!posted?.ok) rooms.log.info({ detail: posted?.problem.detail ?? 'no picture' }, 'picture left out');
        } catch (error) {
          rooms.log.info({ detail: problemOf(error).detail }, 'picture left out');
        }
      }
    },
  };
}

async function fetchPicture(server: OpenWebUI, url: string, number: number, alt: string): Promise<Upload | null> {
  const id = fileId(url);
  const bytes = id === null ? dataOf(url) : (await fileContent(server, id, MOST_BYTES)).bytes;
  const type = bytes && bytes.length <= MOST_BYTES ? imageType(bytes) : null;
  if (!bytes || !type) return null;
  return { name: `picture-${number}.${type.slice('image/'.length)}`, type, bytes, alt };
}

/** The bytes of a data URL of a picture; null for anything else. */
function dataOf(url: string): Uint8Array | null {
  const data = /^data:image\/[a-z.+-]+;base64,([A-Za-z0-9+/=]+)$/.exec(url)?.[1];
  return data ? Buffer.from(data, 'base64') : null;
}

/** The file of the server that an address names, with or without the server before it. */
function fileId(url: string): string | null {
  return /^(?:https?:\/\/[^/]+)?\/api\/v1\/files\/([A-Za-z0-9-]{1,64})\/content(?:\/[^/]*)?$/.exec(url)?.[1] ?? null;
}
