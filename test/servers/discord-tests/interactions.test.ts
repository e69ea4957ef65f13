import { expect, test } from 'vitest';
import type { Asked } from '../discord/asked.ts';
import type { DiscordOptions } from '../discord/server.ts';
import { request, stage, stillClock } from './stage.ts';

async function open(options: DiscordOptions = {}) {
  const clock = stillClock();
  const all = await stage({ clock, limits: { webhook: { limit: 100, perMs: 1 } }, ...options });
  const { server, ask, ann, channel } = all;
  const app = server.world.app.id;
  await ask('PUT', `/applications/${app}/commands`, [
    { name: 'ask', description: 'd', integration_types: [0, 1] },
    { name: 'find', description: 'd', options: [{ type: 3, name: 'q', description: 'd', autocomplete: true }] },
    { name: 'About', type: 3 },
  ]);
  const tokenless = (method: string, path: string, body?: unknown) => request(server, method, path, body, null);
  return {
    ...all,
    clock,
    run: () => server.acts.run(ann, channel, 'ask'),
    callback: ({ interaction }: Asked, type: number, data?: unknown) =>
      tokenless('POST', `/interactions/${interaction.id}/${interaction.token}/callback`, { type, data }),
    hook: (method: string, { interaction }: Asked, path: string, body?: unknown) =>
      tokenless(method, `/webhooks/${app}/${interaction.token}${path}`, body),
  };
}

test('an answer after three seconds is too late: 10062', async () => {
  const { run, callback, clock } = await open();
  const early = run();
  clock.advance(3000);
  expect((await callback(early, 5)).status).toBe(204);
  const late = run();
  clock.advance(3001);
  expect(late.failed).toBe(true);
  const refused = await callback(late, 5);
  expect([refused.status, refused.code]).toEqual([404, 10062]);
});

test('a second answer is refused with 40060', async () => {
  const { run, callback } = await open();
  const asked = run();
  await callback(asked, 4, { content: 'a' });
  expect((await callback(asked, 4, { content: 'b' })).code).toBe(40060);
});

test('a wrong token knows no interaction', async () => {
  const { run, server } = await open();
  const { interaction } = run();
  const refused = await request(server, 'POST', `/interactions/${interaction.id}/wrong/callback`, { type: 5 }, null);
  expect(refused.code).toBe(10062);
});

test('the token dies after 15 minutes: 401 with 50027', async () => {
  const { run, callback, hook, clock } = await open();
  const asked = run();
  await callback(asked, 5);
  clock.advance(15 * 60_000);
  expect((await hook('PATCH', asked, '/messages/@original', { content: 'just' })).status).toBe(200);
  clock.advance(1);
  const refused = await hook('PATCH', asked, '/messages/@original', { content: 'late' });
  expect([refused.status, refused.code]).toEqual([401, 50027]);
});

test('before the first answer there is no webhook: 10015', async () => {
  const { run, hook } = await open();
  expect((await hook('POST', run(), '', { content: 'x' })).code).toBe(10015);
});

test('the first follow-up of a deferred answer fills it, and stays as private as the defer', async () => {
  const { run, callback, hook } = await open();
  const asked = run();
  await callback(asked, 5, { flags: 64 });
  const first = await hook('POST', asked, '', { content: 'here' });
  expect(first.body).toMatchObject({ id: asked.interaction.originalId, flags: 64 });
  await hook('POST', asked, '', { content: 'more' });
  expect(asked.messages().map((one) => one.content)).toEqual(['here', 'more']);
});

test('ephemeral messages are unknown to the bot token and to the channel’s list', async () => {
  const { run, callback, ask, channel, hook } = await open();
  const asked = run();
  await callback(asked, 4, { content: 'hush', flags: 64 });
  const message = await asked.ephemeral();
  const path = `/channels/${channel.id}/messages/${message.id}`;
  expect((await ask('GET', path)).code).toBe(10008);
  expect((await ask('PATCH', path, { content: 'x' })).code).toBe(10008);
  expect((await ask('DELETE', path)).code).toBe(10008);
  expect((await ask('GET', `/channels/${channel.id}/messages`)).body).toEqual([]);
  expect((await hook('PATCH', asked, `/messages/${message.id}`, { content: 'y' })).status).toBe(200);
});

test('a form is only a first answer, never to a form', async () => {
  const { run, callback, server } = await open();
  const modal = {
    custom_id: 'm',
    title: 't',
    components: [{ type: 18, label: 'l', component: { type: 4, custom_id: 'a', style: 1, required: false } }],
  };
  const deferred = run();
  await callback(deferred, 5);
  expect((await callback(deferred, 9, modal)).code).toBe(40060);
  const asked = run();
  expect((await callback(asked, 9, modal)).status).toBe(204);
  const submitted = await server.acts.submit(asked, {});
  expect((await callback(submitted, 9, modal)).code).toBe(50035);
  expect((await callback(submitted, 7, { content: 'x' })).code).toBe(50035);
  expect((await callback(submitted, 4, { content: 'x' })).status).toBe(204);
});

const label = (id: string, component: object = {}) => ({
  type: 18,
  label: 'l',
  component: { type: 4, custom_id: id, style: 1, ...component },
});

test.each([
  ['a title of 46', { title: 'x'.repeat(46), components: [label('a')] }],
  ['six fields', { title: 't', components: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => label(id)) }],
  ['no field', { title: 't', components: [] }],
  ['a label of 46', { title: 't', components: [{ ...label('a'), label: 'x'.repeat(46) }] }],
  ['a custom_id twice', { title: 't', components: [label('a'), label('a')] }],
  [
    'a button',
    { title: 't', components: [{ type: 1, components: [{ type: 2, style: 1, label: 'x', custom_id: 'b' }] }] },
  ],
  ['a preset longer than its field', { title: 't', components: [label('a', { max_length: 2, value: 'abc' })] }],
  [
    'a radio group of one',
    {
      title: 't',
      components: [
        { type: 18, label: 'l', component: { type: 21, custom_id: 'r', options: [{ label: 'a', value: 'a' }] } },
      ],
    },
  ],
])('a form with %s is refused', async (_, modal) => {
  const { run, callback } = await open();
  expect((await callback(run(), 9, { custom_id: 'm', ...modal })).code).toBe(50035);
});

test('26 choices, a name of 101 and a second answer type are refused under an option', async () => {
  const { ann, channel, server, callback } = await open();
  const choices = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `n${at}`, value: 'v' }));
  const suggested = server.acts.suggest(ann, channel, 'find', { q: 'x' }, 'q');
  expect((await callback(suggested, 8, { choices: choices(26) })).code).toBe(50035);
  expect((await callback(suggested, 8, { choices: [{ name: 'x'.repeat(101), value: 'v' }] })).code).toBe(50035);
  expect((await callback(suggested, 8, { choices: [{ name: 'x', value: 'v'.repeat(101) }] })).code).toBe(50035);
  expect((await callback(suggested, 5)).code).toBe(50035);
  expect((await callback(suggested, 8, { choices: choices(25) })).status).toBe(204);
});

test('an option takes at most 6000 characters', async () => {
  const { ann, channel, server } = await open();
  expect(() => server.acts.run(ann, channel, 'find', { q: 'x'.repeat(6001) })).toThrow('6000');
  expect(server.acts.run(ann, channel, 'find', { q: 'x'.repeat(6000) }).interaction.type).toBe(2);
});

test('where the app is not a member it has five follow-ups', async () => {
  const { ann, bob, server, callback, hook } = await open();
  const elsewhere = server.people.guild('Elsewhere', bob);
  server.people.join(elsewhere, ann);
  const channel = server.people.channel(elsewhere, 'x');
  const asked = server.acts.run(ann, channel, 'ask');
  expect(asked.interaction.userInstalled).toBe(true);
  await callback(asked, 4, { content: 'first' });
  for (let at = 0; at < 5; at += 1) expect((await hook('POST', asked, '', { content: 'x' })).status).toBe(200);
  expect((await hook('POST', asked, '', { content: 'x' })).code).toBe(40094);
  expect((await hook('PATCH', asked, '/messages/@original', { content: 'edited' })).status).toBe(200);
  expect(() => server.acts.run(ann, channel, 'find', { q: 'x' })).toThrow('cannot be installed');
});

test('interaction callbacks check their message like any other', async () => {
  const { run, callback } = await open();
  const asked = run();
  expect((await callback(asked, 4, { content: 'x'.repeat(2001) })).code).toBe(50035);
  expect((await callback(asked, 4, {})).code).toBe(50006);
  expect(asked.interaction.ackType).toBeNull();
});

test('a deferred update leaves the message, which @original then names', async () => {
  const { ann, channel, server, ask, callback, hook } = await open();
  const made = await ask('POST', `/channels/${channel.id}/messages`, {
    content: 'x',
    components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }],
  });
  const message = server.world.messages.get(String(made.body.id));
  if (message === undefined) throw new Error('no message');
  const clicked = server.acts.click(ann, message, 'go');
  expect((await callback(clicked, 6)).status).toBe(204);
  await hook('PATCH', clicked, '/messages/@original', { content: 'y', components: [] });
  expect(message.content).toBe('y');
  expect(() => server.acts.click(ann, message, 'go')).toThrow('no go');
});
