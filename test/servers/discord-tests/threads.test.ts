import { expect, test } from 'vitest';
import { stage, stillClock } from './stage.ts';

test('a thread has its message’s id, and a second one is 160004', async () => {
  const { ask, ann, channel, server } = await stage();
  const said = server.people.say(ann, channel, 'x');
  const path = `/channels/${channel.id}/messages/${said.id}/threads`;
  const made = await ask('POST', path, { name: 'talk' });
  expect([made.status, made.body.id, made.body.type]).toEqual([201, said.id, 11]);
  expect((await ask('POST', path, { name: 'talk' })).code).toBe(160004);
});

test('a thread on a message begins with a system message that shows it', async () => {
  const { ask, ann, channel, server } = await stage();
  const said = server.people.say(ann, channel, 'the question');
  await ask('POST', `/channels/${channel.id}/messages/${said.id}/threads`, { name: 'talk' });
  const { body } = await ask('GET', `/channels/${said.id}/messages`);
  expect(body).toMatchObject([{ type: 21, content: '', referenced_message: { content: 'the question' } }]);
});

test('names of 0 and 101 characters and other archive times are refused', async () => {
  const { ask, channel } = await stage();
  const open = (body: object) => ask('POST', `/channels/${channel.id}/threads`, { type: 11, ...body });
  expect((await open({ name: '' })).code).toBe(50035);
  expect((await open({ name: 'x'.repeat(101) })).code).toBe(50035);
  expect((await open({ name: 'x', auto_archive_duration: 61 })).code).toBe(50035);
  expect((await open({ name: 'x'.repeat(100), auto_archive_duration: 60 })).status).toBe(201);
});

test('over the cap of active threads: 160006', async () => {
  const { ask, channel, server } = await stage();
  server.world.activeThreads = 1;
  const open = () => ask('POST', `/channels/${channel.id}/threads`, { name: 'x', type: 11 });
  expect((await open()).status).toBe(201);
  expect((await open()).code).toBe(160006);
});

test('writing into an archived thread brings it back; editing and reacting there is 50083', async () => {
  const { ask, ann, channel, server, send } = await stage();
  const thread = server.people.thread(ann, channel, 't');
  const mine = await send('x', thread);
  server.people.change(thread, { archived: true });
  const path = `/channels/${thread.id}/messages`;
  expect((await ask('PATCH', `${path}/${mine.id}`, { content: 'y' })).code).toBe(50083);
  expect((await ask('PUT', `${path}/${mine.id}/reactions/👍/@me`)).code).toBe(50083);
  expect((await ask('POST', path, { content: 'z' })).status).toBe(200);
  expect(thread.thread?.archived).toBe(false);
});

test('a locked thread takes nothing from those who do not manage threads: 160005', async () => {
  const { ask, ann, channel, server, send, guild } = await stage();
  const thread = server.people.thread(ann, channel, 't');
  const mine = await send('x', thread);
  server.people.change(thread, { locked: true, archived: true });
  const path = `/channels/${thread.id}/messages`;
  expect((await ask('POST', path, { content: 'y' })).code).toBe(160005);
  expect((await ask('PATCH', `${path}/${mine.id}`, { content: 'y' })).code).toBe(160005);
  const role = server.people.role(guild, 'mods', { permissions: ['ManageThreads'] });
  guild.members.get(server.world.app.user.id)?.roles.push(role.id);
  expect((await ask('POST', path, { content: 'y' })).status).toBe(200);
});

test('in a deleted thread everything is 10003', async () => {
  const { ask, ann, channel, server } = await stage();
  const thread = server.people.thread(ann, channel, 't');
  server.people.deleteChannel(thread);
  expect((await ask('POST', `/channels/${thread.id}/messages`, { content: 'x' })).code).toBe(10003);
});

test('the app renames its own threads but not those of others, and no more than twice in ten minutes', async () => {
  const clock = stillClock();
  const { ask, ann, channel, server } = await stage({ clock });
  const own = await ask('POST', `/channels/${channel.id}/threads`, { name: 'x', type: 11 });
  const rename = (name: string) => ask('PATCH', `/channels/${String(own.body.id)}`, { name });
  expect((await rename('a')).status).toBe(200);
  expect((await rename('b')).status).toBe(200);
  const refused = await rename('c');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '600']);
  expect(Number(refused.headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
  clock.advance(600_000);
  expect((await rename('c')).status).toBe(200);
  const other = server.people.thread(ann, channel, 't');
  expect((await ask('PATCH', `/channels/${other.id}`, { name: 'mine' })).code).toBe(50013);
});

test('a forum post is a thread and its first message in one, with the same id', async () => {
  const { ask, guild, server } = await stage();
  const forum = server.people.channel(guild, 'help', { kind: 'forum', tags: ['bug'] });
  const tag = forum.tags[0]?.id;
  const path = `/channels/${forum.id}/threads`;
  const made = await ask('POST', path, { name: 'post', applied_tags: [tag], message: { content: 'first' } });
  expect(made.body).toMatchObject({
    parent_id: forum.id,
    applied_tags: [tag],
    message: { id: made.body.id, content: 'first' },
  });
  expect((await ask('POST', path, { name: 'post', message: { content: '' } })).code).toBe(50006);
  expect((await ask('POST', path, { name: 'post', applied_tags: ['1'], message: { content: 'x' } })).code).toBe(50035);
});

test('members come and go; archived and active threads are listed', async () => {
  const { ask, ann, bob, channel, guild, server } = await stage();
  const thread = server.people.thread(ann, channel, 't');
  const path = `/channels/${thread.id}/thread-members`;
  expect((await ask('PUT', `${path}/@me`)).status).toBe(204);
  expect((await ask('PUT', `${path}/${bob.id}`)).status).toBe(204);
  const listed = await ask('GET', path);
  expect(Array.isArray(listed.body) && listed.body.length).toBe(3);
  expect((await ask('DELETE', `${path}/${bob.id}`)).code).toBe(50013);
  expect((await ask('GET', `/guilds/${guild.id}/threads/active`)).body).toMatchObject({
    threads: [{ id: thread.id }],
    members: [{ id: thread.id }],
  });
  server.people.change(thread, { archived: true });
  const archived = await ask('GET', `/channels/${channel.id}/threads/archived/public`);
  expect(archived.body).toMatchObject({ threads: [{ id: thread.id }], has_more: false });
});
