import { describe, expect, it } from 'vitest';
import { type AdapterStage, failsWith } from './adapter-stage.ts';

/** What the port promises about files. */
export function filesContract(stage: AdapterStage): void {
  const { opened, adapter } = stage;

  describe('files', () => {
    const upload = {
      name: 'notes.txt',
      type: 'text/plain',
      bytes: new TextEncoder().encode('Some notes'),
      alt: null,
    };

    it('posts a file that can be fetched again', async () => {
      const ref = await adapter().upload(opened().place, upload, 'key-file');
      const message = (await adapter().history(opened().place, { before: null, after: null }, 10)).find(
        (one) => one.ref.id === ref.id,
      );
      const file = message?.files[0];
      expect(file?.name).toBe('notes.txt');
      if (!file) return;
      const download = await adapter().download(file, 1_000);
      expect(new TextDecoder().decode(download.bytes)).toBe('Some notes');
    });

    it('gives one to a person alone, and others do not find it', async () => {
      const how = await adapter().hand?.(opened().person, opened().place, upload, 'key-hand', null);
      expect(['ephemeral', 'private']).toContain(how);
      const messages = await adapter().history(opened().place, { before: null, after: null }, 10);
      expect(messages.flatMap((one) => one.files)).toEqual([]);
    });

    it('fetches nothing that is larger than asked for', async () => {
      const ref = await adapter().upload(opened().place, upload, 'key-file');
      const messages = await adapter().history(opened().place, { before: null, after: null }, 10);
      const file = messages.find((one) => one.ref.id === ref.id)?.files[0];
      expect(file).toBeDefined();
      if (file) await failsWith(() => adapter().download(file, 5), 'too-large');
    });

    it('says when a file is not there', async () => {
      const file = {
        platform: adapter().name,
        id: 'nothing',
        name: 'a',
        type: 'text/plain',
        size: 1,
        token: 'nothing',
      };
      await failsWith(() => adapter().download(file, 1_000), 'missing', 'forbidden', 'invalid', 'gone');
    });
  });
}
