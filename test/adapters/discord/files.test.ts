import { expect, test } from 'vitest';
import { Failure } from '../../../src/chat/errors.ts';
import type { FileRef } from '../../../src/chat/messages.ts';
import { createTestClock } from '../../clock.ts';
import { stillClock } from '../../servers/discord-tests/stage.ts';
import { placeOf, scene } from './stage.ts';

async function kindOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof Failure ? thrown.problem.kind : `not refused: ${String(thrown)}`;
}

async function withFile(bytes: string | Uint8Array = 'some notes') {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const set = await scene({ server: { clock }, adapter: { clock: local } });
  const direct = set.server.people.direct(set.ann);
  set.server.people.say(set.ann, direct, 'see', { files: [{ name: 'notes.txt', type: 'text/plain', bytes }] });
  const [file] = (await set.host.event('message')).message.files;
  if (!file) throw new Error('no file');
  const pass = async (ms: number) => {
    clock.advance(ms);
    await local.advance(ms);
  };
  return { ...set, file, pass };
}

test('a file is fetched from Discord’s own host, without the token', async () => {
  const { adapter, server, file } = await withFile();
  const download = await adapter.download(file, 100);
  expect(new TextDecoder().decode(download.bytes)).toBe('some notes');
  expect(download).toMatchObject({ name: 'notes.txt', type: 'text/plain' });
  expect(server.cdn.downloads).toMatchObject([{ authorized: false, status: 200 }]);
});

test('a link that has expired is renewed first', async () => {
  const { adapter, server, file, pass } = await withFile();
  await pass(25 * 3_600_000);
  expect((await adapter.download(file, 100)).bytes).toHaveLength(10);
  expect(server.cdn.downloads.map((one) => one.status)).toEqual([200]);
});

test('a link that is refused before its time is renewed once', async () => {
  const { adapter, server, file } = await withFile();
  const url = new URL(file.token);
  url.searchParams.set('hm', 'wrong');
  expect((await adapter.download({ ...file, token: url.toString() }, 100)).bytes).toHaveLength(10);
  expect(server.cdn.downloads.map((one) => one.status)).toEqual([404, 200]);
});

test('nothing is fetched from anywhere else, and no redirect is followed', async () => {
  const { adapter, server, file } = await withFile();
  const elsewhere = (token: string): FileRef => ({ ...file, token });
  for (const token of [
    'http://169.254.169.254/latest',
    'https://cdn.discordapp.com.evil.org/a',
    `${server.cdnUrl.replace('http://', 'http://user@')}/x`,
    server.api,
    'file:///etc/passwd',
    'x',
  ])
    expect(await kindOf(adapter.download(elsewhere(token), 100)), token).toBe('forbidden');
  server.cdn.intercept = (_, response) => {
    response.writeHead(302, { location: server.api }).end();
    return true;
  };
  expect(await kindOf(adapter.download(file, 100))).toBe('missing');
});

test('the size is held to while it streams, whatever was promised', async () => {
  const { adapter, server, file } = await withFile();
  expect(await kindOf(adapter.download({ ...file, size: 9 }, 9))).toBe('too-large');
  let sent = 0;
  server.cdn.intercept = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const more = () => {
      while (sent < 50_000_000 && !response.destroyed) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
      }
      response.end();
    };
    more();
    return true;
  };
  expect(await kindOf(adapter.download({ ...file, size: null }, 100_000))).toBe('too-large');
  expect(sent).toBeLessThan(50_000_000);
});

test('a file goes out with its name and description, within what the server takes', async () => {
  const { adapter, server, channel } = await withFile();
  const picture = { name: 'cat.png', type: 'image/png', bytes: new Uint8Array([1, 2, 3]), alt: 'A cat' };
  const ref = await adapter.upload(placeOf(channel), picture, 'k');
  const message = server.world.messages.get(ref.id);
  expect(message?.attachments).toMatchObject([{ filename: 'cat.png', contentType: 'image/png', description: 'A cat' }]);
  expect(await adapter.upload(placeOf(channel), picture, 'k')).toEqual(ref);
  const large = { ...picture, bytes: new Uint8Array(10 * 1_048_576 + 1) };
  expect(await kindOf(adapter.upload(placeOf(channel), large, 'k2'))).toBe('too-large');
});
