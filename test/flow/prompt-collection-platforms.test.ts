import { expect, test } from 'vitest';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { shown } from '../servers/slack/body.ts';
import { onDiscord } from './discord-stage.ts';
import { commandsOn, FILE, fileOf, furnish, MADE, REPLACED } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// Many prompts at once and single versions: found, taken in from a file, brought back, deleted.

const given = { annIsAdmin: true, before: (openWebUI: ScriptedOpenWebUI) => furnish(openWebUI) };

test('on Slack prompts are searched, their tags told, a version brought back and one deleted, several deleted', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack(given);
  const run = async (line: string, words: string) => {
    await slack.interact.command(ann, channel, '/prompts', line);
    return slack.watch.ephemeral(ann, (_note, seen) => seen.includes(words));
  };
  expect(shown(await run('search harbour', 'boats'))).toContain('Count the boats in the harbour at dawn');
  expect(shown(await run('search nowhere', 'No prompt fits.'))).toContain('No prompt fits.');
  expect(shown(await run('list tag=sea', 'Prompts 1–1 of 1'))).toContain('boats');
  expect(shown(await run('tags', 'Tags:'))).toMatch(/polite.*sea/);

  await run('edit greet Dear {{who}},', 'is changed');
  const history = shown(await run('history greet', '(live)'));
  const [live = '', first = ''] = [...history.matchAll(/`([0-9a-f]{8})`/g)].map((match) => match[1]);
  await run(`version greet ${first}`, `is as it was in version \`${first}\``);
  expect(shown(await run('show greet', 'It asks for'))).toContain('Hello {{who}}');
  const sure = await run(`delete-entry greet ${live}`, 'Delete this version');
  await slack.interact.act(ann, sure, 'Delete it');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes(`Version \`${live}\` of \`greet\` is deleted.`));
  await run(`delete-entry greet ${first}`, 'That version is the live one and cannot be deleted.');

  const many = await run('delete-many boats greet nothing', 'Delete these 2 prompts');
  expect(shown(many)).toContain('“nothing”: there is no such prompt');
  await slack.interact.act(ann, many, 'Delete 2');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('`greet`: deleted'));
  expect(await commandsOn(openWebUI)).toEqual(['there']);
  expect(set.refusals()).toEqual([]);
});

test('on Slack prompts are taken in from a file in a form, and from one in a message, with a line for each', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack(given);
  await slack.interact.command(ann, channel, '/prompts', 'import');
  const modal = await slack.watch.modal(ann);
  const [field = ''] = JSON.stringify(modal.view.blocks).match(/\d+:file/) ?? [];
  expect((await slack.interact.submit(modal, {})).blocked).toHaveProperty(field);
  const file = slack.people.file(ann, { ...FILE, bytes: fileOf('New') });
  const said = await slack.interact.submit(modal, { [field]: [file] });
  for (const line of MADE) expect(JSON.stringify(said.view)).toContain(line);
  expect(await commandsOn(openWebUI)).toEqual(['boats', 'fresh', 'greet', 'there']);

  const text = set.mention('/prompts import existing=replace');
  slack.people.say(ann, channel, text, { files: [{ ...FILE, bytes: fileOf('Newer') }] });
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('2 of 5 prompts are in.'));
  for (const line of REPLACED) expect(shown(note)).toContain(line);
  await slack.interact.command(ann, channel, '/prompts', 'show there');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Newer'));
  expect(set.refusals()).toEqual([]);
  expect(slack.pings).toEqual([]);
});

test('on Discord prompts are searched, their tags told, a version brought back and one deleted, several deleted', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord(given);
  const run = async (line: string, options = {}) =>
    (await server.acts.run(ann, channel, `prompts ${line}`, options).ephemeral()).content;
  const sure = async (line: string, options: Record<string, string>, button: string) => {
    const asked = await server.acts.run(ann, channel, `prompts ${line}`, options).ephemeral();
    return (await server.acts.click(ann, asked, button).ephemeral()).content;
  };
  expect(await run('search', { query: 'harbour' })).toContain('Count the boats in the harbour at dawn');
  expect(await run('search', { query: 'nowhere' })).toBe('No prompt fits.');
  expect(await run('list', { tag: 'sea' })).toContain('boats');
  expect(await run('tags')).toMatch(/polite.*sea/);

  await run('edit', { prompt: 'greet', text: 'Dear {{who}},' });
  const history = await run('history', { prompt: 'greet' });
  const [live = '', first = ''] = [...history.matchAll(/`([0-9a-f]{8})`/g)].map((match) => match[1]);
  expect(await run('version', { prompt: 'greet', entry: first })).toContain(`is as it was in version \`${first}\``);
  expect(await run('show', { prompt: 'greet' })).toContain('Hello {{who}}');
  const entry = (id: string) => ({ prompt: 'greet', entry: id });
  expect(await sure('delete-entry', entry(live), 'Delete it')).toContain(`\`${live}\` of \`greet\` is deleted.`);
  expect(await run('delete-entry', entry(first))).toContain('That version is the live one and cannot be deleted.');

  expect(await sure('delete-many', { prompts: 'boats greet nothing' }, 'Delete 2')).toContain('`greet`: deleted');
  expect(await commandsOn(openWebUI)).toEqual(['there']);
  expect(set.refusals()).toEqual([]);
});

test('on Discord prompts are taken in from an attached file, from one in a form, and from one in a message', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord(given);
  const file = (text: string) => ({ name: FILE.name, type: FILE.mimetype, bytes: Buffer.from(fileOf(text)) });
  const made = await server.acts.run(ann, channel, 'prompts import', { file: file('New') }).ephemeral();
  for (const line of MADE) expect(made.content).toContain(line);
  expect(await commandsOn(openWebUI)).toEqual(['boats', 'fresh', 'greet', 'there']);

  const opened = server.acts.run(ann, channel, 'prompts import', { existing: 'replace' });
  await opened.modal();
  const said = await (await server.acts.submit(opened, { 'f.file': [file('Newer')] })).ephemeral();
  for (const line of REPLACED) expect(said.content).toContain(line);
  const show = async () =>
    (await server.acts.run(ann, channel, 'prompts show', { prompt: 'there' }).ephemeral()).content;
  expect(await show()).toContain('Newer');

  server.people.say(ann, channel, set.mention('/prompts import existing=replace'), { files: [file('Newest')] });
  const note = await server.message(server.people.direct(ann), (one) => one.content.includes('2 of 5 prompts are in.'));
  for (const line of REPLACED) expect(note.content).toContain(line);
  expect(await show()).toContain('Newest');
  expect(set.refusals()).toEqual([]);
});
