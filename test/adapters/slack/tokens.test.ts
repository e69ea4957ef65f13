import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/chat/errors.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { adapterFor, createCore, openSlack, place, rendered, stage } from './stage.ts';

/** What starting with these tokens says. */
async function refusal(options: Parameters<typeof adapterFor>[2], server: Parameters<typeof openSlack>[0] = {}) {
  const slack = await openSlack(server);
  const adapter = adapterFor(slack, [], options);
  const error: unknown = await adapter
    .start(createCore(), new AbortController().signal)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof Failure)) throw new Error('it started');
  return error.problem;
}

const wrong = (prefix: string) => new Secret(`${prefix}-wrong`);

describe('tokens', () => {
  it('say which is wrong: the bot’s', async () => {
    const { kind, say, retry } = await refusal({ botToken: wrong('xoxb') });
    expect({ kind, retry }).toEqual({ kind: 'unauthorized', retry: { when: 'never' } });
    expect(say).toContain('SLACK_BOT_TOKEN');
    expect(say).not.toContain('SLACK_APP_TOKEN');
  });

  it('say which is wrong: the app’s', async () => {
    const { kind, say } = await refusal({ appToken: wrong('xapp') });
    expect(kind).toBe('unauthorized');
    expect(say).toContain('SLACK_APP_TOKEN');
    expect(say).not.toContain('SLACK_BOT_TOKEN');
  });

  it('say which is wrong: both', async () => {
    const { say } = await refusal({ botToken: wrong('xoxb'), appToken: wrong('xapp') });
    expect(say).toContain('SLACK_BOT_TOKEN');
    expect(say).toContain('SLACK_APP_TOKEN');
  });

  it('that were swapped are told from good ones', async () => {
    const slack = await openSlack();
    const adapter = adapterFor(slack, [], { appToken: new Secret(slack.tokens.bot) });
    await expect(adapter.start(createCore(), new AbortController().signal)).rejects.toMatchObject({
      problem: { kind: 'forbidden', retry: { when: 'never' } },
    });
  });

  it('that lack a permission nothing works without stop the start, and say which', async () => {
    const { kind, say } = await refusal({}, { scopes: ['chat:write', 'im:history'] });
    expect(kind).toBe('forbidden');
    expect(say).toContain('users:read');
    expect(say).toContain('manifest.yml');
  });

  it('that lack another permission only leave a word in the log', async () => {
    const slack = await openSlack({ scopes: ['chat:write', 'users:read'] });
    const log: string[] = [];
    const adapter = adapterFor(slack, log);
    await adapter.start(createCore(), new AbortController().signal);
    expect(log.find((line) => line.includes('lacks permissions'))).toContain('reactions:write');
  });

  it('revoked while running end in a clear state, once', async () => {
    const { slack, adapter, core, channel } = await stage();
    slack.tokens.state.bot = 'token_revoked';
    for (const key of ['a', 'b']) {
      const opening = adapter.open(place(slack, channel), rendered(adapter, 'x'), key, null);
      await expect(opening).rejects.toMatchObject({ problem: { kind: 'unauthorized' } });
    }
    const fatal = core.states.filter((one) => one.state === 'fatal');
    expect(fatal).toHaveLength(1);
    expect(fatal[0]?.why).toContain('SLACK_BOT_TOKEN');
  });

  it('taken away with the app are noticed by Slack’s own word', async () => {
    const { slack, core } = await stage();
    slack.people.uninstall();
    await slack.watch.until(() => slack.deliveries.filter((one) => one.ackedAt).length >= 2);
    expect(core.states.at(-1)).toMatchObject({ state: 'fatal', why: expect.stringContaining('removed') });
  });
});

describe('doctor', () => {
  async function findings(options: Parameters<typeof adapterFor>[2], server: Parameters<typeof openSlack>[0] = {}) {
    const slack = await openSlack(server);
    const found = [];
    for await (const finding of adapterFor(slack, [], options).probe()) found.push(finding);
    return Object.fromEntries(found.map((one) => [one.what, one]));
  }

  it('finds all well', async () => {
    expect(Object.values(await findings({})).map((one) => one.state)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('finds each wrong token and how to mend it', async () => {
    const found = await findings({ botToken: wrong('xoxb'), appToken: wrong('xapp') });
    expect(found['Slack bot token']).toMatchObject({ state: 'fail', mend: expect.stringContaining('SLACK_BOT_TOKEN') });
    expect(found['Slack app token']).toMatchObject({ state: 'fail', mend: expect.stringContaining('SLACK_APP_TOKEN') });
  });

  it('names missing permissions with what they are for', async () => {
    const found = await findings({}, { scopes: ['chat:write', 'users:read'] });
    expect(found['Slack permissions']).toMatchObject({
      state: 'warn',
      fact: expect.stringContaining('files:read (read files'),
    });
  });

  it('sees a clock that is wrong', async () => {
    const clock = { now: () => Date.now() + 600_000, after: () => () => undefined };
    expect((await findings({ clock })).clock).toMatchObject({ state: 'fail', mend: expect.stringContaining('NTP') });
  });

  it('sees a signing secret that cannot be one, and a good one', async () => {
    const http = { appToken: null, signingSecret: new Secret('not it') };
    expect((await findings(http))['Slack signing secret']?.state).toBe('warn');
    const good = { appToken: null, signingSecret: new Secret('0123456789abcdef0123456789abcdef') };
    expect((await findings(good))['Slack mode']?.state).toBe('ok');
  });

  it('says that Slack cannot be reached', async () => {
    const found = await findings({ apiUrl: 'http://127.0.0.1:9/api' });
    expect(found['Slack bot token']).toMatchObject({
      state: 'fail',
      fact: expect.stringContaining('cannot be reached'),
    });
  });
});
