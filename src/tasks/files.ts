import type { Adapter } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, type Problem, problemOf } from '../chat/errors.ts';
import type { FileRef, Upload } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { inputOf } from '../commands/task-order.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { partKey } from '../delivery/keys.ts';
import type { Nextcloud } from '../nextcloud/connection.ts';
import { record } from '../nextcloud/fields.ts';
import { download, upload } from '../nextcloud/files.ts';
import type { TaskRef } from '../nextcloud/task.ts';
import type { Value, Values } from '../nextcloud/task-types.ts';
import type { Log } from '../ops/log.ts';
import type { Job } from '../store/port.ts';
import type { FewAtOnce } from './few-at-once.ts';
import { pause } from './pause.ts';
import type { TaskRequest } from './request.ts';
import type { PutFile, Result } from './state.ts';

/** A file that the task needs in Nextcloud. `name` is its slot and position. */
export interface WantedFile {
  readonly name: string;
  readonly ref: FileRef;
}

/** The files of one task: in and out. */
export interface TaskFiles {
  wanted(): readonly WantedFile[];
  /** Fetches a file from the platform and puts it into Nextcloud. Throws a `Failure`. */
  put(nc: Nextcloud, file: WantedFile, signal: AbortSignal): Promise<PutFile>;
  /** The input as Nextcloud takes it, files by their numbers. */
  input(put: readonly PutFile[]): Values;
  /** Posts a file of the result; says so where it cannot be. `sure`: it cannot have been posted before. Never rejects. */
  post(
    nc: Nextcloud,
    task: TaskRef,
    file: Result['files'][number],
    where: { readonly place: Place; readonly index: number; readonly sure: boolean },
    signal: AbortSignal,
  ): Promise<void>;
}

/** Keys of posted files stand behind those of any part of a reply. */
const FIRST_KEY = 10_000;
const FIRST_INPUT = 20_000;
/** Tries to fetch one file of a result. */
const TRIES = 4;

/** See {@link TaskFiles}. */
export function createTaskFiles(
  rooms: {
    delivery: Delivery;
    clock: Clock;
    log: Log;
    fileBytes: number;
    carry: FewAtOnce;
    /** The problem in words as they are said where it was asked. */
    spell(problem: Problem): Problem;
    adapter(platform: string): Adapter;
  },
  job: Job,
  request: TaskRequest,
): TaskFiles {
  const { delivery, clock, log } = rooms;
  const given = inputOf(request.order);
  const nameOf = (key: string, index: number) => `${key} ${index}`;

  async function fetched(nc: Nextcloud, task: TaskRef, id: number, most: number, signal: AbortSignal) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await download(nc, task, id, most, signal);
      } catch (error) {
        const { retry } = problemOf(error);
        if (retry.when === 'never' || tries >= TRIES || signal.aborted) throw error;
        await pause(clock, 1_000 * 2 ** tries, signal);
      }
    }
  }

  async function give(place: Place, file: Upload, key: string, sure: boolean): Promise<string | null> {
    const { asker, trigger } = request;
    if (request.private && place.kind !== 'direct') {
      const how = await delivery.hand(asker.ref, place, file, key, trigger);
      return how === 'impossible'
        ? 'It cannot be shown to you alone here. Ask for it in a direct conversation with me.'
        : null;
    }
    // Before a crash it may have been posted without our hearing of it.
    const there = sure
      ? null
      : await rooms
          .adapter(place.platform)
          .find(place, key, null)
          .catch(() => null);
    if (there) return null;
    const posted = await delivery.upload(place, file, key);
    if (posted.ok) return null;
    log.info({ kind: posted.problem.kind, detail: posted.problem.detail }, 'a file could not be posted');
    return posted.problem.say;
  }

  const wantedFiles = [...given].flatMap(([key, one]) =>
    'files' in one ? one.files.map((ref, index) => ({ name: nameOf(key, index), ref })) : [],
  );

  return {
    wanted: () => wantedFiles,
    put: (nc, { name, ref }, signal) =>
      rooms.carry(async () => {
        const file = await rooms.adapter(ref.platform).download(ref, rooms.fileBytes);
        if (file.bytes.length === 0) throw new Failure(EMPTY);
        // A process that died may have put it there without our hearing of it.
        const known = {
          key: partKey(job.id, 0, FIRST_INPUT + wantedFiles.findIndex((one) => one.name === name)),
          again: job.attempts > 1,
        };
        const { id, path } = await upload(nc, file, signal, known);
        return { name, id, path };
      }, signal),
    input(put) {
      const ids = new Map(put.map((one) => [one.name, one.id]));
      const entries = [...given].map(([key, one]): readonly [string, Value] => {
        if ('value' in one) return [key, one.value];
        const found = one.files.flatMap((_, index) => ids.get(nameOf(key, index)) ?? []);
        return [key, one.list ? found : (found[0] ?? 0)];
      });
      return record(entries);
    },
    async post(nc, task, { id, kind }, { place, index, sure }, signal) {
      const key = partKey(job.id, 0, FIRST_KEY + index);
      const most = rooms.adapter(place.platform).limits.fileBytes;
      let trouble: string | null = null;
      try {
        trouble = await rooms.carry(async () => {
          const { bytes, type, name } = await fetched(nc, task, id, most, signal);
          const alt = kind === 'image' ? 'An image made by Nextcloud' : null;
          return give(place, { name, type: type ?? 'application/octet-stream', bytes, alt }, key, sure);
        }, signal);
      } catch (error) {
        if (signal.aborted) return;
        const problem = rooms.spell(problemOf(error));
        log.info({ kind: problem.kind, detail: problem.detail }, 'a file of a result could not be fetched');
        trouble = problem.kind === 'too-large' ? `It is larger than ${Math.floor(most / 1_048_576)} MB.` : problem.say;
      }
      if (trouble === null) return;
      const markdown = `One file could not be shown here. ${trouble}`;
      const body = { markdown, controls: null };
      if (request.private) await delivery.tell(request.asker.ref, place, body, request.trigger);
      else {
        const { expiresAt } = job;
        await delivery.say({ lease: job, job: `${job.id}:files`, place, body, via: null, part: index, expiresAt });
      }
    },
  };
}

const EMPTY = {
  kind: 'invalid',
  retry: { when: 'never' },
  say: 'That file is empty, so there is nothing to work on. Please send it again.',
  detail: 'a file of no bytes',
} as const;
