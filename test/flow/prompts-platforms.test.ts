import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// The life of a prompt: made, shown, changed, looked back at, brought back, shared, switched, run, deleted.

test('on Slack a prompt is made in a form, changed, looked back at, shared, switched, run and deleted', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack({ annIsAdmin: true });
  const run = async (line: string, words: string) => {
    await slack.interact.command(ann, channel, '/prompts', line);
    return slack.watch.ephemeral(ann, (_note, seen) => seen.includes(words));
  };

  await slack.interact.command(ann, channel, '/prompts', 'create');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  const field = (name: string) => blocks.match(new RegExp(`\\d+:${name}\\b`))?.[0] ?? '';
  const typed = {
    [field('name')]: 'Greet',
    [field('content')]: 'Hello {{who}},\nhow are you?',
    [field('tags')]: 'polite',
  };
  const wrong = await slack.interact.submit(modal, { ...typed, [field('command')]: 'two words' });
  expect(wrong.errors).toEqual({ [field('command')]: 'Please use letters, digits and hyphens only.' });
  const made = await slack.interact.submit(modal, { ...typed, [field('command')]: 'greet' });
  expect(JSON.stringify(made.view)).toContain('`/prompt greet` is there now');

  expect(shown(await run('show greet', 'It asks for'))).toContain('Hello {{who}}');
  await run('edit greet message="Warmer" Dear {{who}},', '`greet` is changed. `/prompts diff greet` shows how.');
  expect(shown(await run('diff greet', '@@'))).toContain('-Hello {{who}},');
  const history = shown(await run('history greet', 'Warmer'));
  const [, first = ''] = [...history.matchAll(/`([0-9a-f]{8})`/g)].map((match) => match[1]);
  const old = await run(`entry greet ${first}`, 'how are you?');
  await slack.interact.act(ann, old, 'Bring it back');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('is as it was'));
  await run('share greet everyone', 'Shared with everyone');
  await run('meta greet tags=kind', '`greet` is changed.');
  await run('toggle greet', 'is switched off');
  await run('toggle greet', 'is switched on');

  openWebUI.next(says('Good morning.'));
  await slack.interact.command(ann, channel, '/prompt', 'greet who=Bob');
  await set.answered(channel, /Good morning/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Hello Bob,\nhow are you?');

  const asked = await run('delete greet', 'Delete it');
  await slack.interact.act(ann, asked, 'Delete it');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('`greet` is deleted.'));
  expect(set.refusals()).toEqual([]);
  expect(slack.pings).toEqual([]);
});

test('on Discord a prompt is made in a form, changed, looked back at, shared, switched, run and deleted', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord({ annIsAdmin: true });
  const run = (line: string, options = {}) => server.acts.run(ann, channel, `prompts ${line}`, options).ephemeral();

  const opened = server.acts.run(ann, channel, 'prompts create', {});
  const modal = JSON.stringify(await opened.modal());
  const field = (name: string) => modal.match(new RegExp(`\\w\\.${name}`))?.[0] ?? '';
  const typed = {
    [field('name')]: 'Greet',
    [field('content')]: 'Hello {{who}},\nhow are you?',
    [field('tags')]: 'polite',
  };
  const wrong = await (await server.acts.submit(opened, { ...typed, [field('command')]: 'two words' })).ephemeral();
  expect(wrong.content).toContain('letters, digits and hyphens');
  const again = server.acts.click(ann, wrong, 'Fix it');
  expect(JSON.stringify(await again.modal())).toContain('how are you?');
  const made = await (await server.acts.submit(again, { ...typed, [field('command')]: 'greet' })).ephemeral();
  expect(made.content).toContain('`/prompt greet` is there now');

  expect((await run('show', { prompt: 'greet' })).content).toContain('Hello {{who}}');
  const edited = await run('edit', { prompt: 'greet', message: 'Warmer', text: 'Dear {{who}},' });
  expect(edited.content).toContain('`greet` is changed');
  expect((await run('diff', { prompt: 'greet' })).content).toContain('-Hello {{who}},');
  const history = await run('history', { prompt: 'greet' });
  expect(history.content).toContain('Warmer');
  const [, first = ''] = [...history.content.matchAll(/`([0-9a-f]{8})`/g)].map((match) => match[1]);
  const old = await run('entry', { prompt: 'greet', entry: first });
  expect(old.content).toContain('how are you?');
  const back = server.acts.click(ann, old, 'Bring it back');
  expect((await back.ephemeral()).content).toContain('is as it was');
  expect((await run('share', { prompt: 'greet', with: 'everyone' })).content).toContain('Shared with everyone');
  expect((await run('meta', { prompt: 'greet', tags: 'kind' })).content).toBe('`greet` is changed.');
  expect((await run('toggle', { prompt: 'greet' })).content).toContain('switched off');
  expect((await run('toggle', { prompt: 'greet' })).content).toContain('switched on');

  openWebUI.next(says('Good morning.'));
  const asked = server.acts.run(ann, channel, 'prompt', { prompt: 'greet', input: 'who=Bob' });
  const line = await asked.reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /Good morning/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Hello Bob,\nhow are you?');

  const sure = await run('delete', { prompt: 'greet' });
  expect(buttons(sure)).toContain('Delete it');
  expect((await server.acts.click(ann, sure, 'Delete it').ephemeral()).content).toContain('`greet` is deleted.');
  expect(set.refusals()).toEqual([]);
});
