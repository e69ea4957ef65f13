import { afterEach, beforeEach, expect, test } from 'vitest';
import { object, objects, text } from '../slack/json.ts';
import { fromManifest } from '../slack/manifest.ts';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { call, callFull, outcome } from './call.ts';

let slack: SlackServer;
let ann: User;
let room: Channel;

beforeEach(async () => {
  slack = await startSlack({ rates: false });
  ann = slack.people.user({ name: 'ann' });
  room = slack.people.channel({ members: [ann] });
});
afterEach(async () => {
  expect(slack.world.failures).toEqual([]);
  await slack.close();
});

test('tokens: none, unknown, of the wrong kind, revoked, of a dead account', async () => {
  expect(await outcome(slack, 'auth.test', {}, '')).toBe('not_authed');
  expect(await outcome(slack, 'auth.test', {}, 'xoxb-else')).toBe('invalid_auth');
  expect(await outcome(slack, 'chat.postMessage', { channel: room.id, text: 'x' }, slack.tokens.app)).toBe(
    'not_allowed_token_type',
  );
  expect(await outcome(slack, 'apps.connections.open')).toBe('not_allowed_token_type');
  slack.tokens.state.app = 'account_inactive';
  expect(await outcome(slack, 'apps.connections.open', {}, slack.tokens.app)).toBe('account_inactive');
  expect(await outcome(slack, 'auth.revoke')).toBe('ok');
  expect(await outcome(slack, 'auth.test')).toBe('token_revoked');
});

test('an unknown method is refused with status 200, and team_id is tolerated', async () => {
  const answer = await callFull(slack, 'chat.nothing');
  expect([answer.status, answer.body.error]).toEqual([200, 'unknown_method']);
  expect(await outcome(slack, 'chat.postMessage', { channel: room.id, text: 'x', team_id: slack.teamId })).toBe('ok');
});

test('a missing scope names what is needed', async () => {
  slack.world.scopes.delete('reactions:write');
  const message = slack.people.say(ann, room, 'hi');
  const answer = await call(slack, 'reactions.add', { channel: room.id, timestamp: message.ts, name: 'eyes' });
  expect(answer).toMatchObject({ ok: false, error: 'missing_scope', needed: 'reactions:write' });
});

test('scopes, events, commands and agent standing can come from a manifest', () => {
  const source = `
features: { slash_commands: [{ command: /ask, description: x }] }
oauth_config: { scopes: { bot: [chat:write], bot_optional: [emoji:read] } }
settings: { event_subscriptions: { bot_events: [message.im] } }`;
  expect(fromManifest(source)).toEqual({
    scopes: ['chat:write', 'emoji:read'],
    events: ['message.im'],
    commands: ['/ask'],
    agent: false,
  });
});

test('where the bot may write: member, not a member, private, archived, unknown', async () => {
  const elsewhere = slack.people.channel({ members: [ann], bot: false });
  const hidden = slack.people.channel({ members: [ann], bot: false, kind: 'private' });
  const post = (channel: string) => outcome(slack, 'chat.postMessage', { channel, text: 'x' });
  expect(await post(room.id)).toBe('ok');
  expect(await post(elsewhere.id)).toBe('not_in_channel');
  expect(await post(hidden.id)).toBe('channel_not_found');
  expect(await post('CNOWHERE')).toBe('channel_not_found');
  slack.world.scopes.add('chat:write.public');
  expect(await post(elsewhere.id)).toBe('ok');
  slack.people.archive(room);
  expect(await post(room.id)).toBe('is_archived');
});

test('threads: an unknown root and a reply as root are refused, a deleted root with replies is not', async () => {
  const root = slack.people.say(ann, room, 'root');
  const post = (thread_ts: string) => outcome(slack, 'chat.postMessage', { channel: room.id, text: 'x', thread_ts });
  const reply = text((await call(slack, 'chat.postMessage', { channel: room.id, text: 'x', thread_ts: root.ts })).ts);
  expect(await post('1.000001')).toBe('thread_not_found');
  expect(await post(reply)).toBe('cannot_reply_to_message');
  slack.people.remove(root);
  expect(await post(root.ts)).toBe('ok');
});

test('update: text alone drops the blocks, blocks leave no mark, others cannot be edited', async () => {
  const blocks = [{ type: 'markdown', text: '**hi**' }];
  const ts = text((await call(slack, 'chat.postMessage', { channel: room.id, text: 'hi', blocks })).ts);
  const message = slack.world.channels.get(room.id)?.messages.at(-1);
  await call(slack, 'chat.update', { channel: room.id, ts, text: 'hi', blocks });
  expect([message?.blocks.length, message?.editedTs]).toEqual([1, null]);
  await call(slack, 'chat.update', { channel: room.id, ts, text: 'plain' });
  expect(message?.blocks).toEqual([]);
  expect(message?.editedTs).not.toBe(null);
  expect(message?.versions.map((version) => version.via)).toEqual(['chat.postMessage', 'chat.update', 'chat.update']);
  const hers = slack.people.say(ann, room, 'mine');
  expect(await outcome(slack, 'chat.update', { channel: room.id, ts: hers.ts, text: 'x' })).toBe('cant_update_message');
  expect(await outcome(slack, 'chat.delete', { channel: room.id, ts: hers.ts })).toBe('cant_delete_message');
  expect(await outcome(slack, 'chat.update', { channel: room.id, ts: '1.000001', text: 'x' })).toBe(
    'message_not_found',
  );
  expect(await outcome(slack, 'chat.delete', { channel: room.id, ts })).toBe('ok');
  expect(await outcome(slack, 'chat.delete', { channel: room.id, ts })).toBe('message_not_found');
});

test('reactions are refused twice, when absent, and under a false name', async () => {
  const { ts } = slack.people.say(ann, room, 'hi');
  const react = (method: string, name: string) =>
    outcome(slack, `reactions.${method}`, { channel: room.id, timestamp: ts, name });
  expect(await react('add', 'thumbsup::skin-tone-3')).toBe('ok');
  expect(await react('add', 'thumbsup::skin-tone-3')).toBe('already_reacted');
  expect(await react('remove', 'eyes')).toBe('no_reaction');
  expect(await react('add', ':eyes:')).toBe('invalid_name');
  slack.world.knownEmoji = new Set(['eyes']);
  expect(await react('add', 'nonsense')).toBe('invalid_name');
  expect(await react('add', 'eyes')).toBe('ok');
});

test('metadata is stored, kept by an update, and shown only when asked for', async () => {
  const root = slack.people.say(ann, room, 'q');
  const metadata = { event_type: 'parley_part', event_payload: { key: 'k1' } };
  const ts = (await call(slack, 'chat.postMessage', { channel: room.id, thread_ts: root.ts, text: 'a', metadata })).ts;
  await call(slack, 'chat.update', { channel: room.id, ts, text: 'b' });
  const read = async (include_all_metadata: boolean) =>
    objects(
      (await call(slack, 'conversations.replies', { channel: room.id, ts: root.ts, include_all_metadata })).messages,
    );
  expect((await read(true)).map((one) => [one.text, one.metadata])).toEqual([
    ['q', undefined],
    ['b', metadata],
  ]);
  expect((await read(false))[1]?.metadata).toBe(undefined);
  const bad = { channel: room.id, text: 'x', metadata: { event_type: 'x' } };
  expect(await outcome(slack, 'chat.postMessage', bad)).toBe('invalid_metadata_schema');
});

test('history is newest first with cursors and bounds; replies are oldest first with the root', async () => {
  const said = ['a', 'b', 'c'].map((word) => slack.people.say(ann, room, word));
  slack.people.say(ann, room, 'reply', { thread_ts: said[0]?.ts ?? '' });
  const first = await call(slack, 'conversations.history', { channel: room.id, limit: 2 });
  expect(objects(first.messages).map((one) => one.text)).toEqual(['c', 'b']);
  const cursor = text(object(first.response_metadata).next_cursor);
  const second = await call(slack, 'conversations.history', { channel: room.id, limit: 2, cursor });
  expect(objects(second.messages).map((one) => [one.text, one.reply_count])).toEqual([['a', 1]]);
  const later = await call(slack, 'conversations.history', { channel: room.id, oldest: said[1]?.ts });
  expect(objects(later.messages).map((one) => one.text)).toEqual(['c']);
  const replies = await call(slack, 'conversations.replies', { channel: room.id, ts: said[0]?.ts });
  expect(objects(replies.messages).map((one) => one.text)).toEqual(['a', 'reply']);
  expect(await outcome(slack, 'conversations.replies', { channel: room.id, ts: '1.000001' })).toBe('thread_not_found');
});

test('people: guests, strangers, bots, e-mail only with its scope', async () => {
  const guest = slack.people.user({ name: 'gus', guest: 'single' });
  const stranger = slack.people.user({ name: 'sue', stranger: true });
  const info = async (user: string) => object((await call(slack, 'users.info', { user })).user);
  expect(await info(guest.id)).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
  expect(await info(stranger.id)).toMatchObject({ is_stranger: true, team_id: 'T0OTHER01' });
  expect(object((await info(ann.id)).profile).email).toBe('ann@example.test');
  expect(object((await call(slack, 'users.lookupByEmail', { email: 'ANN@example.test' })).user).id).toBe(ann.id);
  slack.world.scopes.delete('users:read.email');
  expect(object((await info(ann.id)).profile).email).toBe(undefined);
  expect(await outcome(slack, 'users.lookupByEmail', { email: 'ann@example.test' })).toBe('missing_scope');
});

test('sessions, titles, prompts and status of an agent; nothing of it for a plain app but the status', async () => {
  const dm = slack.people.dm(ann);
  const { ts } = slack.people.say(ann, dm, 'hi');
  const at = { channel_id: dm.id, thread_ts: ts };
  const prompts = [{ title: 'Hello', message: 'Say hello' }];
  expect(await outcome(slack, 'agents.sessions.rename', { ...at, title: 'x' })).toBe('session_not_found');
  expect(await outcome(slack, 'agents.sessions.setStatus', { ...at, status: 'processing', title: 'T' })).toBe('ok');
  expect(await outcome(slack, 'agents.sessions.rename', { ...at, title: 'x'.repeat(201) })).toBe('invalid_arguments');
  expect(await outcome(slack, 'agents.sessions.rename', { ...at, title: 'New' })).toBe('ok');
  expect(
    await outcome(slack, 'assistant.threads.setTitle', {
      channel_id: room.id,
      thread_ts: slack.people.say(ann, room, 'x').ts,
      title: 'x',
    }),
  ).toBe('channel_not_found');
  expect(await outcome(slack, 'assistant.threads.setSuggestedPrompts', { ...at, prompts })).toBe('ok');
  expect(
    await outcome(slack, 'assistant.threads.setSuggestedPrompts', { ...at, prompts: Array(5).fill(prompts[0]) }),
  ).toBe('invalid_arguments');
  expect(slack.world.threads.get(`${dm.id}:${ts}`)).toMatchObject({ title: 'New', session: 'processing' });
  slack.world.agent = false;
  expect(await outcome(slack, 'agents.sessions.setStatus', { ...at, status: 'active' })).toBe('feature_not_enabled');
  expect(await outcome(slack, 'assistant.threads.setTitle', { ...at, title: 'x' })).toBe('feature_not_enabled');
  expect(await outcome(slack, 'assistant.threads.setStatus', { ...at, status: 'is thinking…' })).toBe('ok');
  expect(await slack.watch.status(dm.id, ts, (status) => status !== '')).toBe('is thinking…');
  await call(slack, 'chat.postMessage', { channel: dm.id, thread_ts: ts, text: 'answer' });
  expect(await slack.watch.status(dm.id, ts, (status) => status === '')).toBe('');
});
