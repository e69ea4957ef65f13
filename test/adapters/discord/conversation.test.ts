import { expect, test } from 'vitest';
import { mention, placeOf, refOf, rendered, scene } from './stage.ts';

test('a mention comes in with its name taken off, its thread foretold, its key the message’s', async () => {
  const set = await scene();
  const { host, server, ann, channel } = set;
  const said = server.people.say(ann, channel, mention(set, 'why is the sky blue?'));
  const event = await host.event('message');
  expect(event.message.text).toBe('why is the sky blue?');
  expect(event.message.author).toMatchObject({ name: 'Ann', bot: false });
  expect(event.addressed).toBe('mention');
  expect(event.conversation).toEqual(placeOf(channel, said.id));
  expect(event.key).toContain(said.id);
});

test('an answer in a thread: made, opened, edited, named, reacted to, typed in; nothing is refused', async () => {
  const set = await scene();
  const { adapter, host, server, ann, channel } = set;
  const said = server.people.say(ann, channel, mention(set, 'hello'));
  const event = await host.event('message');
  const place = await adapter.thread(event.message.ref, 'hello');
  expect(place).toEqual(event.conversation);
  expect(await adapter.thread(event.message.ref, 'hello')).toEqual(place);
  await adapter.busy?.(place, 'thinking');
  const surface = await adapter.open(place, rendered(adapter, 'one'), 'key-1', null);
  await surface.put(rendered(adapter, 'one two'), false);
  await adapter.busy?.(place, null);
  await adapter.react(refOf(channel, said), '🌈', true);
  await adapter.title?.(place, 'A greeting', 'model');
  const thread = server.world.channels.get(said.id);
  expect(thread).toMatchObject({ name: 'A greeting', type: 11 });
  const [answer] = server.world.messagesIn(said.id).filter((one) => one.content !== '' && one.type === 0);
  expect(answer?.history.map((one) => one.content)).toEqual(['one', 'one two']);
  expect([...said.reactions.keys()]).toEqual(['🌈']);
  expect(server.rest.calls.filter((one) => one.status >= 400).map((one) => one.code)).toEqual([160004]);
  expect(server.pings).toEqual([]);
});
