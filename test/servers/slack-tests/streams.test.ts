import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../slack/clock.ts';
import type { Json } from '../slack/json.ts';
import type { Message } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { call, outcome } from './call.ts';

const clock = manualClock();
let slack: SlackServer;
let at: Json;
let recipient: Json;

beforeEach(async () => {
  slack = await startSlack({ rates: false, clock });
  const ann = slack.people.user({ name: 'ann' });
  const room = slack.people.channel({ members: [ann] });
  at = { channel: room.id, thread_ts: slack.people.say(ann, room, 'q').ts };
  recipient = { recipient_user_id: ann.id, recipient_team_id: slack.teamId };
});
afterEach(() => slack.close());

const chunk = (text: string) => ({ type: 'markdown_text', text });
async function open(more: Json = { chunks: [chunk('one ')] }): Promise<Message> {
  const { ts } = await call(slack, 'chat.startStream', { ...at, ...recipient, ...more });
  return slack.watch.answer(String(at.channel), (message) => message.ts === ts);
}
const on = (message: Message, method: string, more: Json) =>
  outcome(slack, `chat.${method}`, { channel: message.channel, ts: message.ts, ...more });

test('a stream grows, cannot be edited or deleted while open, and can be edited once stopped', async () => {
  const message = await open();
  expect(await on(message, 'appendStream', { chunks: [chunk('two')] })).toBe('ok');
  expect(await on(message, 'update', { text: 'x' })).toBe('streaming_state_conflict');
  expect(await on(message, 'delete', {})).toBe('cant_delete_message');
  expect(await on(message, 'stopStream', { chunks: [chunk(' three')], blocks: [{ type: 'divider' }] })).toBe('ok');
  expect([message.text, message.blocks.length, message.stream?.state]).toEqual(['one two three', 1, 'completed']);
  expect(await on(message, 'appendStream', { chunks: [chunk('more')] })).toBe('message_not_in_streaming_state');
  expect(await on(message, 'stopStream', {})).toBe('message_not_in_streaming_state');
  expect(await on(message, 'update', { text: 'x' })).toBe('ok');
});

test('a stream dies after five minutes and stays broken until it is repaired by an edit', async () => {
  const message = await open();
  clock.advance(5 * 60_000);
  expect(await on(message, 'appendStream', { chunks: [chunk('late')] })).toBe('message_not_in_streaming_state');
  expect(message.stream?.state).toBe('broken');
  expect(await on(message, 'update', { text: 'repaired' })).toBe('ok');
  expect(message.stream?.state).toBe('completed');
});

test('a stream is locked to how it was opened', async () => {
  const message = await open({ markdown_text: 'one' });
  expect(await on(message, 'appendStream', { chunks: [chunk('two')] })).toBe('streaming_mode_mismatch');
  expect(await on(message, 'appendStream', { markdown_text: 'two', chunks: [chunk('two')] })).toBe(
    'cannot_provide_both_markdown_text_and_chunks',
  );
  expect(await on(message, 'appendStream', { markdown_text: ' two' })).toBe('ok');
});

test('channels need both recipients, and a recipient is a person', async () => {
  const start = (more: Json) => outcome(slack, 'chat.startStream', { ...at, ...more });
  expect(await start({})).toBe('missing_recipient_team_id');
  expect(await start({ recipient_team_id: slack.teamId })).toBe('missing_recipient_user_id');
  expect(await start({ ...recipient, recipient_user_id: slack.botUserId })).toBe('user_not_found');
  expect(await start({ ...recipient, thread_ts: '' })).toBe('invalid_arguments');
});

test('sizes: 12,000 a chunk, 256 for tasks; details of one task are appended; no file blocks', async () => {
  const task = (details: string) => ({ type: 'task_update', id: 't', title: 'Look', status: 'in_progress', details });
  const message = await open({ chunks: [task('a')] });
  expect(await on(message, 'appendStream', { chunks: [task('b')] })).toBe('ok');
  expect(message.stream?.tasks.get('t')?.details).toBe('ab');
  expect(await on(message, 'appendStream', { chunks: [task('c'.repeat(257))] })).toBe('invalid_chunks');
  expect(await on(message, 'appendStream', { chunks: [chunk('d'.repeat(12_001))] })).toBe('msg_too_long');
  const file = { type: 'file', source: 'remote', external_id: 'x' };
  expect(await on(message, 'appendStream', { chunks: [{ type: 'blocks', blocks: [file] }] })).toBe('internal_error');
});

test('the stop button of Slack ends the stream and tells the app', async () => {
  const message = await open();
  slack.people.stopStream(String(recipient.recipient_user_id), message);
  expect(await on(message, 'appendStream', { chunks: [chunk('x')] })).toBe('stopped_by_user');
});

test('a mention cut in two by chunks is still seen', async () => {
  const message = await open({ chunks: [chunk('hello <!chan')] });
  expect(slack.pings).toEqual([]);
  await on(message, 'appendStream', { chunks: [chunk('nel>')] });
  expect(slack.pings.map((ping) => ping.kind)).toEqual(['channel']);
});
