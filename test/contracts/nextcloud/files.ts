import { describe, expect, test } from 'vitest';
import { download, removeUpload, upload } from '../../../src/nextcloud/files.ts';
import { typeFor } from '../../../src/nextcloud/short-forms.ts';
import { taskTypes } from '../../../src/nextcloud/task-types.ts';
import { failureOf } from '../../nextcloud/wire.ts';
import type { Desk } from './bench.ts';
import { ended, ordered } from './tasks.ts';

/** Files of the account, and files of tasks. */
export function filesContract(at: () => Desk): void {
  describe('a file', () => {
    test('goes up with a number of its own, and away again', async () => {
      const { nc } = at();
      const file = { name: 'Grüße: 1/2.txt', type: 'text/plain', bytes: Buffer.from('Hello') };
      const first = await upload(nc, file);
      const second = await upload(nc, file);
      expect(first.id).toBeGreaterThan(0);
      expect(second.id).not.toBe(first.id);
      for (const one of [first, second, first]) await removeUpload(nc, one.path);
    });

    test('is read by a task, and comes back through it', async ({ skip }) => {
      const { nc } = at();
      const type = typeFor('transcribe', await taskTypes(nc));
      if (type === null) return skip('not on offer');
      const bytes = silence();
      const voice = await upload(nc, { name: 'voice.wav', type: 'audio/wav', bytes });
      const made = await ordered(at(), { type, input: { input: voice.id } });
      expect(made.input.input).toBe(voice.id);
      const back = await download(nc, made, voice.id, 100_000);
      expect(Buffer.from(back.bytes)).toEqual(bytes);
      expect(back.type).toMatch(/^audio\//);
      expect(back.name).toMatch(/voice\.wav$/);
      expect((await failureOf(download(nc, made, voice.id, 10))).reason).toBe('file-size');
      expect((await failureOf(download(nc, made, 999_999_999, 10))).reason).toBe('missing');
      expect((await ended(at(), made)).status).toMatch(/done|failed/);
      await removeUpload(nc, voice.path);
    });

    test('that is not there is refused by a sentence', async ({ skip }) => {
      const type = typeFor('transcribe', await taskTypes(at().nc));
      if (type === null) return skip('not on offer');
      const failed = await failureOf(ordered(at(), { type, input: { input: 999_999_999 } }));
      expect(failed.reason).toMatch(/no-file|file-access/);
    });

    test('made by a task comes down as a picture', async ({ skip }) => {
      const { nc } = at();
      const type = typeFor('image', await taskTypes(nc));
      if (type === null) return skip('not on offer');
      const made = await ordered(at(), { type, input: { input: 'a cat', numberOfImages: 1 } });
      const done = await ended(at(), made);
      expect(done.status).toBe('done');
      const ids = Array.isArray(done.output?.images) ? done.output.images.map(Number) : [];
      expect(ids).toHaveLength(1);
      const picture = await download(nc, done, ids[0] ?? 0, 50_000_000);
      expect(picture.type).toMatch(/^image\//);
      expect(picture.name).toMatch(/\.\w{3,4}$/);
      expect(picture.bytes.length).toBeGreaterThan(0);
    });
  });
}

/** A tenth of a second of silence, as a WAV file. */
function silence(): Buffer {
  const samples = Buffer.alloc(1600);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
