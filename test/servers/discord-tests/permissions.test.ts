import { expect, test } from 'vitest';
import { leastPermissions } from '../discord/people.ts';
import type { Permission } from '../discord/permissions.ts';
import type { Stage } from './stage.ts';
import { request, stage, stillClock } from './stage.ts';

const form = () => {
  const body = new FormData();
  body.set('payload_json', '{}');
  body.set('files[0]', new Blob(['x']), 'a.txt');
  return body;
};

/** What the app tries, with the permission it needs for it. */
const acts: ReadonlyArray<[string, Permission, number, (all: Stage) => Promise<{ code: number; status: number }>]> = [
  [
    'send',
    'SendMessages',
    50013,
    ({ ask, channel }) => ask('POST', `/channels/${channel.id}/messages`, { content: 'x' }),
  ],
  ['see', 'ViewChannel', 50001, ({ ask, channel }) => ask('GET', `/channels/${channel.id}`)],
  ['attach', 'AttachFiles', 50013, ({ ask, channel }) => ask('POST', `/channels/${channel.id}/messages`, form())],
  [
    'embed',
    'EmbedLinks',
    50013,
    ({ ask, channel }) => ask('POST', `/channels/${channel.id}/messages`, { embeds: [{ title: 'x' }] }),
  ],
  [
    'reply',
    'ReadMessageHistory',
    160002,
    ({ ask, channel, server, ann }) =>
      ask('POST', `/channels/${channel.id}/messages`, {
        content: 'x',
        message_reference: { message_id: server.people.say(ann, channel, 'q').id },
      }),
  ],
  [
    'react',
    'AddReactions',
    50013,
    ({ ask, channel, server, ann }) =>
      ask('PUT', `/channels/${channel.id}/messages/${server.people.say(ann, channel, 'q').id}/reactions/👍/@me`),
  ],
  [
    'open a thread',
    'CreatePublicThreads',
    50013,
    ({ ask, channel, server, ann }) =>
      ask('POST', `/channels/${channel.id}/messages/${server.people.say(ann, channel, 'q').id}/threads`, { name: 'x' }),
  ],
  [
    'open a private thread',
    'CreatePrivateThreads',
    50013,
    ({ ask, channel }) => ask('POST', `/channels/${channel.id}/threads`, { name: 'x', type: 12 }),
  ],
  [
    'write in a thread',
    'SendMessagesInThreads',
    50013,
    ({ ask, channel, server, ann }) =>
      ask('POST', `/channels/${server.people.thread(ann, channel, 't').id}/messages`, { content: 'x' }),
  ],
  ['show typing', 'SendMessages', 50013, ({ ask, channel }) => ask('POST', `/channels/${channel.id}/typing`)],
];

test.each(acts)('to %s it needs %s, else %i', async (_, needed, code, act) => {
  const clock = stillClock();
  const all = await stage({ clock });
  expect((await act(all)).status).toBeLessThan(300);
  clock.advance(1000);
  all.server.people.forbid(all.channel, needed);
  expect((await act(all)).code).toBe(code);
});

test('a role’s overwrite beats everyone’s, a member’s beats the role’s', async () => {
  const { ask, channel, guild, server } = await stage();
  const role = [...guild.roles.values()].find((one) => one.name === 'parley');
  if (role === undefined) throw new Error('no role');
  const send = async () => (await ask('POST', `/channels/${channel.id}/messages`, { content: 'x' })).status;
  const one = (id: string, type: 0 | 1, allow: bigint, deny: bigint) => ({ id, type, allow, deny });
  const bit = 1n << 11n;
  server.people.overwrite(channel, [one(guild.id, 0, 0n, bit)]);
  expect(await send()).toBe(403);
  server.people.overwrite(channel, [one(guild.id, 0, 0n, bit), one(role.id, 0, bit, 0n)]);
  expect(await send()).toBe(200);
  const me = server.world.app.user.id;
  server.people.overwrite(channel, [one(guild.id, 0, 0n, bit), one(role.id, 0, bit, 0n), one(me, 1, 0n, bit)]);
  expect(await send()).toBe(403);
});

test('without ReadMessageHistory a channel lists as empty and one message is 50013', async () => {
  const { ask, ann, channel, server } = await stage();
  const said = server.people.say(ann, channel, 'x');
  server.people.forbid(channel, 'ReadMessageHistory');
  expect((await ask('GET', `/channels/${channel.id}/messages`)).body).toEqual([]);
  expect((await ask('GET', `/channels/${channel.id}/messages/${said.id}`)).code).toBe(50013);
});

test('a thrown-out app loses access to everything there', async () => {
  const { ask, channel, guild, server } = await stage();
  server.people.expel(guild);
  expect((await ask('POST', `/channels/${channel.id}/messages`, { content: 'x' })).code).toBe(50001);
  expect((await ask('GET', `/guilds/${guild.id}`)).code).toBe(50001);
});

test('a private thread is hidden from those outside it', async () => {
  const { ask, ann, channel, server } = await stage();
  const thread = server.people.thread(ann, channel, 'quiet', { private: true });
  expect((await ask('GET', `/channels/${thread.id}/messages`)).code).toBe(50001);
});

test('the least permissions carry an ordinary conversation', async () => {
  const { server, ann } = await stage();
  const guild = server.people.guild('Strict', ann);
  server.people.everyone(guild, []);
  const channel = server.people.channel(guild, 'x');
  server.people.invite(guild, leastPermissions);
  const ask = (method: string, path: string, body: object) => request(server, method, path, body);
  const sent = await ask('POST', `/channels/${channel.id}/messages`, { content: 'x' });
  expect(sent.status).toBe(200);
  expect(
    (await ask('POST', `/channels/${channel.id}/messages/${String(sent.body.id)}/threads`, { name: 'x' })).status,
  ).toBe(201);
});
