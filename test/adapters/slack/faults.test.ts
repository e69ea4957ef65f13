import { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clientOptions, createApi } from '../../../adapters/slack/api.ts';
import { failureOf } from '../../../adapters/slack/errors.ts';
import type { ProblemKind } from '../../../src/chat/errors.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { Secret } from '../../../src/chat/secret.ts';
import type { Fault } from '../../servers/slack/faults.ts';
import { place, rendered, type Stage, stage } from './stage.ts';

async function problem(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error(`no failure but ${String(error)}`);
  return error.problem;
}

/** Everything the adapter does that calls Slack, by the method it calls. */
const calls: Record<string, (set: Stage, ts: string) => Promise<unknown>> = {
  'chat.postMessage': ({ adapter, slack, channel }) =>
    adapter.open(place(slack, channel), rendered(adapter, 'x'), 'k', null),
  'chat.update': async ({ adapter, slack, channel }) => {
    const surface = await adapter.open(place(slack, channel), rendered(adapter, 'x'), 'k', null);
    await surface.put(rendered(adapter, 'y'), false);
  },
  'chat.delete': async ({ adapter, slack, channel }) => {
    const surface = await adapter.open(place(slack, channel), rendered(adapter, 'x'), 'k', null);
    await surface.remove();
  },
  'chat.postEphemeral': ({ adapter, slack, channel, ann }) =>
    adapter.tell(
      { platform: 'slack', team: slack.teamId, id: ann },
      place(slack, channel),
      { markdown: 'x', controls: null },
      null,
    ),
  'reactions.add': ({ adapter, slack, channel }, id) => adapter.react({ place: place(slack, channel), id }, '👍', true),
  'reactions.remove': ({ adapter, slack, channel }, id) =>
    adapter.react({ place: place(slack, channel), id }, '👍', false),
  'conversations.history': ({ adapter, slack, channel }) =>
    adapter.history(place(slack, channel), { before: null, after: null }, 5),
  'conversations.replies': ({ adapter, slack, channel }, ts) =>
    adapter.history(place(slack, channel, ts), { before: null, after: null }, 5),
  'assistant.threads.setStatus': async ({ adapter, slack, channel }, ts) =>
    adapter.busy?.(place(slack, channel, ts), 'x'),
  'agents.sessions.rename': async ({ adapter, slack, channel }, ts) =>
    adapter.title?.(place(slack, channel, ts), 'x', 'model'),
  'files.getUploadURLExternal': ({ adapter, slack, channel }) =>
    adapter.upload(place(slack, channel), { name: 'a', type: 'text/plain', bytes: new Uint8Array(3), alt: null }, 'k'),
  'files.completeUploadExternal': ({ adapter, slack, channel }) =>
    adapter.upload(place(slack, channel), { name: 'a', type: 'text/plain', bytes: new Uint8Array(3), alt: null }, 'k'),
  'views.open': ({ adapter, slack, channel, ann }) =>
    adapter.openForm?.(
      {
        ...{ platform: 'slack', id: 't', place: place(slack, channel), private: false, expiresAt: Date.now() + 1_000 },
        ...{
          user: { platform: 'slack', team: slack.teamId, id: ann },
          token: new Secret('{"trigger":"t","url":null}'),
        },
      },
      { id: 'f', title: '/ask', intro: null, submit: 'Send', fields: [], errors: {} },
    ) ?? Promise.resolve(),
};

describe('each call of Slack’s', () => {
  const faults: [string, Fault, ProblemKind][] = [
    ['a 429', { do: '429', retryAfter: 7 }, 'busy'],
    ['a 200 that says ratelimited', { do: 'ratelimited' }, 'busy'],
    ['a 503', { do: 'status', status: 503 }, 'unreachable'],
    ['a connection that breaks', { do: 'reset' }, 'unreachable'],
    ['a missing permission', { do: 'error', error: 'missing_scope' }, 'forbidden'],
  ];
  for (const [name, fault, kind] of faults) {
    it(`makes one failure of ${name}, at once and without a second try`, async () => {
      const set = await stage({ server: { rates: false, agent: true } });
      const { ts } = set.slack.people.say(set.ann, set.channel, 'x');
      for (const [method, call] of Object.entries(calls)) {
        const before = set.slack.calls.filter((one) => one.method === method).length;
        set.slack.faults.next(method, fault);
        // Some calls have another way to do the same, or are best effort.
        const softly = kind === 'forbidden' && ['agents.sessions.rename', 'chat.postEphemeral'].includes(method);
        if (softly) await call(set, ts);
        else {
          const failed = await problem(call(set, ts));
          expect([method, failed.kind]).toEqual([method, kind]);
          if (fault.do === '429') expect(failed.retry).toEqual({ when: 'after', ms: 7_000 });
        }
        expect(set.slack.calls.filter((one) => one.method === method).length - before).toBe(1);
        set.slack.faults.clear();
      }
    });
  }

  it('does not hold up others when it is refused', async () => {
    const set = await stage();
    set.slack.faults.next('chat.update', { do: '429', retryAfter: 30 });
    const surface = await set.adapter.open(place(set.slack, set.channel), rendered(set.adapter, 'x'), 'k', null);
    const [refused, posted] = await Promise.allSettled([
      surface.put(rendered(set.adapter, 'y'), false),
      set.adapter.open(place(set.slack, set.channel), rendered(set.adapter, 'z'), 'k2', null),
    ]);
    expect([refused.status, posted.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('answers that meet trouble', () => {
  async function begun() {
    const set = await stage();
    const question = set.slack.people.say(set.ann, set.channel, 'x');
    const where = place(set.slack, set.channel, question.ts);
    const surface = await set.adapter.open(where, rendered(set.adapter, 'one'), 'k', null);
    return { ...set, where, surface };
  }

  it('say that the channel was archived', async () => {
    const { slack, adapter, channel, surface, where } = await begun();
    slack.people.archive(channel);
    expect((await problem(surface.put(rendered(adapter, 'two'), true))).kind).toBe('closed');
    expect((await problem(adapter.open(where, rendered(adapter, 'x'), 'k2', null))).kind).toBe('closed');
  });

  it('say that the bot was put out of a channel', async () => {
    const { slack, adapter, channel, where } = await begun();
    slack.people.kick(channel);
    const failed = await problem(adapter.open(where, rendered(adapter, 'x'), 'k2', null));
    expect(failed).toMatchObject({ kind: 'closed', detail: expect.stringContaining('not_in_channel') });
  });

  it('say that their message was deleted', async () => {
    const { slack, adapter, channel, surface } = await begun();
    slack.people.remove(await slack.watch.answer(channel));
    expect((await problem(surface.put(rendered(adapter, 'two'), true))).kind).toBe('gone');
  });

  it.each(['msg_too_long', 'msg_blocks_too_long'])('say that they are too large (%s)', async (error) => {
    const { slack, adapter, surface } = await begun();
    slack.faults.next('chat.update', { do: 'error', error });
    expect((await problem(surface.put(rendered(adapter, 'two'), true))).kind).toBe('too-large');
  });

  it('can be put anew when Slack no longer lets them be edited', async () => {
    const { slack, adapter, surface } = await begun();
    slack.faults.next('chat.update', { do: 'error', error: 'edit_window_closed' });
    expect((await problem(surface.put(rendered(adapter, 'two'), true))).kind).toBe('expired');
  });

  it('reach the asker directly where they may not be shown', async () => {
    const { slack, adapter, channel, ann, where } = await begun();
    slack.people.kick(channel);
    const user = { platform: 'slack', team: slack.teamId, id: ann };
    expect(await adapter.tell(user, where, { markdown: 'Sorry.', controls: null }, null)).toBe('private');
    await slack.watch.answer(slack.people.dm(ann).id, (_message, seen) => seen === 'Sorry.');
  });

  it('never repeat a post whose answer was lost: it is found instead', async () => {
    const { slack, adapter, channel, where } = await begun();
    slack.faults.next('chat.postMessage', { do: 'lost' });
    const failed = await problem(adapter.open(where, rendered(adapter, 'unsure'), 'k9', null));
    expect(failed).toMatchObject({ kind: 'unreachable', retry: { when: 'later' } });
    expect(await adapter.find(where, 'k9', null)).not.toBeNull();
    const said = slack.world.channels.get(channel)?.messages.filter((one) => one.via === 'chat.postMessage');
    expect(said).toHaveLength(2);
  });
});

describe('the client', () => {
  it('has options of its own each time, since the SDK writes into them', () => {
    const one = clientOptions('http://x/', quietLog);
    expect(clientOptions('http://x/', quietLog)).not.toBe(one);
    expect(one).toMatchObject({ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 15_000 });
    expect(one).not.toHaveProperty('headers');
  });

  it('tells a call that took too long from one that found nobody', () => {
    const late = new webApi.WebAPIRequestError(new DOMException('late', 'TimeoutError'));
    expect(failureOf(late, 'x').problem).toMatchObject({ kind: 'timeout', retry: { when: 'later' } });
    expect(failureOf(new webApi.WebAPIRequestError(new TypeError('refused')), 'x').problem.kind).toBe('unreachable');
  });

  it('tells why nobody was reached', async () => {
    const set = await stage();
    set.slack.faults.next('api.test', { do: 'reset' });
    const api = createApi({
      token: new Secret('xoxb'),
      base: set.slack.apiUrl,
      log: quietLog,
      refused: () => undefined,
    });
    const { detail } = await problem(api.call('api.test', {}, anything));
    expect(detail).toMatch(/^slack: api\.test: (ECONNRESET|UND_ERR_SOCKET)$/);
  });

  it('gives up on a server that answers with a page', async () => {
    const set = await stage();
    set.slack.faults.next('api.test', { do: 'status', status: 404 });
    const api = createApi({
      token: new Secret('xoxb'),
      base: set.slack.apiUrl,
      log: quietLog,
      refused: () => undefined,
    });
    expect((await problem(api.call('api.test', {}, anything))).kind).toBe('malformed');
  });
});

const quietLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const anything = z.unknown();
