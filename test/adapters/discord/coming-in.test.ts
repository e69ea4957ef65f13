import { expect, test } from 'vitest';
import { blank, post } from '../../servers/discord/messages.ts';
import { adapterFor, mention, noted, placeOf, refOf, rendered, scene } from './stage.ts';

// What people write, as the core reads it.

test('names stand for people, roles and channels; the whole server is not the bot', async () => {
  const set = await scene();
  const { host, server, ann, bob, channel, guild } = set;
  server.people.nickname(guild, bob, 'Bobby');
  const team = server.people.role(guild, 'team', { mentionable: true });
  server.people.say(ann, channel, mention(set, `ask <@${bob.id}>, <@&${team.id}> and <#${channel.id}> about it`));
  const event = await host.event('message');
  expect(event.message.text).toBe('ask @Bob, @team and #general about it');
  server.people.everyone(guild, ['ViewChannel', 'SendMessages', 'MentionEveryone', 'ReadMessageHistory']);
  server.people.say(ann, channel, '@everyone lunch!');
  server.people.say(ann, channel, mention(set, 'next'));
  await host.event('message', (one) => one.message.text === 'next');
  expect(host.events).toHaveLength(2);
});

test('a reply to a message of ours is for us, and brings it along', async () => {
  const set = await scene();
  const { adapter, host, server, ann, bob, channel } = set;
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'I said so.'), 'k', null);
  const mine = server.world.messages.get(surface.ref.id);
  if (!mine) throw new Error('no message');
  server.people.say(ann, channel, 'really?', { reply: mine, replyPing: false });
  const event = await host.event('message');
  expect(event).toMatchObject({
    addressed: 'mention',
    message: { text: 'really?' },
    replyTo: { text: 'I said so.', ours: true },
  });
  const theirs = server.people.say(bob, channel, 'the earth is flat');
  server.people.say(ann, channel, mention(set, 'is that so?'), { reply: theirs });
  const second = await host.event('message', (one) => one.message.text === 'is that so?');
  expect(second.replyTo).toMatchObject({ text: 'the earth is flat', author: { name: 'Bob' }, ours: false });
});

test('a forwarded message is quoted, with its files', async () => {
  const { host, server, ann, bob, channel } = await scene();
  const direct = server.people.direct(ann);
  const story = server.people.say(bob, channel, 'once upon a time', { files: [{ name: 'tale.txt', bytes: 'x' }] });
  server.people.say(ann, direct, '', { forward: story });
  const event = await host.event('message');
  expect(event.message.text).toBe('Forwarded message:\n> once upon a time');
  expect(event.message.files).toMatchObject([{ name: 'tale.txt' }]);
  expect(event).toMatchObject({ addressed: 'direct', conversation: placeOf(direct), replyTo: null });
});

test('system messages, our own and other bots that do not name us are no questions', async () => {
  const set = await scene();
  const { adapter, host, server, ann, channel, guild } = set;
  const other = server.people.bot('other');
  server.people.join(guild, other);
  const work = server.people.thread(ann, channel, 'Work', { on: server.people.say(ann, channel, 'begin') });
  server.people.say(other, work, 'hello everybody');
  const direct = server.people.direct(ann);
  await adapter.open(placeOf(direct), rendered(adapter, 'mine'), 'k', null);
  const thread = server.people.thread(ann, channel, 'Talk', { on: server.people.say(ann, channel, 'start') });
  server.people.say(ann, thread, 'a real one');
  expect((await host.event('message')).message.text).toBe('a real one');
  expect(host.events).toHaveLength(1);
});

test('a bot that names us is told of as one: the core decides', async () => {
  const set = await scene();
  const { host, server, channel, guild } = set;
  const other = server.people.bot('other');
  server.people.join(guild, other);
  server.people.say(other, channel, mention(set, 'hello colleague'));
  const event = await host.event('message');
  expect(event).toMatchObject({ addressed: 'mention', message: { author: { bot: true, ref: { id: other.id } } } });
});

test('a forum post is a conversation: its place is the post, its first message the beginning of its history', async () => {
  const set = await scene();
  const { adapter, host, server, ann, bob, guild } = set;
  const forum = server.people.channel(guild, 'questions', { kind: 'forum' });
  const postThread = server.people.thread(ann, forum, 'How do I …', { text: 'How do I bake bread?' });
  server.people.say(bob, postThread, mention(set, 'can you help?'));
  const event = await host.event('message', (one) => one.addressed === 'mention');
  const place = placeOf(forum, postThread.id);
  expect(event.conversation).toEqual(place);
  expect(await adapter.thread(event.message.ref, 'x')).toEqual(place);
  const before = await adapter.history(place, { before: event.message.ref, after: null }, 50);
  expect(before.map((one) => `${one.author.name}: ${one.text}`)).toEqual(['Ann: How do I bake bread?']);
  const surface = await adapter.open(place, rendered(adapter, 'With flour.'), 'k', null);
  expect(surface.ref.place).toEqual(place);
});

test('the history of a thread begins with the message it stands on, with names', async () => {
  const { adapter, server, ann, bob, channel } = await scene();
  const start = server.people.say(ann, channel, 'we need a plan');
  const thread = server.people.thread(ann, channel, 'Plan', { on: start });
  server.people.say(bob, thread, 'I have one');
  const place = placeOf(channel, thread.id);
  const read = await adapter.history(place, { before: null, after: null }, 50);
  expect(read.map((one) => `${one.author.name}: ${one.text}`)).toEqual(['Ann: we need a plan', 'Bob: I have one']);
  expect(read[0]?.ref.place).toEqual(placeOf(channel));
});

test('a thread that was archived when we connected is still known by its channel', async () => {
  const set = await scene();
  const { server, ann, channel } = set;
  const thread = server.people.thread(ann, channel, 'Old talk');
  server.people.change(thread, { archived: true });
  const host = noted();
  const adapter = adapterFor(server);
  await adapter.start(host, new AbortController().signal);
  server.people.say(ann, thread, mention(set, 'back again'));
  expect((await host.event('message')).conversation).toEqual(placeOf(channel, thread.id));
});

test('a private channel and a private thread are told as such', async () => {
  const set = await scene();
  const { host, server, ann, channel, guild } = set;
  const me = server.world.app.user.id;
  const closed = server.people.channel(guild, 'board', {
    overwrites: [
      { id: guild.id, type: 0, allow: 0n, deny: 1n << 10n },
      { id: me, type: 1, allow: 1n << 10n, deny: 0n },
    ],
  });
  server.people.say(ann, closed, mention(set, 'one'));
  expect((await host.event('message', (one) => one.message.text === 'one')).conversation.kind).toBe('private');
  const thread = server.people.thread(ann, channel, 'Hush', { private: true });
  thread.thread?.members.add(me);
  server.people.say(ann, thread, mention(set, 'two'));
  expect((await host.event('message', (one) => one.message.text === 'two')).conversation.kind).toBe('private');
});

test('edits, deletions and new names are told', async () => {
  const set = await scene();
  const { adapter, host, server, ann, channel } = set;
  const said = server.people.say(ann, channel, mention(set, 'hullo'));
  const { key } = await host.event('message');
  server.people.edit(said, mention(set, 'hello'));
  const edited = await host.event('edited');
  expect(edited.message.text).toBe('hello');
  expect(edited.key).not.toBe(key);
  const place = await adapter.thread(refOf(channel, said), 'hello');
  const thread = server.world.channels.get(said.id);
  if (!thread) throw new Error('no thread');
  await adapter.title?.(place, 'Ours', 'model');
  post(server.world, thread, ann.id, { ...blank, content: 'Ann’s name' }, { by: 'person', at: 0, type: 4 });
  expect(await host.event('renamed')).toMatchObject({ place, title: 'Ann’s name' });
  server.people.delete(said);
  expect((await host.event('deleted')).ref.id).toBe(said.id);
  expect(host.events.filter((one) => one.type === 'renamed')).toHaveLength(1);
});

test('after a restart, a name that a person gave meanwhile is seen by its notice', async () => {
  const { adapter, server, ann, channel } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  const place = await adapter.thread(refOf(channel, said), 'placeholder');
  await adapter.stop();
  const thread = server.world.channels.get(said.id);
  if (!thread) throw new Error('no thread');
  server.people.change(thread, { name: 'Ann’s name' });
  post(server.world, thread, ann.id, { ...blank, content: 'Ann’s name' }, { by: 'person', at: 0, type: 4 });
  const second = adapterFor(server);
  await second.start(noted(), new AbortController().signal);
  await second.title?.(place, 'The model’s', 'model');
  expect(thread.name).toBe('Ann’s name');
});

test('the core’s word on a message is a reply to it; a private one goes to its author, with a line in its place', async () => {
  const set = await scene();
  const { host, server, ann, bob, channel } = set;
  host.answer = () => ({ do: 'say', body: { markdown: 'Hello!', controls: null }, private: false });
  const said = server.people.say(ann, channel, mention(set, ''));
  const reply = await server.message(channel, (one) => one.content === 'Hello!');
  expect(reply.reference?.messageId).toBe(said.id);
  host.answer = () => ({ do: 'say', body: { markdown: 'Your secret is safe.', controls: null }, private: true });
  server.people.say(ann, channel, mention(set, 'status'));
  await server.message(server.people.direct(ann), (one) => one.content === 'Your secret is safe.');
  await server.message(channel, (one) => one.content.includes('direct message'));
  server.world.closedToMessages.add(bob.id);
  server.people.say(bob, channel, mention(set, 'status'));
  await server.message(channel, (one) => one.content.includes('cannot write to you privately'));
  expect(server.world.messagesIn(channel.id).some((one) => one.content.includes('secret'))).toBe(false);
  expect(server.pings).toEqual([]);
});
