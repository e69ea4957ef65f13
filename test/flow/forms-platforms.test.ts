import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { makePrompt } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// A prompt with more values than one modal of Discord takes.

const CONTENT = [
  '{{a | text:required}} {{n | number:min=1:max=9:step=2:required}} {{c | text:required}} {{d | date:required}}',
  '{{e | text:required}} {{f | checkbox}} {{kind | select:options=["soft","hard"]:required}}',
].join(' ');

test('on Slack seven values are asked for in one modal, complaints stand at their fields, and it runs with all of them', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  await makePrompt({ openWebUI }, { command: 'many', content: CONTENT });
  await slack.interact.command(ann, channel, '/prompt', 'many');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  const [a = '', n = '', c = '', d = '', e = '', f = '', kind = ''] = blocks.match(/\d:v\d/g) ?? [];
  const typed = { [a]: 'x', [c]: 'y', [d]: '2026-12-24', [e]: 'z', [f]: ['yes'], [kind]: 'hard' };
  const wrong = await slack.interact.submit(modal, { ...typed, [n]: '4' });
  expect(wrong.errors).toEqual({ [n]: 'Please go in steps of 2 from 1.' });
  openWebUI.next(says('All seven.'));
  expect((await slack.interact.submit(modal, { ...typed, [n]: '5' })).view).toBeNull();
  await set.answered(channel, /All seven/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('ann: x 5 y 2026-12-24 z true hard');
  expect(set.refusals()).toEqual([]);
});

test('on Slack more values than a modal takes are asked for in two, and one that is wrong in the first is mended there', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  const content = Array.from({ length: 95 }, (_, at) => `{{n${at} | number}}`).join(' ');
  await makePrompt({ openWebUI }, { command: 'big', content });
  await slack.interact.command(ann, channel, '/prompt', 'big');
  const first = await slack.watch.modal(ann);
  expect(JSON.stringify(first.view.title)).toContain('big (1 of 2)');
  const second = await slack.interact.submit(first, { '0:v0': '7', '1:v1': '2' });
  if (!second.view) throw new Error('no second step');
  expect(JSON.stringify(second.view.view.title)).toContain('big (2 of 2)');
  openWebUI.next(says('All of them.'));
  expect((await slack.interact.submit(second.view, { '4:v94': '9' })).view).toBeNull();
  await set.answered(channel, /All of them/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toMatch(/^ann: 7 2 .* 9$/);

  await makePrompt({ openWebUI }, { command: 'wide', content: `{{n | number:step=2:min=1}} ${content}` });
  await slack.interact.command(ann, channel, '/prompt', 'wide');
  const wide = await slack.watch.modal(ann, (one) => JSON.stringify(one.view.title).includes('wide'));
  const next = await slack.interact.submit(wide, { '0:v0': '4' });
  if (!next.view) throw new Error('no second step');
  const wrong = await slack.interact.submit(next.view, {});
  expect(JSON.stringify(wrong.view?.view)).toContain('Please go in steps of 2 from 1.');
  if (!wrong.view) throw new Error('no form to mend');
  openWebUI.next(says('Mended.'));
  expect((await slack.interact.submit(wrong.view, { '0:v0': '5' })).view).toBeNull();
  await set.answered(channel, /Mended/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('ann: 5');
  expect(set.refusals()).toEqual([]);
});

test('on Slack a value that is emptied is empty, also where it had a default', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  await makePrompt(
    { openWebUI },
    { command: 'for', content: 'For {{who | text:default="all"}}, {{what | text:required}}' },
  );
  await slack.interact.command(ann, channel, '/prompt', 'for');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  expect(blocks).toContain('"initial_value":"all"');
  const [who = '', what = ''] = ['v0', 'v1'].map((name) => blocks.match(new RegExp(`\\d:${name}`))?.[0]);
  openWebUI.next(says('Fine.'));
  await slack.interact.submit(modal, { [who]: '', [what]: 'bread' });
  await set.answered(channel, /Fine/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('ann: For , bread');
});

test('on Discord seven values take two steps; what is wrong in the first is mended alone, and it runs with all of them', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  const name = 'A prompt whose name is longer than a form can show';
  await makePrompt({ openWebUI }, { command: 'many', name, content: CONTENT });
  const opened = server.acts.run(ann, channel, 'prompt', { prompt: 'many' });
  expect((await opened.modal()).title).toBe('A prompt whose name is longer than… (1 of 2)');
  const first = { 't.v0': 'x', 't.v1': '4', 't.v2': 'y', 't.v3': 'soon', 't.v4': 'z' };
  const kept = await (await server.acts.submit(opened, first)).ephemeral();
  expect(kept.content).toBe('Step 1 of 2 is kept.');
  const second = server.acts.click(ann, kept, 'Continue');
  expect((await second.modal()).title).toMatch(/… \(2 of 2\)$/);
  const wrong = await (await server.acts.submit(second, { 'b.v5': true, 't.v6': ['hard'] })).ephemeral();
  expect(wrong.content.split('\n')).toEqual([
    'Nearly there. What you typed is kept.',
    '',
    '- **n**: Please go in steps of 2 from 1.',
    '- **d**: Please write a date as YYYY-MM-DD, such as 2026-03-31.',
  ]);
  const again = server.acts.click(ann, wrong, 'Fix it');
  expect(JSON.stringify(await again.modal())).toContain('"value":"soon"');
  openWebUI.next(says('All seven.'));
  const fixed = await server.acts.submit(again, { 't.v1': '5', 't.v3': '2026-12-24' });
  const line = await fixed.reply((one) => one.content !== '');
  expect(line.content).toContain('Ann ran many');
  await set.answered(await set.threadOf(line), /All seven/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: x 5 y 2026-12-24 z true hard');
  expect(buttons(line)).not.toContain('Fix it');
  expect(set.refusals()).toEqual([]);
});

test('on Discord one of forty choices is found by a part of its name', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  const cities = ['Berlin', 'Bern', 'Oslo', ...Array.from({ length: 37 }, (_, at) => `Town ${at + 1}`)];
  await makePrompt(
    { openWebUI },
    { command: 'visit', content: `Tell me of {{city | select:options=${JSON.stringify(cities)}:required}}` },
  );
  const opened = server.acts.run(ann, channel, 'prompt', { prompt: 'visit' });
  expect(JSON.stringify(await opened.modal())).toContain('Type a part of it. One of: Berlin, Bern');
  const first = await (await server.acts.submit(opened, { 't.v0': 'osl' })).ephemeral();
  expect(first.content).toContain('Please choose one of: Oslo.');
  const found = server.acts.click(ann, first, 'Fix it');
  expect(JSON.stringify(await found.modal())).toMatch(/"value":"Oslo".*"label":"Another one: search again"/);
  const second = await (await server.acts.submit(found, { 't.v0': ['…'] })).ephemeral();
  const typed = server.acts.click(ann, second, 'Fix it');
  const third = await (await server.acts.submit(typed, { 't.v0': 'ber' })).ephemeral();
  expect(third.content).toContain('Please choose one of: Berlin, Bern.');
  const list = server.acts.click(ann, third, 'Fix it');
  await list.modal();
  openWebUI.next(says('Old and small.'));
  const line = await (await server.acts.submit(list, { 't.v0': ['Bern'] })).reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /Old and small/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: Tell me of Bern');
  expect(set.refusals()).toEqual([]);
});
