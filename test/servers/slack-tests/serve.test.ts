import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, object, objects, parse, text } from '../slack/json.ts';

let child: ChildProcess;
let ready: Json;

beforeAll(async () => {
  const script = fileURLToPath(new URL('../slack/serve.ts', import.meta.url));
  child = spawn(process.execPath, [script, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  ready = object(parse(String(line)));
});
afterAll(async () => {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
});

async function control(path: string, body?: Json): Promise<Json> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  return object(parse(await (await fetch(`${text(ready.controlUrl)}${path}`, init)).text()));
}

test('a process of its own can be spoken to and read with times', async () => {
  const user = text((await control('user', { name: 'ann' })).id);
  const channel = text((await control('dm', { user })).id);
  const { ts } = await control('say', { user, channel, text: 'hi' });
  const headers = { authorization: `Bearer ${text(ready.botToken)}` };
  const form = (fields: Record<string, string>) => ({ method: 'POST', headers, body: new URLSearchParams(fields) });
  const posted = await fetch(
    `${text(ready.apiUrl)}chat.postMessage`,
    form({ channel, thread_ts: text(ts), text: 'a' }),
  );
  const answer = object(parse(await posted.text()));
  await fetch(`${text(ready.apiUrl)}chat.update`, form({ channel, ts: text(answer.ts), text: 'ab' }));
  const { messages } = await control(`messages?channel=${channel}&after=${text(ts)}`);
  const versions = objects(messages).flatMap((message) => objects(message.versions));
  expect(versions.map((version) => [version.via, version.shown, typeof version.at])).toEqual([
    ['chat.postMessage', 'a', 'number'],
    ['chat.update', 'ab', 'number'],
  ]);
  expect(await control('rates', { on: false })).toEqual({ on: false });
  expect(objects((await control('calls')).calls).map((one) => one.method)).toEqual(['chat.postMessage', 'chat.update']);
  expect(text((await control('nothing', {})).error)).toContain('There is no nothing here');
});
