import { expect, test } from 'vitest';
import { request, stage, stillClock } from './stage.ts';

test('the sixth message in five seconds is 429 for this channel only, with the headers that say so', async () => {
  const clock = stillClock();
  const { ask, channel, guild, server } = await stage({ clock });
  const other = server.people.channel(guild, 'other');
  const send = (id: string) => ask('POST', `/channels/${id}/messages`, { content: 'x' });
  const first = await send(channel.id);
  expect(first.headers.get('x-ratelimit-limit')).toBe('5');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('4');
  expect(first.headers.get('x-ratelimit-reset-after')).toBe('5.000');
  for (let at = 0; at < 4; at += 1) await send(channel.id);
  clock.advance(1600);
  const refused = await send(channel.id);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ retry_after: 3.4, global: false });
  expect(refused.headers.get('retry-after')).toBe('4');
  expect(refused.headers.get('x-ratelimit-scope')).toBe('user');
  expect(refused.headers.get('x-ratelimit-bucket')).toBe(first.headers.get('x-ratelimit-bucket'));
  expect((await send(other.id)).status).toBe(200);
  clock.advance(3400);
  expect((await send(channel.id)).status).toBe(200);
});

test('all messages of a channel share one edit bucket, apart from the one for sending', async () => {
  const { ask, channel, send } = await stage({ clock: stillClock() });
  const [a, b] = [await send('a'), await send('b')];
  const edit = (id: string) => ask('PATCH', `/channels/${channel.id}/messages/${id}`, { content: 'x' });
  for (const id of [a.id, b.id, a.id, b.id, a.id]) expect((await edit(id)).status).toBe(200);
  expect((await edit(b.id)).status).toBe(429);
  expect((await ask('POST', `/channels/${channel.id}/messages`, { content: 'x' })).status).toBe(200);
});

test('one reaction per 250 ms and channel', async () => {
  const clock = stillClock();
  const { ask, ann, channel, server } = await stage({ clock });
  const said = server.people.say(ann, channel, 'x');
  const react = (emoji: string) => ask('PUT', `/channels/${channel.id}/messages/${said.id}/reactions/${emoji}/@me`);
  expect((await react('👍')).status).toBe(204);
  expect((await react('👎')).status).toBe(429);
  clock.advance(250);
  expect((await react('👎')).status).toBe(204);
  clock.advance(250);
  expect((await react('word')).code).toBe(10014);
});

test('fifty requests a second for the whole bot; interaction routes do not count', async () => {
  const clock = stillClock();
  const { ask, server } = await stage({ clock, limits: { other: { limit: 1000, perMs: 1000 } } });
  for (let at = 0; at < 50; at += 1) expect((await ask('GET', '/users/@me')).status).toBe(200);
  const refused = await ask('GET', '/users/@me');
  expect(refused.body).toMatchObject({ global: true });
  expect(refused.headers.get('x-ratelimit-global')).toBe('true');
  expect(refused.headers.get('x-ratelimit-scope')).toBe('global');
  const hook = await request(server, 'POST', `/webhooks/${server.world.app.id}/nope`, { content: 'x' }, null);
  expect(hook.code).toBe(10015);
});

test('401, 403 and 429 count as invalid, a shared 429 does not, and too many end in a ban', async () => {
  const clock = stillClock();
  const { ask, channel, server } = await stage({ clock, limits: { invalid: { limit: 3, perMs: 600_000 } } });
  await request(server, 'GET', '/users/@me', undefined, 'wrong');
  server.faults.add({ on: '*', effect: { do: '429', scope: 'shared', retryAfterMs: 100 } });
  await ask('GET', '/users/@me');
  expect(server.rest.invalid.count).toBe(1);
  server.faults.add({ on: '*', effect: { do: '429', scope: 'user', retryAfterMs: 100 } });
  await ask('GET', '/users/@me');
  server.people.forbid(channel, 'ViewChannel');
  await ask('GET', `/channels/${channel.id}`);
  expect((await ask('GET', '/users/@me')).code).toBe(1015);
  clock.advance(600_000);
  expect((await ask('GET', '/users/@me')).status).toBe(200);
});
