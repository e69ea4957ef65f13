import { expect, test } from 'vitest';
import { Failure, type Problem } from '../../../src/chat/errors.ts';
import { createTestClock } from '../../clock.ts';
import { stillClock } from '../../servers/discord-tests/stage.ts';
import { mention, part, placeOf, refOf, rendered, scene } from './stage.ts';

// What Discord refuses, call by call: never repeated by the library, never waited for, told in the port's words.

async function refusal(work: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown.problem;
}

const CREATE = 'POST /channels/:channel/messages';

test('a limit of a channel is told with its scope’s time, and not waited for', async () => {
  const { adapter, channel, server } = await scene({ server: { limits: { create: { limit: 2, perMs: 60_000 } } } });
  const place = placeOf(channel);
  await adapter.open(place, rendered(adapter, 'a'), 'k1', null);
  await adapter.open(place, rendered(adapter, 'b'), 'k2', null);
  const problem = await refusal(adapter.open(place, rendered(adapter, 'c'), 'k3', null));
  expect(problem).toMatchObject({ kind: 'busy', retry: { when: 'after', ms: expect.any(Number) } });
  if (problem.retry.when === 'after') expect(problem.retry.ms).toBeLessThanOrEqual(60_100);
  expect(server.world.messagesIn(channel.id)).toHaveLength(2);
});

test.each(['user', 'shared', 'global'] as const)('a 429 of scope %s is busy for as long as it says', async (scope) => {
  const { adapter, channel, server } = await scene();
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k1', null);
  server.faults.add({
    on: 'PATCH /channels/:channel/messages/:message',
    effect: { do: '429', scope, retryAfterMs: 4_000 },
  });
  const problem = await refusal(surface.put(rendered(adapter, 'b'), false));
  expect(problem.kind).toBe('busy');
  if (problem.retry.when === 'after') expect(Math.abs(problem.retry.ms - 4_000)).toBeLessThan(200);
  expect(server.rest.calls.filter((one) => one.method === 'PATCH')).toHaveLength(1);
});

test('all messages of a channel share the edit budget, and headers teach it', async () => {
  const { adapter, channel, host } = await scene();
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k1', null);
  expect(surface.scopes('grow')).toEqual([`message.edit:${channel.id}`, 'global']);
  expect(adapter.openScopes(placeOf(channel))).toEqual([`message.create:${channel.id}`, 'global']);
  await surface.put(rendered(adapter, 'b'), false);
  expect(host.budgets).toEqual([
    { scope: `message.create:${channel.id}`, left: 4, resetMs: expect.any(Number) },
    { scope: `message.edit:${channel.id}`, left: 4, resetMs: expect.any(Number) },
  ]);
});

test('an edit of a message over an hour old pays a budget of its own, and its refusal is busy', async () => {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const { adapter, channel } = await scene({
    server: { clock, limits: { oldEdit: { limit: 1, perMs: 20_000 } } },
    adapter: { clock: local },
  });
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k1', null);
  clock.advance(3_700_000);
  await local.advance(3_700_000);
  const again = await adapter.reopen(surface.ref);
  if (typeof again === 'string') throw new Error(again);
  expect(again.scopes('grow')[0]).toBe(`message.edit-old:${channel.id}`);
  await again.put(rendered(adapter, 'b'), false);
  expect(await refusal(again.put(rendered(adapter, 'c'), false))).toMatchObject({ kind: 'busy' });
});

test('a rename over the limit is refused at once instead of waited for, ten minutes long', async () => {
  const { adapter, ann, channel, server } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  const place = await adapter.thread(refOf(channel, said), 'one');
  await adapter.title?.(place, 'two', 'model');
  await adapter.title?.(place, 'three', 'model');
  const problem = await refusal(adapter.title?.(place, 'four', 'model') ?? Promise.resolve());
  expect(problem.kind).toBe('busy');
  if (problem.retry.when === 'after') expect(problem.retry.ms).toBeGreaterThan(60_000);
  const answer = await adapter.open(place, rendered(adapter, 'still works'), 'k', null);
  expect(answer.ref.id).toBeTruthy();
});

test('a 5xx after the message was posted makes no second one, by nonce and by looking', async () => {
  const { adapter, ann, channel, server } = await scene();
  const question = server.people.say(ann, channel, 'hello');
  for (const effect of [
    { do: 'status', status: 502, after: true },
    { do: 'reset', after: true },
  ] as const) {
    server.faults.add({ on: CREATE, effect });
    const key = `key-${effect.do}`;
    const before = server.rest.calls.length;
    expect((await refusal(adapter.open(placeOf(channel), rendered(adapter, 'early'), key, null))).kind).toBe(
      'unreachable',
    );
    expect(server.rest.calls.length - before).toBe(1);
    const found = await adapter.find(placeOf(channel), key, refOf(channel, question));
    const again = await adapter.open(placeOf(channel), rendered(adapter, 'later text'), key, null);
    expect(found?.id).toBe(again.ref.id);
    const shown = server.world.messagesIn(channel.id).filter((one) => one.nonce === key);
    expect(shown.map((one) => one.content)).toEqual(['later text']);
  }
});

test('a call without an answer times out', async () => {
  const { adapter, channel, server } = await scene({ adapter: { timeoutMs: 300 } });
  server.faults.add({ on: CREATE, effect: { do: 'hang' } });
  expect(await refusal(adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k', null))).toMatchObject({
    kind: 'timeout',
    retry: { when: 'later' },
  });
});

test('missing permissions are told per action, in words for the person', async () => {
  const { adapter, ann, channel, server } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  server.people.forbid(channel, 'AddReactions');
  expect((await refusal(adapter.react(refOf(channel, said), '👍', true))).kind).toBe('forbidden');
  server.people.forbid(channel, 'SendMessages');
  expect((await refusal(adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k', null))).kind).toBe('forbidden');
  server.people.forbid(channel, 'ViewChannel');
  const problem = await refusal(adapter.open(placeOf(channel), rendered(adapter, 'a'), 'k', null));
  expect(problem).toMatchObject({ kind: 'forbidden', say: expect.stringContaining('see that channel') });
});

test('where it may not make threads, it answers in place', async () => {
  const set = await scene();
  const { adapter, host, ann, channel, server } = set;
  const before = server.people.say(ann, channel, mention(set, 'first'));
  const first = await host.event('message');
  server.people.forbid(channel, 'CreatePublicThreads');
  // Foretold with the permission, made without it.
  expect(await adapter.thread(refOf(channel, before), 'x')).toEqual(placeOf(channel));
  expect(first.conversation.thread).toBe(before.id);
  await expect
    .poll(async () => {
      const said = server.people.say(ann, channel, mention(set, 'second'));
      return (await host.event('message', (one) => one.message.ref.id === said.id)).conversation;
    })
    .toEqual(placeOf(channel));
});

test('an archived thread is opened again for an edit; a locked one is closed', async () => {
  const { adapter, ann, channel, server } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  const place = await adapter.thread(refOf(channel, said), 'talk');
  const surface = await adapter.open(place, rendered(adapter, 'a'), 'k', null);
  const thread = server.world.channels.get(said.id);
  if (!thread) throw new Error('no thread');
  server.people.change(thread, { archived: true });
  await surface.put(rendered(adapter, 'b'), true);
  expect(server.world.messages.get(surface.ref.id)?.content).toBe('b');
  server.people.change(thread, { locked: true, archived: true });
  expect((await refusal(surface.put(rendered(adapter, 'c'), true))).kind).toBe('closed');
  expect((await refusal(adapter.open(place, rendered(adapter, 'd'), 'k2', null))).kind).toBe('closed');
});

test('a deleted thread is closed, a deleted message gone', async () => {
  const { adapter, ann, channel, server } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  const place = await adapter.thread(refOf(channel, said), 'talk');
  const surface = await adapter.open(place, rendered(adapter, 'a'), 'k', null);
  const message = server.world.messages.get(surface.ref.id);
  const thread = server.world.channels.get(said.id);
  if (!message || !thread) throw new Error('not there');
  server.people.delete(message);
  expect((await refusal(surface.put(rendered(adapter, 'b'), false))).kind).toBe('gone');
  await surface.remove();
  const second = await adapter.open(place, rendered(adapter, 'a'), 'k2', null);
  server.people.deleteChannel(thread);
  expect((await refusal(second.put(rendered(adapter, 'b'), false))).kind).toBe('closed');
  await second.remove();
});

test('as many active threads as Discord allows: it answers in place', async () => {
  const { adapter, ann, channel, server } = await scene();
  server.world.activeThreads = 0;
  const said = server.people.say(ann, channel, 'hello');
  expect(await adapter.thread(refOf(channel, said), 'talk')).toEqual(placeOf(channel));
});

test('a text that is too long is too large, not merely invalid', async () => {
  const { adapter, channel } = await scene();
  const long = rendered(adapter, 'x'.repeat(2_001));
  expect(long.size).toBeGreaterThan(long.max);
  expect((await refusal(adapter.open(placeOf(channel), long, 'k', null))).kind).toBe('too-large');
});

test('links do not unfold, nothing pings, in posts and in edits', async () => {
  const { adapter, ann, channel, server } = await scene();
  const text = `@everyone @here <@${ann.id}> https://example.org`;
  const surface = await adapter.open(placeOf(channel), rendered(adapter, text), 'k', null);
  await surface.put(rendered(adapter, `${text} again`), true);
  expect(server.pings).toEqual([]);
  const bodies = server.rest.calls
    .filter((one) => one.route.startsWith('/channels/:channel/messages'))
    .map((one) => one.body);
  expect(bodies).toHaveLength(2);
  for (const body of bodies) expect(body).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
});

test('typing is renewed every eight seconds and stops when told, or when the answer begins', async () => {
  const clock = createTestClock();
  const { adapter, channel, server } = await scene({ adapter: { clock } });
  const typed = () => server.rest.calls.filter((one) => one.route === '/channels/:channel/typing').length;
  const place = placeOf(channel);
  await adapter.busy?.(place, 'thinking');
  await server.until('typing', () => typed() === 1);
  await adapter.busy?.(place, 'still thinking');
  await clock.advance(8_000);
  await server.until('typing again', () => typed() === 2);
  await adapter.busy?.(place, null);
  await clock.advance(60_000);
  expect(typed()).toBe(2);
  await adapter.busy?.(place, 'thinking');
  await server.until('typing once more', () => typed() === 3);
  await adapter.open(place, rendered(adapter, 'a'), 'k', null);
  await clock.advance(60_000);
  expect(typed()).toBe(3);
});

test('a title does not replace one that a person gave, also while Parley was away', async () => {
  const { adapter, ann, channel, server } = await scene();
  const said = server.people.say(ann, channel, 'hello');
  const place = await adapter.thread(refOf(channel, said), 'placeholder');
  const thread = server.world.channels.get(said.id);
  if (!thread) throw new Error('no thread');
  server.people.change(thread, { name: 'Ann’s own' });
  await expect
    .poll(async () => {
      await adapter.title?.(place, 'The model’s', 'model');
      return thread.name;
    })
    .toBe('Ann’s own');
  const theirs = server.people.thread(ann, channel, 'A thread of Ann’s');
  await adapter.title?.(placeOf(channel, theirs.id), 'The model’s', 'model');
  expect(theirs.name).toBe('A thread of Ann’s');
});

test('by option threads are private: the asker is added, and a second attempt finds the first', async () => {
  const set = await scene({ adapter: { privateThreads: true } });
  const { adapter, ann, channel, guild, server } = set;
  const role = [...guild.roles.values()].find((one) => one.name === 'parley');
  expect(role).toBeDefined();
  const said = server.people.say(ann, channel, mention(set, 'hush'));
  const place = await adapter.thread(refOf(channel, said), 'hush');
  expect(place).toMatchObject({ kind: 'private', channel: channel.id });
  const thread = server.world.channels.get(place.thread ?? '');
  expect(thread?.type).toBe(12);
  expect(thread?.thread?.members.has(ann.id)).toBe(true);
  expect(await adapter.thread(refOf(channel, said), 'hush')).toEqual(place);
});

test('sources, status and thinking stand small beside the text', async () => {
  const { adapter } = await scene();
  const whole = part('Answer [1].', {
    note: { title: 'Thought for 5 s', markdown: 'Hm.' },
    sources: [
      { number: 1, name: 'Handbook.pdf', url: 'https://example.org/h' },
      { number: 2, name: '@everyone', url: null },
    ],
  });
  const { payload } = adapter.render(whole, { live: false, controls: null });
  expect(payload).toMatchObject({
    content: [
      '-# Thought for 5 s',
      'Answer [1].',
      '-# [1] [Handbook․pdf](<https://example.org/h>)',
      '-# [2] @\u200beveryone',
    ].join('\n'),
  });
  const waiting = adapter.render(part('', { status: 'Looking it up…' }), { live: true, controls: null });
  expect(waiting.payload).toMatchObject({ content: '-# Looking it up…' });
});
