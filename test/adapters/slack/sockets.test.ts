import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../src/chat/secret.ts';
import { awakeTime } from '../../awake.ts';
import { closeAfter } from '../../close-after.ts';
import { ALL_EVENTS } from '../../servers/slack/events.ts';
import type { DisconnectReason } from '../../servers/slack/socket-mode.ts';
import { adapterFor, createCore, openSlack, stage } from './stage.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
process.on('unhandledRejection', note);

afterEach(() => expect(unhandled.splice(0)).toEqual([]));

describe('the sockets', () => {
  it('are two, with the app token, and one takes what comes while the other goes', async () => {
    const { slack, ann, event } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    expect(
      slack.calls.filter((one) => one.method === 'apps.connections.open').every((one) => one.token === 'app'),
    ).toBe(true);
    slack.sockets.disconnect('refresh_requested', 1);
    slack.people.say(ann, slack.people.dm(ann), 'now');
    await event('message');
    expect(slack.deliveries.every((one) => one.attempt === 0)).toBe(true);
  });

  it.each<DisconnectReason>(['warning', 'refresh_requested', 'too_many_websockets'])(
    'come back when Slack asks all to go (%s), long before five seconds, and nothing is lost',
    async (reason) => {
      const { slack, ann, event, core } = await stage();
      await slack.watch.until(() => slack.sockets.count === 2);
      const opened = slack.calls.filter((one) => one.method === 'apps.connections.open').length;
      const waited = awakeTime();
      slack.sockets.disconnect(reason);
      await slack.watch.until(() => slack.sockets.count === 0);
      slack.people.say(ann, slack.people.dm(ann), 'still there?');
      await slack.watch.until(() => slack.sockets.count > 0, 'a socket');
      expect(waited()).toBeLessThan(4_500);
      await event('message');
      await slack.watch.until(() => slack.sockets.count === 2, 'both sockets');
      expect(slack.calls.filter((one) => one.method === 'apps.connections.open').length - opened).toBeLessThanOrEqual(
        4,
      );
      expect(core.states.map((one) => one.state)).toContain('reconnecting');
      expect(core.states.at(-1)?.state).toBe('connected');
    },
  );

  it('are asked for only once a minute when Socket Mode was switched off, and the log says so', async () => {
    const { slack, log } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    const before = slack.calls.length;
    slack.sockets.disconnect('link_disabled');
    await vi.waitFor(() => expect(log.filter((line) => line.includes('link_disabled'))).toHaveLength(2), 5_000);
    expect(slack.calls.slice(before).filter((one) => one.method === 'apps.connections.open')).toEqual([]);
  });

  it('survive eight seconds in which nothing of Slack answers', async () => {
    const { slack, ann, event, core } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    const outage = slack.faults.outage(8_000);
    slack.people.say(ann, slack.people.dm(ann), 'said in the dark');
    await outage;
    await slack.watch.until(() => slack.sockets.count === 2, 'both sockets');
    expect((await event('message')).message.text).toBe('said in the dark');
    expect(core.states.at(-1)?.state).toBe('connected');
  });

  it('are not asked for in a hot loop while they are refused', async () => {
    const { slack } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    const stop = slack.faults.always('apps.connections.open', { do: 'status', status: 500 });
    const before = slack.calls.length;
    slack.sockets.cut();
    await slack.watch.until(
      () => slack.calls.slice(before).filter((one) => one.method === 'apps.connections.open').length >= 4,
      'tries',
    );
    const tries = slack.calls.slice(before).filter((one) => one.method === 'apps.connections.open');
    const [first, last] = [tries[0]?.at ?? 0, tries.at(-1)?.at ?? 0];
    expect(last - first).toBeGreaterThan(700);
    stop();
    await slack.watch.until(() => slack.sockets.count === 2, 'both sockets');
  });

  it('whose app token was revoked are given up with a clear word', async () => {
    const { slack, core } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    slack.tokens.state.app = 'invalid_auth';
    slack.sockets.disconnect('refresh_requested');
    await vi.waitFor(() => expect(core.states.at(-1)?.state).toBe('fatal'), 8_000);
    expect(core.states.at(-1)?.why).toContain('SLACK_APP_TOKEN');
    expect(core.states.filter((one) => one.state === 'fatal')).toHaveLength(1);
  });

  it('do not mind frames that are no JSON', async () => {
    const { slack, ann, event } = await stage();
    slack.sockets.raw('{"type":"discon');
    slack.sockets.raw('');
    slack.people.say(ann, slack.people.dm(ann), 'hello');
    await event('message');
  });

  it('close when the adapter stops', async () => {
    const { slack, adapter } = await stage();
    await slack.watch.until(() => slack.sockets.count === 2);
    await adapter.stop();
    await slack.watch.until(() => slack.sockets.count === 0);
  });

  it('are waited for when Slack is down at the start', async () => {
    const slack = await openSlack();
    const core = createCore();
    const adapter = adapterFor(slack, []);
    slack.faults.next('auth.test', { do: 'status', status: 503 });
    await adapter.start(core, new AbortController().signal);
    expect(core.states.at(-1)?.state).toBe('connected');
  });
});

describe('events', () => {
  it('are acknowledged only after the core has them, and come again when it could not take them', async () => {
    const { slack, ann, core } = await stage({ server: { retryWaits: [50, 50, 50] } });
    let tries = 0;
    const ok = Promise.withResolvers<void>();
    core.answer = async () => {
      tries += 1;
      if (tries === 1) throw new Error('the disk is full');
      await ok.promise;
      return { do: 'none' };
    };
    slack.people.say(ann, slack.people.dm(ann), 'keep this');
    await vi.waitFor(() => expect(tries).toBe(2), { interval: 5 });
    expect(slack.deliveries.every((one) => one.ackedAt === null)).toBe(true);
    ok.resolve();
    await slack.watch.until(() => slack.deliveries.some((one) => one.ackedAt !== null));
    expect(new Set(core.events.map((one) => one.key)).size).toBe(1);
  });

  it('told again in another envelope are taken in once', async () => {
    const { slack, ann, core, event } = await stage();
    slack.people.say(ann, slack.people.dm(ann), 'once');
    await event('message');
    const [attempt] = slack.deliveries;
    if (attempt) for (let times = 0; times < 3; times += 1) slack.redeliver(attempt);
    await slack.watch.until(() => slack.deliveries.filter((one) => one.ackedAt !== null).length === 4);
    expect(core.events).toHaveLength(1);
  });

  it('whose acknowledgement is lost are not answered twice', async () => {
    const { slack, ann, core } = await stage({ server: { retryWaits: [0, 0, 0] } });
    await slack.watch.until(() => slack.sockets.count === 2);
    slack.sockets.dropAcks = true;
    slack.people.say(ann, slack.people.dm(ann), 'once');
    // The first acknowledgement came to nothing when Slack tells the same again.
    await vi.waitFor(() => expect(slack.deliveries.some((one) => one.attempt > 0)).toBe(true));
    slack.sockets.dropAcks = false;
    await slack.watch.until(() => slack.deliveries.some((one) => one.attempt > 0 && one.ackedAt !== null), 'a retry');
    expect(core.events).toHaveLength(1);
  });

  it('that nobody knows are acknowledged', async () => {
    const { slack, channel, log } = await stage({ server: { events: ALL_EVENTS } });
    slack.people.event({ type: 'channel_archive', channel, user: 'U1' });
    slack.people.event({ type: 'app_mention', channel, broken: true });
    await slack.watch.until(() => slack.deliveries.filter((one) => one.ackedAt !== null).length === 2);
    expect(log.some((line) => line.includes('cannot be read'))).toBe(true);
  });
});

describe('HTTP mode', () => {
  async function http() {
    const slack = await openSlack({ retryWaits: [20, 20, 20] });
    const secret = '0123456789abcdef0123456789abcdef';
    const ann = slack.people.user({ name: 'ann' }).id;
    const core = createCore();
    const log: string[] = [];
    const adapter = adapterFor(slack, log, { appToken: null, signingSecret: new Secret(secret) });
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      if (!adapter.handle(request, response)) response.writeHead(404).end('elsewhere');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAfter(async () => void server.close().closeAllConnections());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const requestUrl = `http://127.0.0.1:${port}/slack/events`;
    const mode = slack.useHttp({ requestUrl, signingSecret: secret });
    await adapter.start(core, new AbortController().signal);
    return { slack, adapter, core, ann, mode, requestUrl, log };
  }

  it('proves its address, takes events and answers commands', async () => {
    const { slack, core, ann, mode } = await http();
    expect(await mode.verify()).toBe(true);
    slack.people.say(ann, slack.people.dm(ann), 'by request');
    await slack.watch.until(() => core.events.some((one) => one.type === 'message'));
    core.answer = () => ({ do: 'say', private: true, body: { markdown: 'Yes.', controls: null } });
    const { shown } = await slack.interact.command(ann, slack.people.dm(ann), '/ask', 'x');
    expect(shown?.text).toBe('Yes.');
    expect(slack.sockets.count).toBe(0);
  });

  it.each(['wrong', 'old', 'missing'] as const)('refuses a request whose signature is %s', async (signing) => {
    const { core, mode } = await http();
    const event = {
      type: 'event_callback',
      event_id: 'E1',
      event: { type: 'message', channel: 'D1', user: 'U1', ts: '1.1' },
    };
    expect((await mode.send('json', JSON.stringify(event), {}, signing)).status).toBe(401);
    expect(core.events).toEqual([]);
  });

  it('answers an event with an error when the core could not take it, so that it comes again', async () => {
    const { slack, core, ann } = await http();
    let tries = 0;
    core.answer = () => {
      tries += 1;
      if (tries === 1) throw new Error('the disk is full');
      return { do: 'none' };
    };
    slack.people.say(ann, slack.people.dm(ann), 'keep this');
    await slack.watch.until(() => slack.deliveries.some((one) => one.status === 200));
    expect(slack.deliveries.map((one) => one.status)).toContain(500);
  });

  it('leaves other paths and other methods alone', async () => {
    const { requestUrl, adapter } = await http();
    expect((await fetch(requestUrl)).status).toBe(405);
    expect((await fetch(new URL('/other', requestUrl))).status).toBe(404);
    await adapter.stop();
    expect((await fetch(requestUrl, { method: 'POST', body: '{}' })).status).toBe(503);
  });
});
