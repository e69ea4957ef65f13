import { createServer, type Server } from 'node:http';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../slack/clock.ts';
import { type SlackServer, startSlack } from '../slack/server.ts';

const signingSecret = 'a-secret-for-tests';
// Bolt compares signatures with the real time, so the clock starts there.
let clock = manualClock(Date.now());
let slack: SlackServer;
const servers: Server[] = [];

beforeEach(async () => {
  clock = manualClock(Date.now());
  slack = await startSlack({ clock, rates: false });
});
afterEach(async () => {
  await slack.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/slack/events`;
}

async function boltOverHttp(): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR, processBeforeResponse: true });
  const app = new App({
    token: slack.tokens.bot,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  const requestUrl = await listen(
    createServer((request, response) => void receiver.requestListener(request, response)),
  );
  slack.useHttp({ requestUrl, signingSecret });
  return app;
}

test('a real Bolt over HTTP proves its address, hears events, commands and clicks', async () => {
  const app = await boltOverHttp();
  expect(await slack.http?.verify()).toBe(true);
  const ann = slack.people.user({ name: 'ann' });
  const dm = slack.people.dm(ann);
  app.event('message', async ({ event, client }) => {
    if (event.subtype === undefined && event.user === ann.id)
      await client.chat.postMessage({ channel: event.channel, text: 'hello' });
  });
  app.command('/ask', async ({ ack, command }) => ack(`you said ${command.text}`));
  slack.people.say(ann, dm, 'hi');
  await slack.watch.answer(dm.id, (message) => message.text === 'hello');
  const { shown } = await slack.interact.command(ann, dm, '/ask', 'a & b');
  expect(shown?.text).toBe('you said a & b');
});

test.each(['wrong', 'old', 'missing'] as const)('a request with a %s signature is turned away', async (signing) => {
  await boltOverHttp();
  const body = JSON.stringify({ type: 'event_callback', event: { type: 'message' } });
  const answer = await slack.http?.send('json', body, {}, signing);
  expect(answer?.status).toBe(401);
});

test('events are sent again at once, after one minute and after five, with number and reason; x-slack-no-retry ends it', async () => {
  const seen: (string | undefined)[][] = [];
  let noRetry = false;
  const server = createServer((request, response) => {
    const header = (name: string) => request.headers[name]?.toString();
    seen.push([header('x-slack-retry-num'), header('x-slack-retry-reason')]);
    response.writeHead(500, noRetry ? { 'x-slack-no-retry': '1' } : {}).end();
  });
  slack.useHttp({ requestUrl: await listen(server), signingSecret });
  const ann = slack.people.user({ name: 'ann' });
  const dm = slack.people.dm(ann);
  const finished = (count: number) =>
    slack.watch.until(() => slack.deliveries.filter((one) => one.status !== null).length === count);
  // A retry is set up just after its answer is noted, hence the turn of the event loop.
  const after = async (count: number, ms: number) => {
    await finished(count);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(ms);
  };
  slack.people.say(ann, dm, 'hi');
  await after(1, 0);
  await after(2, 60_000);
  await after(3, 300_000);
  await after(4, 3_600_000);
  expect(seen).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ]);
  noRetry = true;
  slack.people.say(ann, dm, 'again');
  await after(5, 3_600_000);
  expect(seen.length).toBe(5);
});

test('an app that does not answer in three seconds is a timeout', async () => {
  let asked: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  slack.useHttp({ requestUrl: await listen(createServer(() => asked())), signingSecret });
  const ann = slack.people.user({ name: 'ann' });
  const outcome = slack.interact.command(ann, slack.people.dm(ann), '/ask');
  await arrived;
  clock.advance(3_000);
  expect((await outcome).reply).toEqual({ ok: false, error: 'operation_timeout' });
});
