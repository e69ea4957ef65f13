import { expect, test } from 'vitest';
import { clientFor, login } from './client.ts';
import { request, stage } from './stage.ts';

test('a 5xx before the effect does nothing, one after it has done everything', async () => {
  const { ask, channel, server } = await stage();
  const path = `/channels/${channel.id}/messages`;
  const on = 'POST /channels/:channel/messages';
  server.faults.add({ on, effect: { do: 'status', status: 502 } });
  expect((await ask('POST', path, { content: 'a' })).status).toBe(502);
  expect(server.world.messagesIn(channel.id)).toHaveLength(0);
  server.faults.add({ on, effect: { do: 'status', status: 502, after: true } });
  expect((await ask('POST', path, { content: 'b' })).status).toBe(502);
  expect(server.world.messagesIn(channel.id)).toHaveLength(1);
});

test('a reset after the effect loses only the answer', async () => {
  const { ask, channel, server } = await stage();
  server.faults.add({ on: 'POST *', effect: { do: 'reset', after: true } });
  await expect(ask('POST', `/channels/${channel.id}/messages`, { content: 'a' })).rejects.toThrow();
  expect(server.world.messagesIn(channel.id)).toHaveLength(1);
  expect(server.rest.calls.at(-1)?.status).toBe(0);
});

test('discord.js repeats a lost POST; the enforced nonce keeps it one message', async () => {
  const { channel, server } = await stage();
  const client = await login(server, { enforceNonce: true });
  const target = await client.channels.fetch(channel.id);
  server.faults.add({
    on: 'POST /channels/:channel/messages',
    times: 2,
    effect: { do: 'status', status: 500, after: true },
  });
  if (target?.isSendable()) await target.send('once');
  expect(server.rest.calls.filter((one) => one.method === 'POST')).toHaveLength(3);
  expect(server.world.messagesIn(channel.id)).toHaveLength(1);
});

test('faults name their route, may look at the call, and end after their number', async () => {
  const { ask, channel, server, ann } = await stage();
  const said = server.people.say(ann, channel, 'x');
  server.faults.add({
    on: 'GET /channels/:channel/messages/:message',
    when: (call) => call.path.endsWith(said.id),
    times: 2,
    effect: { do: '429', scope: 'shared', retryAfterMs: 1500 },
  });
  const read = () => ask('GET', `/channels/${channel.id}/messages/${said.id}`);
  expect((await ask('GET', `/channels/${channel.id}/messages`)).status).toBe(200);
  const first = await read();
  expect([first.status, first.headers.get('retry-after'), first.headers.get('x-ratelimit-scope')]).toEqual([
    429,
    '2',
    'shared',
  ]);
  expect((await read()).status).toBe(429);
  expect((await read()).status).toBe(200);
});

test('a hanging request is answered by nobody, and closing the server ends it', async () => {
  const { server, channel } = await stage();
  server.faults.add({ on: '*', effect: { do: 'hang' } });
  const hanging = request(server, 'GET', `/channels/${channel.id}`);
  const ended = expect(hanging).rejects.toThrow();
  await server.until('the request', () => server.rest.calls.length === 1);
  await server.close();
  await ended;
});

test('latency comes from a range and is the same for the same seed', async () => {
  const { server } = await stage();
  const draw = () => {
    server.faults.latency([10, 50], 7);
    return [1, 2, 3].map(() => server.faults.nextLatency());
  };
  const first = draw();
  expect(draw()).toEqual(first);
  expect(first.every((ms) => ms >= 10 && ms <= 50)).toBe(true);
});

test('an outage answers 503 or breaks each connection', async () => {
  const { ask, server } = await stage();
  server.faults.outage = '503';
  expect((await ask('GET', '/users/@me')).status).toBe(503);
  server.faults.outage = 'refuse';
  await expect(ask('GET', '/users/@me')).rejects.toThrow();
  server.faults.clear();
  expect((await ask('GET', '/users/@me')).status).toBe(200);
});

test('a revoked token is 401 at once, after which discord.js has none', async () => {
  const { channel, server } = await stage();
  const client = await login(server);
  const target = await client.channels.fetch(channel.id);
  if (!target?.isSendable()) throw new Error('no channel');
  server.revokeToken();
  await expect(target.send('x')).rejects.toMatchObject({ status: 401 });
  await expect(target.send('x')).rejects.toThrow('Expected token to be set');
});

test('a wrong token fails at login', async () => {
  const { server } = await stage();
  await expect(clientFor(server).login('wrong.token.here')).rejects.toThrow();
  expect(server.rest.calls.at(-1)?.status).toBe(401);
});
