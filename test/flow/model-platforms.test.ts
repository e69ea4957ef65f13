import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// Choosing a model: by a list under `/model`, by typing, and for a conversation, a channel or oneself.

const controlIn = (json: string, key: string, type: string) =>
  RegExp(`"type":${type}[^}]*?"${key}":"([^"]+)"`).exec(json)?.[1] ?? '';

test('on Slack a model is chosen from the list under /parley model, and then for oneself too, all in one note', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  await slack.interact.command(ann, channel, '/parley', 'model');
  const note = await slack.watch.ephemeral(ann);
  expect(shown(note)).toContain('*Demo* answers here.');
  const list = controlIn(JSON.stringify(note.blocks), 'action_id', '"static_select"');
  await slack.interact.act(ann, note, list, { value: 'demo-thinker' });
  const chosen = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('answers in this channel'));
  expect(shown(chosen)).toContain('*Demo, thinking* answers in this channel from now on.');
  await slack.interact.act(ann, chosen, 'For me, everywhere');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('answers your questions from now on'));
  expect(slack.world.ephemerals.filter((one) => !one.deleted)).toHaveLength(1);
  openWebUI.next(says('Thought.'));
  slack.people.say(ann, slack.people.dm(ann), 'Hm?');
  await set.answered(slack.people.dm(ann).id, /Thought/);
  expect(openWebUI.asked.at(-1)?.model).toBe('demo-thinker');
  expect(set.refusals()).toEqual([]);
});

test('on Slack a model is typed after a mention in the thread, and answers there and nowhere else', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(says('First.'));
  const question = slack.people.say(ann, channel, set.mention('One?'));
  await set.answered(channel, /First/);
  slack.people.say(ann, channel, set.mention('/model thinker'), { thread_ts: question.ts });
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('answers in this conversation'));
  expect(note.threadTs).toBe(question.ts);
  openWebUI.next(says('Second.'));
  slack.people.say(ann, channel, 'Two?', { thread_ts: question.ts });
  await set.answered(channel, /Second/);
  openWebUI.next(says('Third.'));
  slack.people.say(ann, channel, set.mention('Three?'));
  await set.answered(channel, /Third/);
  expect(openWebUI.asked.map((one) => one.model)).toEqual(['demo-chat', 'demo-thinker', 'demo-chat']);
});

test('on Slack the form of /ask offers models while somebody types, and the one that is chosen answers', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  await slack.interact.command(ann, channel, '/ask');
  const modal = await slack.watch.modal(ann);
  const typed = () => slack.interact.type(ann, modal, 'choice:ask.model', 'slo');
  await expect.poll(async () => (await typed()).options).toMatchObject([{ value: 'demo-slow' }]);
  const blocks = JSON.stringify(modal.view.blocks);
  const [text = '', model = ''] = ['text', 'model'].map((name) => blocks.match(RegExp(`\\d+:${name}`))?.[0]);
  openWebUI.next(says('Slowly.'));
  await slack.interact.submit(modal, { [text]: 'How?', [model]: 'demo-slow' });
  await set.answered(channel, /Slowly/);
  expect(openWebUI.asked.at(-1)?.model).toBe('demo-slow');
  expect(set.refusals()).toEqual([]);
});

test('on Slack a model that is chosen in direct messages answers in the threads that begin there', async () => {
  const { slack, openWebUI, ann, ...set } = await onSlack();
  const dm = slack.people.dm(ann).id;
  const { shown: said } = await slack.interact.command(ann, dm, '/parley', 'model thinker');
  expect(said && shown(said)).toContain('answers in this conversation from now on');
  openWebUI.next(says('Thought.'));
  slack.people.say(ann, dm, 'Hm?');
  await set.answered(dm, /Thought/);
  expect(openWebUI.asked.at(-1)?.model).toBe('demo-thinker');
});

test('on Slack a model for one conversation cannot be chosen where none has begun', async () => {
  const { slack, ann, channel } = await onSlack();
  const { shown: said } = await slack.interact.command(ann, channel, '/parley', 'model thinker for=thread');
  expect(said && shown(said)).toContain('No conversation has begun here.');
});

test('on Discord models are completed while somebody types, and chosen for the thread, the channel or oneself', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  openWebUI.next(says('First.'));
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('One?')));
  await set.answered(thread, /First/);
  const typed = await server.acts.suggest(ann, thread, 'model', { name: 'slo' }, 'name').choices();
  expect(typed).toEqual([{ name: expect.stringMatching(/^Demo, slow – /), value: 'demo-slow' }]);
  const choose = async (options: Record<string, string>) =>
    (await server.acts.run(ann, thread, 'model', options).ephemeral()).content;
  expect(await choose({ name: 'demo-sources', for: 'me' })).toBe(
    '**Demo, with sources** answers your questions from now on.',
  );
  expect(await choose({ name: 'demo-slow', for: 'channel' })).toBe(
    '**Demo, slow** answers in this channel from now on.',
  );
  expect(await choose({ name: 'demo-thinker', for: 'thread' })).toBe(
    '**Demo, thinking** answers in this conversation from now on.',
  );
  openWebUI.next(says('Second.'));
  server.people.say(ann, thread, 'Two?');
  await set.answered(thread, /Second/);
  expect(openWebUI.asked.at(-1)?.model).toBe('demo-thinker');
  expect(set.refusals()).toEqual([]);
});

test('on Discord a model is chosen from the list under /model, in the same note', async () => {
  const { server, ann, channel, ...set } = await onDiscord();
  const asked = server.acts.run(ann, channel, 'model');
  const note = await asked.ephemeral();
  const list = controlIn(buttons(note), 'custom_id', '3');
  server.acts.choose(ann, note, list, ['demo-slow']);
  await server.until('the choice', () => note.content === '**Demo, slow** answers in this channel from now on.');
  expect(buttons(note)).toContain('For me, everywhere');
  expect(asked.messages()).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});
