import { expect, test } from 'vitest';
import { stage } from './stage.ts';

const button = (more: object = {}) => ({ type: 2, style: 2, label: 'Stop', custom_id: 'stop', ...more });
const row = (...components: object[]) => ({ type: 1, components });
const option = (at: number) => ({ label: `o${at}`, value: String(at) });
const select = (options: object[], more: object = {}) => ({ type: 3, custom_id: 's', options, ...more });
const many = (count: number) => Array.from({ length: count }, (_, at) => at);
const v2 = 1 << 15;

test.each([
  ['a label of 81', [row(button({ label: 'x'.repeat(81) }))]],
  ['a custom_id of 101', [row(button({ custom_id: 'x'.repeat(101) }))]],
  ['a custom_id twice', [row(button(), button({ label: 'Again' }))]],
  ['a button without custom_id', [row(button({ custom_id: undefined }))]],
  ['a button without label or emoji', [row(button({ label: '' }))]],
  ['six buttons in a row', [row(...many(6).map((at) => button({ custom_id: `b${at}` })))]],
  ['six rows', many(6).map((at) => row(button({ custom_id: `b${at}` })))],
  ['26 options', [row(select(many(26).map(option)))]],
  ['an option label of 101', [row(select([{ label: 'x'.repeat(101), value: 'a' }]))]],
  ['an option value twice', [row(select([option(1), option(1)]))]],
  ['a select beside a button', [row(select([option(1)]), button())]],
  ['a placeholder of 151', [row(select([option(1)], { placeholder: 'x'.repeat(151) }))]],
  ['a link button with a custom_id', [row(button({ style: 5, url: 'https://example.org' }))]],
  ['a text display without the flag', [{ type: 10, content: 'x' }]],
  ['a modal’s label', [{ type: 18, label: 'x', component: { type: 4, custom_id: 'a', style: 1 } }]],
])('%s is refused', async (_, components) => {
  const { ask, channel } = await stage();
  const answer = await ask('POST', `/channels/${channel.id}/messages`, { content: 'x', components });
  expect([answer.status, answer.code]).toEqual([400, 50035]);
});

test('five rows of five buttons, labels of 80 and a select of 25 pass', async () => {
  const { ask, channel } = await stage();
  const rows = many(4).map((at) =>
    row(...many(5).map((of) => button({ label: 'x'.repeat(80), custom_id: `b${at}-${of}` }))),
  );
  const components = [...rows, row(select(many(25).map(option)))];
  const answer = await ask('POST', `/channels/${channel.id}/messages`, { content: 'x', components });
  expect(answer.status).toBe(200);
});

test('buttons alone are an empty message', async () => {
  const { ask, channel } = await stage();
  expect((await ask('POST', `/channels/${channel.id}/messages`, { components: [row(button())] })).code).toBe(50006);
});

test('Components V2: 4000 characters in all, 40 components in all, nothing beside', async () => {
  const { ask, channel } = await stage({ limits: { create: { limit: 50, perMs: 1000 } } });
  const send = (components: object[], more: object = {}) =>
    ask('POST', `/channels/${channel.id}/messages`, { flags: v2, components, ...more });
  const text = (length: number) => ({ type: 10, content: 'x'.repeat(length) });
  expect((await send([text(2000), text(2000)])).status).toBe(200);
  expect((await send([text(2000), text(2001)])).code).toBe(50035);
  expect((await send([{ type: 17, components: many(39).map(() => text(1)) }])).status).toBe(200);
  expect((await send([{ type: 17, components: many(40).map(() => text(1)) }])).code).toBe(50035);
  expect((await send([text(1)], { content: 'x' })).code).toBe(50035);
  expect((await send([text(1)], { embeds: [{ title: 'x' }] })).code).toBe(50035);
});

test('the V2 flag stays with a message for ever', async () => {
  const { ask, channel } = await stage();
  const made = await ask('POST', `/channels/${channel.id}/messages`, {
    flags: v2,
    components: [{ type: 10, content: 'x' }],
  });
  const path = `/channels/${channel.id}/messages/${String(made.body.id)}`;
  expect((await ask('PATCH', path, { flags: 0, content: 'plain', components: [] })).code).toBe(50035);
  const changed = await ask('PATCH', path, { components: [{ type: 10, content: 'y' }] });
  expect(changed.body).toMatchObject({ flags: v2, content: '', components: [{ type: 10, content: 'y' }] });
});
