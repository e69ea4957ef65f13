import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { fileJson } from '../slack/wire.ts';
import { call, outcome } from './call.ts';

let slack: SlackServer;
let ann: User;
let room: Channel;

beforeEach(async () => {
  slack = await startSlack({ rates: false });
  ann = slack.people.user({ name: 'ann' });
  room = slack.people.channel({ members: [ann] });
});
afterEach(() => slack.close());

test('the upload of the real SDK lands in the thread with its title and words', async () => {
  const root = slack.people.say(ann, room, 'q');
  const client = new WebClient(slack.tokens.bot, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  await client.filesUploadV2({
    channel_id: room.id,
    thread_ts: root.ts,
    initial_comment: 'the whole answer',
    filename: 'answer.md',
    title: 'Answer',
    file: Buffer.from('# Ünder'),
  });
  const message = await slack.watch.answer(room.id, (one) => one.files.length > 0);
  expect([message.threadTs, message.text, message.subtype]).toEqual([root.ts, 'the whole answer', 'file_share']);
  expect(message.files.map((file) => [file.title, Buffer.from(file.bytes).toString()])).toEqual([
    ['Answer', '# Ünder'],
  ]);
});

test('an upload of another length than announced is refused', async () => {
  const { upload_url, file_id } = await call(slack, 'files.getUploadURLExternal', { filename: 'a.txt', length: 3 });
  expect((await fetch(String(upload_url), { method: 'POST', body: 'four' })).status).toBe(400);
  expect(await outcome(slack, 'files.completeUploadExternal', { files: [{ id: file_id }] })).toBe('file_not_found');
});

test('a file is given to a good token only; otherwise Slack sends a page to sign in', async () => {
  const message = slack.people.say(ann, room, 'look', { files: [{ name: 'a.txt', bytes: 'hello' }] });
  const [file] = message.files;
  const url = file ? String(fileJson(slack.world, file).url_private) : '';
  const get = (headers: Record<string, string>) => fetch(url, { headers });
  expect(await (await get({ authorization: `Bearer ${slack.tokens.bot}` })).text()).toBe('hello');
  const page = await get({});
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  slack.world.scopes.delete('files:read');
  expect(await (await get({ authorization: `Bearer ${slack.tokens.bot}` })).text()).toContain('Sign in');
  expect(slack.world.downloads.map((one) => one.authorized)).toEqual([true, false, false]);
});

test('a Slack Connect file says only that files.info must be asked', async () => {
  const [file] = slack.people.say(ann, room, 'x', {
    files: [{ name: 'a.txt', bytes: 'x', checkInfo: true, claimedSize: 9 }],
  }).files;
  const known = file ? fileJson(slack.world, file, false) : {};
  expect([known.file_access, known.url_private]).toEqual(['check_file_info', undefined]);
  expect((await call(slack, 'files.info', { file: file?.id })).file).toMatchObject({ name: 'a.txt', size: 9 });
});
