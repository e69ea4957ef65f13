import { expect, test } from 'vitest';
import type { Answer } from '../../../src/chat/adapter.ts';
import { Failure } from '../../../src/chat/errors.ts';
import { createTestClock } from '../../clock.ts';
import { stillClock } from '../../servers/discord-tests/stage.ts';
import { adapterFor, noted, placeOf, rendered, say, scene } from './stage.ts';

test('a slow answer is deferred by itself, as private as the command, and comes then', async () => {
  const clock = createTestClock();
  const { host, server, ann, channel } = await scene({ publish: true, adapter: { clock } });
  const late = Promise.withResolvers<Answer>();
  host.answer = () => late.promise;
  const asked = server.acts.run(ann, channel, 'status');
  await host.event('command');
  await clock.advance(1_500);
  expect(await asked.acknowledged()).toBe(5);
  late.resolve(say('It took a while.'));
  expect((await asked.ephemeral()).content).toBe('It took a while.');
});

test('a slow answer that turns out to be private is not shown to all', async () => {
  const clock = createTestClock();
  const { host, server, ann, channel } = await scene({ publish: true, adapter: { clock } });
  host.private = false;
  const late = Promise.withResolvers<Answer>();
  host.answer = () => late.promise;
  const asked = server.acts.run(ann, channel, 'ask', { text: 'x' });
  await host.event('command');
  await clock.advance(1_500);
  await asked.acknowledged();
  late.resolve(say('For you alone.'));
  expect((await asked.ephemeral()).content).toBe('For you alone.');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
});

test('the answer to a deferred command fills its message, goes on by the bot’s token, and outlives the interaction’s', async () => {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const set = await scene({ publish: true, server: { clock }, adapter: { clock: local } });
  const { adapter, host, server, ann, channel } = set;
  host.private = false;
  host.answer = () => ({ do: 'work', private: false });
  const asked = server.acts.run(ann, channel, 'ask', { text: 'why?' });
  const { trigger } = await host.event('command');
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'Because'), 'k', trigger);
  expect(surface).toMatchObject({ diesAt: null, ref: { via: null } });
  clock.advance(16 * 60_000);
  await local.advance(16 * 60_000);
  await surface.put(rendered(adapter, 'Because of this.'), true);
  expect((await asked.reply()).content).toBe('Because of this.');
  const expired = await adapter
    .open(placeOf(channel), rendered(adapter, 'x'), 'k2', trigger)
    .catch((error: unknown) => error);
  expect(expired).toBeInstanceOf(Failure);
  expect(expired instanceof Failure && expired.problem.kind).toBe('expired');
});

test('a private answer lives as long as its token, in the same message, over a restart', async () => {
  const clock = stillClock();
  const local = createTestClock(clock.now());
  const { adapter, host, server, ann, channel } = await scene({
    publish: true,
    server: { clock },
    adapter: { clock: local },
  });
  host.answer = () => ({ do: 'work', private: true });
  const asked = server.acts.run(ann, channel, 'status');
  const { trigger } = await host.event('command');
  const surface = await adapter.open(placeOf(channel), rendered(adapter, 'One'), 'k', trigger);
  expect(surface.diesAt).toBe(trigger.expiresAt);
  expect(surface.scopes('grow')).toEqual([`interaction:${trigger.id}`]);
  await surface.put(rendered(adapter, 'One two'), false);
  await adapter.stop();
  const second = adapterFor(server, { clock: local });
  await second.start(noted(), new AbortController().signal);
  const again = await second.reopen(surface.ref);
  if (typeof again === 'string') throw new Error(again);
  await again.put(rendered(second, 'One two three'), true);
  expect((await asked.ephemeral()).content).toBe('One two three');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
  await local.advance(16 * 60_000);
  expect(await second.reopen(surface.ref)).toBe('post-anew');
});

test('an answer that waits for its text is filled once, over a restart too', async () => {
  const { adapter, host, server, ann, channel } = await scene({ publish: true });
  host.private = false;
  host.answer = () => ({ do: 'work', private: false });
  const asked = server.acts.run(ann, channel, 'ask', { text: 'why?' });
  const { trigger } = await host.event('command');
  await asked.acknowledged();
  await adapter.stop();
  for (let run = 0; run < 2; run += 1) {
    const next = adapterFor(server);
    await next.start(noted(), new AbortController().signal);
    await next.open(placeOf(channel), rendered(next, 'Ann asked: why?'), 'k', trigger);
    await next.stop();
  }
  expect(asked.messages().map((one) => one.content)).toEqual(['Ann asked: why?']);
});

test('an interaction that is too late goes another way: private words by direct message', async () => {
  const clock = stillClock();
  const { host, server, ann, channel, logged } = await scene({ publish: true, server: { clock } });
  host.answer = () => {
    clock.advance(3_001);
    return say('Here you are.');
  };
  server.acts.run(ann, channel, 'status');
  const told = await server.message(server.people.direct(ann));
  expect(told.content).toBe('Here you are.');
  expect(logged.join()).toContain('10062');
});

test('a second acknowledgement is no harm: the answer goes on through the token', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  // The first answer arrives, its reply is lost; the second is refused as a repeat.
  server.faults.add({
    on: 'POST /interactions/:interaction/:token/callback',
    effect: { do: 'status', status: 502, after: true },
  });
  host.answer = () => say('Once.');
  const asked = server.acts.run(ann, channel, 'status');
  expect((await asked.ephemeral()).content).toBe('Once.');
  await server.until('the repeat', () => server.rest.calls.some((one) => one.code === 40060));
  expect(asked.messages()).toHaveLength(1);
});

test('what cannot be taken in is said, and not left without an answer', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => {
    throw new Error('the store is down');
  };
  const asked = server.acts.run(ann, channel, 'status');
  expect((await asked.ephemeral()).content).toContain('try again');
});

test('words that are too long for one message come in several', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => say(Array.from({ length: 120 }, (_, at) => `- line ${at} of a long list of things`).join('\n'));
  const asked = server.acts.run(ann, channel, 'status');
  await server.until('all of it', () => asked.messages().some((one) => one.content.includes('line 119')));
  expect(asked.messages().every((one) => one.content.length <= 2_000 && one.ephemeralFor === ann.id)).toBe(true);
  expect(
    asked
      .messages()
      .map((one) => one.content)
      .join('\n'),
  ).toContain('line 60 of');
});
