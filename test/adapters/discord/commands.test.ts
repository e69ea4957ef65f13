import { expect, test } from 'vitest';
import { choices, say, scene } from './stage.ts';

test('a command comes in with its options, and a quick word goes back to the asker alone', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.answer = () => say('Only you see this.');
  const asked = server.acts.run(ann, channel, 'model', { name: 'llama' });
  const event = await host.event('command');
  expect(event).toMatchObject({
    name: 'model',
    options: { name: 'llama' },
    text: '',
    target: null,
    author: { name: 'Ann', locale: 'en-US' },
  });
  expect(event.key).toContain(asked.interaction.id);
  expect((await asked.ephemeral()).content).toBe('Only you see this.');
});

test('26 suggestions, long and double ones, are brought within what Discord takes', async () => {
  const { host, server, ann, channel } = await scene({ publish: true });
  host.choices = [
    ...choices(20),
    { label: 'x'.repeat(150), value: 'long', hint: null },
    { label: 'Choice 1', value: 'double', hint: null },
    { label: 'too long a value', value: 'v'.repeat(101), hint: null },
    ...choices(30)
      .slice(20)
      .map((one) => ({ ...one, hint: 'a hint' })),
  ];
  const suggested = await server.acts.suggest(ann, channel, 'model', { name: 'ch' }, 'name').choices();
  expect(suggested).toHaveLength(25);
  expect(host.suggested[0]).toMatchObject({ command: 'model', option: 'name', typed: 'ch' });
});

test('the context menu hands over the whole message', async () => {
  const { host, server, ann, bob, channel } = await scene({ publish: true });
  const target = server.people.say(bob, channel, 'a long story', { files: [{ name: 'a.txt', bytes: 'x' }] });
  server.acts.menu(ann, target, 'Ask about this');
  expect(await host.event('command')).toMatchObject({
    name: 'ask',
    target: { text: 'a long story', author: { name: 'Bob' }, files: [{ name: 'a.txt' }] },
  });
});

test('a private command works for people who installed the app, where it is no member', async () => {
  const { host, server, ann, bob } = await scene({ publish: true });
  const elsewhere = server.people.guild('Elsewhere', bob);
  server.people.join(elsewhere, ann);
  const channel = server.people.channel(elsewhere, 'far-away');
  host.answer = () => say('Even here.');
  const asked = server.acts.run(ann, channel, 'status');
  expect(asked.interaction.userInstalled).toBe(true);
  expect((await asked.ephemeral()).content).toBe('Even here.');
  const private_ = server.people.private(ann, bob);
  expect((await server.acts.run(ann, private_, 'status').ephemeral()).content).toBe('Even here.');
  expect(() => server.acts.run(ann, channel, 'ask', { text: 'x' })).toThrow('cannot be installed');
});
