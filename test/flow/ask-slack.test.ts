import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { manifestText } from '../../tools/manifest.ts';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { makePrompt } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// The further options of /ask, sharing, pages of lists and the prefix, through the real Bolt on a pretend Slack.

test('a private answer comes to the asker alone, and is shared openly by its button, once and without a ping', async () => {
  const { slack, openWebUI, ann, channel, standing } = await onSlack();
  openWebUI.next(says('At noon, <!channel> and @everyone.'));
  const { shown: first } = await slack.interact.command(ann, channel, '/ask', 'private=yes When do we meet?');
  expect(first && shown(first)).toBe('Working on it…');
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Share here'));
  expect(shown(note)).toContain('At noon');
  expect(standing(channel)).toEqual([]);
  await slack.interact.act(ann, note, 'Share here');
  const open = await slack.watch.answer(channel);
  expect(shown(open)).toContain('ann shared: When do we meet?');
  expect(shown(open)).toContain('At noon');
  expect(open.threadTs).toBeNull();
  await slack.interact.act(ann, note, 'Share here');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('You have shared that already.'));
  expect(slack.pings).toEqual([]);
});

test('pages of a list take the place of the page before', async () => {
  const { slack, openWebUI, ann, channel } = await onSlack();
  for (let at = 0; at < 20; at += 1) await makePrompt({ openWebUI }, { command: `p${String(at).padStart(2, '0')}` });
  await slack.interact.command(ann, channel, '/prompts', 'list order=name');
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Prompts 1–15 of 20'));
  await slack.interact.act(ann, note, 'Next');
  const next = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Prompts 16–20 of 20'));
  expect(next).toBe(note);
  await slack.interact.act(ann, next, 'Previous');
  expect(await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Prompts 1–15 of 20'))).toBe(note);
  expect(slack.world.ephemerals.filter((one) => !one.deleted)).toHaveLength(1);
});

test('an export goes to the asker’s direct messages', async () => {
  const { slack, openWebUI, ann, channel, standing } = await onSlack();
  await makePrompt({ openWebUI }, { command: 'greet' });
  await slack.interact.command(ann, channel, '/prompts', 'export');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('in a direct message'));
  const { id } = slack.people.dm(ann);
  const message = await slack.watch.answer(id, (one) => one.files.length > 0);
  expect(message.files).toHaveLength(1);
  expect(standing(channel)).toEqual([]);
});

test('the form of /ask fits a modal, and what is private in it stays so', async () => {
  const { slack, openWebUI, ann, channel, standing } = await onSlack();
  openWebUI.next(says('Between us.'));
  await slack.interact.command(ann, channel, '/ask');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  const [text = '', isPrivate = ''] = ['text', 'private'].map((name) => blocks.match(new RegExp(`\\d+:${name}`))?.[0]);
  await slack.interact.submit(modal, { [text]: 'A secret?', [isPrivate]: ['yes'] });
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Between us.'));
  expect(shown(note)).toContain('Share here');
  expect(standing(channel)).toEqual([]);
});

test('a file in the form of /ask goes along with the question', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(says('It is about bread.'));
  await slack.interact.command(ann, channel, '/ask', '');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  const [text = '', files = ''] = ['text', 'files'].map((name) => blocks.match(new RegExp(`\\d+:${name}`))?.[0]);
  const file = slack.people.file(ann, { name: 'notes.txt', mimetype: 'text/plain', bytes: 'Bread needs time.' });
  await slack.interact.submit(modal, { [text]: 'What is this?', [files]: [file] });
  await set.answered(channel, /about bread/);
  expect(openWebUI.seen({ method: 'POST', path: '/api/v1/files/' })).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});

test('with a prefix two bots do not collide: names, hints and words carry it, and both spellings are understood', async () => {
  const { slack, openWebUI, ann, channel } = await onSlack({ prefix: 'ai-' });
  const read = z.object({ features: z.object({ slash_commands: z.array(z.object({ command: z.string() })) }) });
  const manifest = manifestText({ agent: false, publicUrl: null, prefix: 'ai-' });
  const commands = read.parse(parse(manifest)).features.slash_commands.map((one) => one.command);
  for (const name of ['/ai-ask', '/ai-prompt', '/ai-prompts', '/ai-parley']) expect(commands).toContain(name);
  expect(commands.every((name) => name.startsWith('/ai-'))).toBe(true);
  const help = await slack.interact.command(ann, channel, '/ai-parley', 'help');
  expect(help.shown && shown(help.shown)).toContain('`/ai-ask &lt;text&gt;');
  expect(help.shown && shown(help.shown)).toContain('`/ai-parley model');
  for (const typed of ['model', 'ai-model']) {
    const said = await slack.interact.command(ann, channel, '/ai-parley', typed);
    expect(said.shown && shown(said.shown)).toContain('Choose another with `/ai-parley model &lt;name&gt;`');
  }
  openWebUI.next(says('Hello.'));
  await slack.interact.command(ann, channel, '/ai-ask', 'Hi');
  await slack.watch.answer(channel, (_message, seen) => seen.includes('Hello.'));
});
