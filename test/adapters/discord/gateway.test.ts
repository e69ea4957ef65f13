import { afterEach, beforeEach, expect, test } from 'vitest';
import { reconnectDelay } from '../../../adapters/discord/backoff.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { intent } from '../../servers/discord/visibility.ts';
import { stage } from '../../servers/discord-tests/stage.ts';
import { adapterFor, mention, noted, placeOf, rendered, scene } from './stage.ts';

// Every way in which the connection goes wrong, through the real discord.js.

const rejections: unknown[] = [];
const note = (error: unknown) => void rejections.push(error);
beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

async function refusal(work: Promise<unknown>) {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw new Error('not refused');
  return thrown.problem;
}

const never = () => new AbortController().signal;
const heard = (set: { host: ReturnType<typeof noted> }) => set.host.states.map((one) => one.state);

test('a wrong token is refused at once, in words that say where to get a right one', async () => {
  const { server } = await stage();
  const adapter = adapterFor(server, {
    token: new Secret('MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong0.abcdefghijklmnopqrstuvwxyz'),
  });
  const problem = await refusal(adapter.start(noted(), never()));
  expect(problem.kind).toBe('unauthorized');
  expect(problem.say).toContain('DISCORD_TOKEN');
});

test('without the Message Content intent it connects without it and says what is lost', async () => {
  const set = await scene({ server: { messageContent: false } });
  const { host, server, ann, channel } = set;
  expect(host.states.at(-1)).toMatchObject({ state: 'connected', why: expect.stringContaining('Message Content') });
  expect((server.gateway.connected[0]?.intents ?? 0) & intent.MessageContent).toBe(0);
  server.people.say(ann, channel, mention(set, 'can you read this?'));
  expect((await host.event('message')).message.text).toBe('can you read this?');
  const thread = server.people.thread(ann, channel, 'Talk');
  server.people.say(ann, thread, 'hidden from the bot');
  server.people.say(ann, thread, mention(set, 'and this?'));
  await host.event('message', (one) => one.message.text === 'and this?');
  expect(host.events).toHaveLength(2);
});

test('it asks for no more intents than it uses', async () => {
  const { server } = await scene();
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = intent;
  expect(server.gateway.connected[0]?.intents).toBe(Guilds | GuildMessages | DirectMessages | MessageContent);
});

test('an intent that is taken away in mid-run is done without', async () => {
  const { server, host } = await scene();
  server.world.app.messageContentGranted = false;
  server.gateway.close(4014);
  await server.until('a session without it', () =>
    server.gateway.connected.some((one) => (one.intents & intent.MessageContent) === 0),
  );
  await expect.poll(() => host.states.at(-1)?.why).toContain('Message Content');
});

test('a token that is revoked in mid-run is fatal, by a call or by the gateway, and told once', async () => {
  const set = await scene();
  set.server.revokeToken();
  const { adapter, channel } = set;
  const problem = await refusal(adapter.open(placeOf(channel), rendered(adapter, 'x'), 'k', null));
  expect(problem).toMatchObject({ kind: 'unauthorized', retry: { when: 'never' } });
  expect((await refusal(adapter.open(placeOf(channel), rendered(adapter, 'x'), 'k', null))).kind).toBe('unauthorized');
  expect(heard(set).filter((one) => one === 'fatal')).toHaveLength(1);
  const other = await scene();
  other.server.revokeToken();
  other.server.gateway.close(4004);
  await expect.poll(() => heard(other)).toContain('fatal');
});

test.each([4000, 4001, 4002, 4009])('close code %i: the session goes on, and nothing is lost', async (code) => {
  const set = await scene();
  const { server, host, ann, channel } = set;
  server.gateway.close(code);
  server.people.say(ann, channel, mention(set, 'in between'));
  expect((await host.event('message')).message.text).toBe('in between');
  expect(server.gateway.notes.filter((one) => one.what === 'identify')).toHaveLength(1);
  expect(heard(set)).toContain('reconnecting');
  await expect.poll(() => heard(set).at(-1)).toBe('connected');
});

test('a dropped connection and op 7 resume too', async () => {
  const set = await scene();
  const { server, host, ann, channel } = set;
  server.gateway.drop();
  server.people.say(ann, channel, mention(set, 'first'));
  await host.event('message', (one) => one.message.text === 'first');
  server.gateway.reconnect();
  await server.until('a second resume', () => server.gateway.notes.filter((one) => one.what === 'resume').length === 2);
  server.people.say(ann, channel, mention(set, 'second'));
  await host.event('message', (one) => one.message.text === 'second');
});

test('a zombie connection is given up, and what it kept back comes with the resume', async () => {
  const set = await scene({ server: { heartbeatMs: 300 } });
  const { server, host, ann, channel } = set;
  server.gateway.zombie = true;
  server.people.say(ann, channel, mention(set, 'hello?'));
  await server.until('the connection is given up', () => server.gateway.notes.some((one) => one.what === 'resume'));
  server.gateway.zombie = false;
  expect((await host.event('message')).message.text).toBe('hello?');
});

test('an invalid session begins anew, and what was missed is read', async () => {
  const set = await scene();
  const { server, host, ann, channel, recent } = set;
  const direct = server.people.direct(ann);
  const thread = server.people.thread(ann, channel, 'Talk');
  recent.push({ place: placeOf(direct) }, { place: placeOf(channel, thread.id) });
  server.gateway.invalidate(false);
  server.people.say(ann, direct, 'missed in private');
  server.people.say(ann, thread, 'missed in a thread');
  await host.event('message', (one) => one.message.text === 'missed in private');
  const event = await host.event('message', (one) => one.message.text === 'missed in a thread');
  expect(event).toMatchObject({ addressed: 'ambient', conversation: placeOf(channel, thread.id) });
});

test('what the bot has answered is not read again', async () => {
  const { server } = await stage();
  const ann = server.people.user('anna', 'Anna');
  const direct = server.people.direct(ann);
  server.people.say(ann, direct, 'new');
  const first = adapterFor(server);
  await first.start(noted(), never());
  await first.open(placeOf(direct), rendered(first, 'A new conversation.'), 'k', null);
  await first.stop();
  server.people.say(ann, direct, 'still there?');
  const host = noted();
  const second = adapterFor(server, { recent: async () => [{ place: placeOf(direct) }] });
  await second.start(host, never());
  await host.event('message', (one) => one.message.text === 'still there?');
  expect(host.events).toHaveLength(1);
});

test('malformed packets do no harm', async () => {
  const set = await scene();
  const { server, host, ann, channel } = set;
  const base = {
    id: '1573690000000000001',
    channel_id: channel.id,
    author: { id: ann.id, username: 'ann' },
    content: 'x',
  };
  const broken: [string, unknown][] = [
    ['MESSAGE_CREATE', null],
    ['MESSAGE_CREATE', {}],
    [
      'MESSAGE_CREATE',
      { ...base, embeds: null, components: null, thread: null, message_reference: null, application: null },
    ],
    ['MESSAGE_CREATE', { ...base, timestamp: 'yesterday', mentions: 7 }],
    ['MESSAGE_UPDATE', { id: '1', channel_id: channel.id }],
    ['MESSAGE_DELETE', { id: null }],
    ['INTERACTION_CREATE', { id: '1', type: 2 }],
    ['INTERACTION_CREATE', { id: '1', type: 2, token: 't', application_id: '1', data: null }],
    [
      'INTERACTION_CREATE',
      { id: '1', type: 99, token: 't', application_id: '1', channel_id: channel.id, user: base.author },
    ],
    ['GUILD_CREATE', null],
    ['GUILD_UPDATE', {}],
    ['CHANNEL_UPDATE', null],
    ['THREAD_CREATE', { id: 5 }],
    ['THREAD_LIST_SYNC', null],
    ['GUILD_ROLE_CREATE', { guild_id: set.guild.id }],
    ['SOMETHING_NEW', { a: 1 }],
  ];
  for (const [name, data] of broken) server.gateway.event(name, data);
  server.gateway.raw('{ this is no JSON');
  server.people.say(ann, channel, mention(set, 'still with us?'));
  await host.event('message', (one) => one.message.text === 'still with us?');
});

test('while the gateway is down it is asked less and less often, and stops when told', async () => {
  const set = await scene({ adapter: { random: () => 0 } });
  const { server, adapter } = set;
  server.gateway.refuse = 'hello';
  server.gateway.drop();
  const connects = () => server.gateway.notes.filter((one) => one.what === 'connect').length;
  const before = connects();
  await server.until('the third try', () => connects() - before >= 3);
  const third = Date.now();
  // The library alone would have tried again after half a second, for ever.
  await server.until('the fourth try', () => connects() - before >= 4);
  expect(Date.now() - third).toBeGreaterThan(1_500);
  await adapter.stop();
  expect(heard(set).at(-1)).toBe('reconnecting');
});

test('the wait between tries grows to half a minute or more, and has an end', () => {
  const waits = [1, 2, 3, 4, 8, 100].map((failures) => reconnectDelay(failures, 0));
  expect(waits).toEqual([0, 1_000, 2_000, 4_000, 30_000, 30_000]);
  expect(reconnectDelay(100, 0.999)).toBeLessThanOrEqual(60_000);
});

test('it starts while Discord is away, and connects when it is back', async () => {
  const { server } = await stage();
  server.faults.outage = '503';
  const host = noted();
  const started = adapterFor(server, { random: () => 0 }).start(host, never());
  await expect.poll(() => host.states.at(-1)?.state).toBe('reconnecting');
  server.faults.outage = 'none';
  await started;
  expect(host.states.at(-1)?.state).toBe('connected');
});

test('stopping while it is starting ends it', async () => {
  const { server } = await stage();
  server.gateway.refuse = 'connections';
  const adapter = adapterFor(server);
  const controller = new AbortController();
  const started = refusal(adapter.start(noted(), controller.signal));
  await server.until('a try', () => server.rest.calls.some((one) => one.route === '/gateway/bot'));
  controller.abort();
  expect((await started).kind).toBe('stopped');
});

test('in no server yet, it says how to be invited', async () => {
  const { server } = await stage();
  const [guild] = server.world.guilds.values();
  if (guild) server.people.expel(guild);
  const host = noted();
  await adapterFor(server).start(host, never());
  expect(host.states.at(-1)?.why).toMatch(
    /https:\/\/discord\.com\/oauth2\/authorize\?client_id=\d+&scope=bot\+applications\.commands&permissions=\d+/,
  );
});
