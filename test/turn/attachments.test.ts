import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/chat/errors.ts';
import type { Download, FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { attach, imageType } from '../../src/turn/attachments.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { problem } from '../servers/plain.ts';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

let openWebUI: ScriptedOpenWebUI;
let server: OpenWebUI;
beforeEach(async () => {
  openWebUI = await startScriptedOpenWebUI();
  server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
});
afterEach(async () => {
  await disconnect(server);
  await openWebUI.close();
});

const stored = new Map<string, Download | Failure>([
  ['photo.png', { name: 'photo.png', type: 'image/png', bytes: PNG }],
  ['notes.txt', { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('Bread needs time.') }],
  ['empty.txt', { name: 'empty.txt', type: 'text/plain', bytes: new Uint8Array() }],
  ['broken.png', { name: 'broken.png', type: 'image/png', bytes: Buffer.from('this is no picture') }],
  ['huge.bin', new Failure(problem('too-large'))],
  ['lost.txt', new Failure({ ...problem('missing'), say: 'The file is no longer there.' })],
]);

function take(...names: string[]) {
  const refs = names.map((name): FileRef => ({ platform: 'plain', id: name, name, type: '', size: null, token: name }));
  const adapter = {
    download: async (file: FileRef): Promise<Download> => {
      const found = stored.get(file.token);
      if (!found || found instanceof Failure) throw found;
      return found;
    },
  };
  return attach(adapter, server, refs, { files: 3, bytes: 5_000_000 }, new AbortController().signal);
}

describe('the files of a question', () => {
  it('pictures go to the model, everything else to Open WebUI', async () => {
    const { images, files, notices } = await take('photo.png', 'notes.txt');
    expect(images).toEqual([{ name: 'photo.png', url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) }]);
    expect(files).toEqual([{ id: expect.any(String), name: 'notes.txt', type: 'text/plain', size: 17 }]);
    expect(notices).toEqual([]);
  });

  it('each that cannot be used is left out with a sentence', async () => {
    expect((await take('empty.txt', 'broken.png', 'huge.bin')).notices).toEqual([
      'I left out “empty.txt”: it is empty.',
      'I left out “broken.png”: I cannot read it as a picture. PNG, JPEG, GIF and WebP work.',
      'I left out “huge.bin”: it is larger than 4 MB.',
    ]);
    expect((await take('lost.txt')).notices).toEqual(['I left out “lost.txt”: The file is no longer there.']);
  });

  it('beyond the limit are left out, and it says how many', async () => {
    const { images, notices } = await take('photo.png', 'photo.png', 'photo.png', 'photo.png');
    expect(images).toHaveLength(3);
    expect(notices).toEqual(['I took the first 3 files and left out 1. Send the others in another message.']);
  });

  it('a server that is down leaves them out too', async () => {
    await openWebUI.down();
    const { files, notices } = await take('notes.txt');
    expect(files).toEqual([]);
    expect(notices).toHaveLength(1);
  });
});

describe('a picture', () => {
  it('is known by its first bytes, not by its name', () => {
    expect(imageType(PNG)).toBe('image/png');
    expect(imageType(Buffer.from('GIF89a'))).toBe('image/gif');
    expect(imageType(Buffer.from('<svg onload=…'))).toBeNull();
    expect(imageType(new Uint8Array())).toBeNull();
  });
});
