import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { onDiscord } from './discord-stage.ts';
import { makePrompt, promptsOn } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// Texts that are longer than the boxes of a platform's forms: none is cut by a form that could not show it.

const LONG = 'A long story. '.repeat(400).trim();

test('on Slack the form of a long prompt leaves its text as it is, and a long text goes through a form for another value', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack({ annIsAdmin: true });
  await makePrompt({ openWebUI }, { command: 'story', content: LONG });
  await slack.interact.command(ann, channel, '/prompts', 'edit story');
  const edit = await slack.watch.modal(ann);
  const blocks = JSON.stringify(edit.view.blocks);
  expect(blocks).toContain('has 5,599 characters, more than fit here. It stays as it is.');
  const [name = ''] = blocks.match(/\d+:name/) ?? [];
  const saved = await slack.interact.submit(edit, { [name]: 'A story' });
  expect(JSON.stringify(saved.view)).toContain('`story` is changed.');
  expect(await promptsOn(openWebUI)).toMatchObject([{ name: 'A story', content: LONG }]);

  await makePrompt({ openWebUI }, { command: 'shorten', content: 'In {{n | number:required}} words: {{text}}' });
  openWebUI.next(says('Short.'));
  await slack.interact.command(ann, channel, '/prompt', `shorten ${LONG}`);
  const modal = await slack.watch.modal(ann, (view) => JSON.stringify(view.view).includes('v0'));
  const [n = ''] = JSON.stringify(modal.view.blocks).match(/\d+:v0/) ?? [];
  await slack.interact.submit(modal, { [n]: '3' });
  await set.answered(channel, /Short/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain(`In 3 words: ${LONG}`);
  expect(set.refusals()).toEqual([]);
});

test('on Discord the form of a long prompt leaves its text as it is, and a long text goes through a form for another value', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord({ annIsAdmin: true });
  await makePrompt({ openWebUI }, { command: 'story', content: LONG });
  const edit = server.acts.run(ann, channel, 'prompts edit', { prompt: 'story' });
  expect(JSON.stringify(await edit.modal())).toContain('Text is too long to be shown here. It stays as it is.');
  const saved = await (await server.acts.submit(edit, { 't.name': 'A story' })).ephemeral();
  expect(saved.content).toContain('`story` is changed.');
  expect(await promptsOn(openWebUI)).toMatchObject([{ name: 'A story', content: LONG }]);

  await makePrompt({ openWebUI }, { command: 'shorten', content: 'In {{n | number:required}} words: {{text}}' });
  openWebUI.next(says('Short.'));
  const opened = server.acts.run(ann, channel, 'prompt', { prompt: 'shorten', input: LONG });
  await opened.modal();
  const line = await (await server.acts.submit(opened, { 't.v0': '3' })).reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /Short/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain(`In 3 words: ${LONG}`);
  expect(set.refusals()).toEqual([]);
});

test('a text that is longer than a value may be can be shortened: it is shown whole', async () => {
  const content = '{{word | text:maxlength=5}}';
  const before = (openWebUI: Parameters<typeof promptsOn>[0]) =>
    makePrompt({ openWebUI }, { command: 'word', content });
  const { slack, ann, channel } = await onSlack({ before });
  await slack.interact.command(ann, channel, '/prompt', 'word elephants');
  expect(JSON.stringify((await slack.watch.modal(ann)).view)).toContain('"initial_value":"elephants"');
  const discord = await onDiscord({ before });
  const opened = discord.server.acts.run(discord.ann, discord.channel, 'prompt', {
    prompt: 'word',
    input: 'elephants',
  });
  expect(JSON.stringify(await opened.modal())).toContain('"value":"elephants"');
});
