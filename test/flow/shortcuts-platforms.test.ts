import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { makePrompt } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// Summaries, questions and prompts by command, by Slack's message shortcuts and by Discord's context menu.

/** A prompt that is there when Parley starts. */
const shorten = (openWebUI: ScriptedOpenWebUI) =>
  makePrompt({ openWebUI }, { command: 'shorten', content: 'In {{n | number:required}} words: {{TEXT}}' });

test('on Slack the shortcut Summarise thread works on the thread of the message, and answers in it', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack();
  slack.people.say(bob, channel, 'Lunch is at noon.');
  const root = slack.people.say(bob, channel, 'We ship on Friday.');
  slack.people.say(ann, channel, 'Who tests?', { thread_ts: root.ts });
  openWebUI.next(says('You ship; nobody tests.'));
  await slack.interact.messageShortcut(ann, root, 'run:summarise');
  expect((await set.answered(channel, /nobody tests/)).threadTs).toBe(root.ts);
  const wish = openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
  expect(wish).toContain('bob: We ship on Friday.\n\nann: Who tests?');
  expect(wish).not.toContain('Lunch');
  expect(set.standing(channel)[0]).toBe('ann asked for a summary of this conversation.');
  expect(set.refusals()).toEqual([]);
});

test('on Slack a summary is asked for by command in a channel, and by its bare name after a mention, there and in a thread', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack();
  const root = slack.people.say(bob, channel, 'We ship on Friday.');
  slack.people.say(ann, channel, 'Who tests?', { thread_ts: root.ts });
  openWebUI.next(says('First.'));
  await slack.interact.command(ann, channel, '/parley', 'summarise');
  const line = await slack.watch.answer(channel, (_one, seen) => seen.includes('ann asked for a summary'));
  expect((await set.answered(channel, /First/)).threadTs).toBe(line.ts);
  openWebUI.next(says('Second.'));
  const question = slack.people.say(ann, channel, set.mention('summarise'));
  expect((await set.answered(channel, /Second/)).threadTs).toBe(question.ts);
  openWebUI.next(says('Third.'));
  slack.people.say(ann, channel, set.mention('summarise'), { thread_ts: root.ts });
  expect((await set.answered(channel, /Third/)).threadTs).toBe(root.ts);
  const asked = openWebUI.asked.map((one) => one.messages.at(-1)?.text ?? '');
  expect(asked[0]).toContain('bob: We ship on Friday.');
  expect(asked[1]).toContain('bob: We ship on Friday.');
  expect(asked[2]).toContain('ann: Who tests?');
  expect(set.refusals()).toEqual([]);
});

test('on Slack Run a prompt on this asks which, then for its values, and runs it on the message in its thread', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack({ before: shorten });
  const said = slack.people.say(bob, channel, 'E = mc²');
  await slack.interact.messageShortcut(ann, said, 'run:prompt');
  const which = await slack.watch.modal(ann);
  const [field = ''] = JSON.stringify(which.view.blocks).match(/0:prompt/) ?? [];
  const offered = await slack.interact.type(ann, which, 'choice:prompt.prompt', '');
  expect(offered.options).toMatchObject([{ value: 'shorten' }]);
  const values = await slack.interact.submit(which, { [field]: 'shorten' });
  if (values.view === null) throw new Error('no second form');
  expect(JSON.stringify(values.view.view.blocks)).toContain('E = mc²');
  openWebUI.next(says('Mass is energy.'));
  const [n = ''] = JSON.stringify(values.view.view.blocks).match(/\d:v\d/) ?? [];
  const sent = await slack.interact.submit(values.view, { [n]: '3' });
  expect(sent.view).toBeNull();
  expect((await set.answered(channel, /Mass is energy/)).threadTs).toBe(said.ts);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('In 3 words: E = mc²');
  expect(set.refusals()).toEqual([]);
});

test('on Slack a message that asks about nothing is told of in words, by a shortcut of an old manifest', async () => {
  const { slack, ann, bob, channel } = await onSlack();
  const said = slack.people.say(bob, channel, 'Hm.');
  await slack.interact.messageShortcut(ann, said, 'translate');
  const note = await slack.watch.ephemeral(ann);
  expect(shown(note)).toContain('I do not know that shortcut.');
});

test('on Discord a summary is made by the context menu and by command, each with a thread of a name that says so', async () => {
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord();
  const said = server.people.say(bob, channel, 'We ship on Friday.');
  openWebUI.next(says('You ship.'));
  const line = await server.acts.menu(ann, said, 'Summarise thread').reply((one) => one.content !== '');
  expect(line.content).toBe('Ann asked for a summary of this conversation.');
  const thread = await set.threadOf(line);
  expect(thread.name).toBe('Summarise this conversation.');
  await set.answered(thread, /You ship/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Bob: We ship on Friday.');
  server.people.say(bob, thread, 'And who tests?');
  openWebUI.next(says('Nobody tests.'));
  await server.acts.run(ann, thread, 'summarise').reply((one) => one.content !== '');
  await set.answered(thread, /Nobody tests/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Bob: And who tests?');
  expect(set.refusals()).toEqual([]);
});

test('on Discord Summarise thread on a message with a thread is of that thread', async () => {
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord();
  server.people.say(bob, channel, 'Lunch is at noon.');
  openWebUI.next(says('On Friday.'));
  const said = server.people.say(ann, channel, set.mention('When do we ship?'));
  const thread = await set.threadOf(said);
  await set.answered(thread, /On Friday/);
  server.people.say(bob, thread, 'Then who tests?');
  openWebUI.next(says('You ship on Friday; nobody tests.'));
  const line = await server.acts.menu(ann, said, 'Summarise thread').reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /nobody tests/);
  const wish = openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
  expect(wish).toContain('Bob: Then who tests?');
  expect(wish).not.toContain('Lunch');
  expect(set.refusals()).toEqual([]);
});

test('on Discord Ask about this hands over the message, and its answer stands in a thread', async () => {
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord();
  const said = server.people.say(bob, channel, 'E = mc²');
  openWebUI.next(says('Energy and mass.'));
  const line = await server.acts.menu(ann, said, 'Ask about this').reply((one) => one.content !== '');
  expect(line.content).toBe('Ann asked about a message');
  await set.answered(await set.threadOf(line), /Energy and mass/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('> E = mc²');
  expect(set.refusals()).toEqual([]);
});

test('on Discord Run a prompt on this lists the prompts there are, then asks for values, and runs it on the message', async () => {
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord({ before: shorten });
  const said = server.people.say(bob, channel, 'E = mc²');
  const opened = server.acts.menu(ann, said, 'Run a prompt on this');
  expect(JSON.stringify(await opened.modal())).toContain('"value":"shorten"');
  const chosen = await server.acts.submit(opened, { 't.prompt': ['shorten'] });
  const kept = await chosen.ephemeral((one) => buttons(one).includes('Fill it in'));
  openWebUI.next(says('Mass is energy.'));
  const values = server.acts.click(ann, kept, 'Fill it in');
  const sent = await server.acts.submit(values, { 't.v0': '3' });
  const line = await sent.reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /Mass is energy/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('In 3 words: E = mc²');
  expect(set.refusals()).toEqual([]);
});

test('on Discord Run a prompt on this finds one of many prompts by a part of its name', async () => {
  const many = async (openWebUI: ScriptedOpenWebUI) => {
    for (let at = 0; at < 30; at += 1)
      await makePrompt({ openWebUI }, { command: `p${at}`, content: 'Look: {{text}}' });
    await makePrompt({ openWebUI }, { command: 'shorten-it', content: 'Shorten: {{text}}' });
  };
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord({ before: many });
  const said = server.people.say(bob, channel, 'E = mc²');
  const opened = server.acts.menu(ann, said, 'Run a prompt on this');
  await opened.modal();
  const wrong = await (await server.acts.submit(opened, { 't.prompt': 'shorten' })).ephemeral();
  expect(wrong.content).toContain('There is no prompt called “shorten” that I may use.');
  const again = server.acts.click(ann, wrong, 'Fix it');
  expect(JSON.stringify(await again.modal())).toContain('"value":"shorten-it"');
  openWebUI.next(says('Mass is energy.'));
  const line = await (await server.acts.submit(again, { 't.prompt': ['shorten-it'] })).reply(
    (one) => one.content !== '',
  );
  await set.answered(await set.threadOf(line), /Mass is energy/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toContain('Shorten: E = mc²');
  expect(set.refusals()).toEqual([]);
});
