import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { manualClock } from '../slack/clock.ts';
import { object } from '../slack/json.ts';
import type { Channel, User } from '../slack/model.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';
import { rawSocket } from './raw-socket.ts';

const clock = manualClock();
let slack: SlackServer;
let ann: User;
let dm: Channel;

beforeEach(async () => {
  slack = await startSlack({ clock });
  ann = slack.people.user({ name: 'ann' });
  dm = slack.people.dm(ann);
});
afterEach(() => slack.close());

const eventIds = () => slack.deliveries.map((one) => one.id);

test('an acknowledged event is not sent again', async () => {
  const socket = await rawSocket(slack);
  slack.people.say(ann, dm, 'hi');
  const envelope = await socket.frame(1);
  expect(envelope).toMatchObject({
    type: 'events_api',
    accepts_response_payload: false,
    retry_attempt: 0,
    retry_reason: '',
  });
  socket.ack(envelope);
  await slack.watch.until(() => slack.deliveries.every((one) => one.ackedAt !== null));
  clock.advance(10 * 60_000);
  expect(slack.deliveries.length).toBe(1);
});

test('an event without an acknowledgement comes again at once, after one minute, after five, and then no more', async () => {
  const socket = await rawSocket(slack);
  slack.people.say(ann, dm, 'hi');
  clock.advance(3_000);
  clock.advance(0);
  expect((await socket.frame(2)).retry_attempt).toBe(1);
  clock.advance(3_000);
  expect(slack.deliveries.length).toBe(2);
  clock.advance(60_000);
  expect(await socket.frame(3)).toMatchObject({ retry_attempt: 2, retry_reason: 'timeout' });
  clock.advance(3_000 + 300_000);
  expect((await socket.frame(4)).retry_attempt).toBe(3);
  clock.advance(60 * 60_000);
  expect(slack.deliveries.length).toBe(4);
  expect(new Set(eventIds()).size).toBe(1);
});

test('events that came while no socket was open are delivered as another attempt', async () => {
  slack.people.say(ann, dm, 'hi');
  expect(slack.sockets.waiting).toBe(1);
  const socket = await rawSocket(slack);
  expect(object(object((await socket.frame(1)).payload).event).text).toBe('hi');
  expect((await socket.frame(1)).retry_attempt).toBe(1);
});

test('what a dead socket did not acknowledge goes to another one', async () => {
  const first = await rawSocket(slack);
  slack.people.say(ann, dm, 'hi');
  await first.frame(1);
  const second = await rawSocket(slack);
  first.close();
  await slack.watch.until(() => slack.sockets.count === 1);
  clock.advance(0);
  expect((await second.frame(1)).retry_attempt).toBe(1);
});

test('with several sockets each envelope goes to exactly one, and all get some', async () => {
  const sockets = [await rawSocket(slack), await rawSocket(slack), await rawSocket(slack)];
  for (let i = 0; i < 30; i += 1) slack.people.say(ann, dm, `${i}`);
  const used = new Set(slack.deliveries.map((one) => one.socket));
  expect([slack.deliveries.length, used.size]).toEqual([30, 3]);
  expect(sockets[2]?.frames[0]).toMatchObject({ type: 'hello', num_connections: 3 });
});

test('a socket needs a fresh ticket', async () => {
  const stranger = new WebSocket(`${slack.url.replace('http', 'ws')}/link/?ticket=none`);
  const refused = await new Promise((resolve) => stranger.once('error', (error) => resolve(error.message)));
  expect(refused).toContain('401');
});

test.each(['warning', 'refresh_requested', 'too_many_websockets', 'link_disabled'] as const)(
  'a socket is asked to go (%s), gets nothing more, and is ended after ten seconds',
  async (reason) => {
    const socket = await rawSocket(slack);
    slack.sockets.disconnect(reason);
    expect(await socket.frame(1)).toMatchObject({ type: 'disconnect', reason });
    slack.people.say(ann, dm, 'hi');
    expect(slack.sockets.waiting).toBe(1);
    clock.advance(10_000);
    await socket.closed;
  },
);

test('a command is never sent again: three seconds, then operation_timeout', async () => {
  const socket = await rawSocket(slack);
  const asked = slack.interact.command(ann, dm, '/ask', 'x');
  const envelope = await socket.frame(1);
  expect(envelope).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
  expect(object(envelope.payload).thread_ts).toBe(undefined);
  clock.advance(2_999);
  expect(slack.deliveries.length).toBe(1);
  clock.advance(1);
  expect((await asked).reply).toEqual({ ok: false, error: 'operation_timeout' });
  clock.advance(10 * 60_000);
  expect(slack.deliveries.length).toBe(1);
});

test('without a socket a command fails at once', async () => {
  expect((await slack.interact.command(ann, dm, '/ask')).reply).toEqual({ ok: false, error: 'dispatch_failed' });
});

test('lost acknowledgements and duplicates can be made', async () => {
  const socket = await rawSocket(slack);
  slack.sockets.dropAcks = true;
  slack.people.say(ann, dm, 'hi');
  socket.ack(await socket.frame(1));
  clock.advance(3_000);
  clock.advance(0);
  expect((await socket.frame(2)).retry_attempt).toBe(1);
  const [first] = slack.deliveries;
  if (first) slack.redeliver(first);
  expect(object((await socket.frame(3)).payload).event_id).toBe(first?.id);
});

test('events reach the app only by subscription, scope and membership', async () => {
  const away = slack.people.channel({ members: [ann], bot: false });
  slack.people.say(ann, away, `<@${slack.botUserId}> hi`);
  expect(slack.sockets.waiting).toBe(0);
  slack.people.invite(ann, away);
  slack.world.scopes.delete('channels:history');
  slack.people.say(ann, away, `<@${slack.botUserId}> hi`);
  const socket = await rawSocket(slack);
  const kinds = [await socket.frame(1), await socket.frame(2)].map((frame) => object(object(frame.payload).event).type);
  expect(kinds).toEqual(['member_joined_channel', 'app_mention']);
  expect(slack.sockets.waiting).toBe(0);
});
