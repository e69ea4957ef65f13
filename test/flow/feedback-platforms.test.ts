import { expect, test, vi } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// What people think of an answer, by Slack's own feedback buttons and by Discord's, and what becomes of it in Open WebUI.

/** What the chat holds of its answer's rating. */
function marked(openWebUI: ScriptedOpenWebUI): string {
  return JSON.stringify(openWebUI.chats());
}

const opinions = (openWebUI: ScriptedOpenWebUI) =>
  openWebUI.seen({ method: 'POST', path: /^\/api\/v1\/evaluations\/feedback/ }).map((one) => one.body);

test('on Slack a thumb up is thanked for at once, as soon as its buttons stand', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(says('Bread needs time.'));
  slack.people.say(ann, channel, set.mention('Bread?'));
  const answer = await set.answered(channel, /needs time/);
  await slack.interact.act(ann, answer, 'feedback', { verdict: 'positive' });
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Thank you.'));
  expect(note.threadTs).toBe(answer.threadTs);
  expect(opinions(openWebUI)).toMatchObject([{ type: 'rating', data: { rating: 1 } }]);
  expect(set.refusals()).toEqual([]);
});

test('on Slack a thumb down asks why in a modal, and the reason is kept with the chat', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(says('Bread needs time.'));
  slack.people.say(ann, channel, set.mention('Bread?'));
  const answer = await set.answered(channel, /needs time/);
  await vi.waitFor(() => expect(marked(openWebUI)).toContain('"done":true'));
  await slack.interact.act(ann, answer, 'feedback', { verdict: 'negative' });
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  expect(blocks).toContain('Say what was wrong with the answer.');
  const [reason = '', comment = ''] = ['reason', 'comment'].map((name) => blocks.match(RegExp(`\\d+:${name}`))?.[0]);
  const sent = await slack.interact.submit(modal, { [reason]: 'It is not true', [comment]: 'Rye does not.' });
  expect(JSON.stringify(sent.view?.view)).toContain('Thank you.');
  const why = { rating: -1, reason: 'not_factually_correct', comment: 'Rye does not.' };
  expect(opinions(openWebUI)).toMatchObject([{ data: why }]);
  await vi.waitFor(() => expect(marked(openWebUI)).toContain(`"annotation":${JSON.stringify(why)}`));
  expect(set.standing(channel)).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});

test('on Slack a thumb down typed in a thread, where nothing can open a form, offers it by a button', async () => {
  const { slack, openWebUI, ann, channel, ...set } = await onSlack();
  openWebUI.next(says('Bread needs time.'));
  const question = slack.people.say(ann, channel, set.mention('Bread?'));
  await set.answered(channel, /needs time/);
  slack.people.say(ann, channel, set.mention('/feedback bad'), { thread_ts: question.ts });
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Fill it in'));
  expect(shown(note)).toContain('Say what was wrong with the answer.');
  await slack.interact.act(ann, note, 'Fill it in');
  expect((await slack.watch.modal(ann)).view.title).toMatchObject({ text: 'What was wrong?' });
});

test('on Discord a thumb up is thanked for, and a thumb down asks why in a modal; the second opinion replaces the first', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  openWebUI.next(says('Bread needs time.'));
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('Bread?')));
  const answer = await set.answered(thread, /needs time/);
  await vi.waitFor(() => expect(marked(openWebUI)).toContain('"done":true'));
  const labels = [...buttons(answer).matchAll(/"label":"([^"]+)"/g)].map((found) => found[1]);
  expect(labels).toEqual(['Regenerate', 'Good answer', 'Bad answer']);
  const thanked = await server.acts.click(ann, answer, 'Good answer').ephemeral();
  expect(thanked.content).toMatch(/^Thank you\./);
  const opened = server.acts.click(ann, answer, 'Bad answer');
  const sent = await server.acts.submit(opened, { 't.reason': 'being_lazy', 't.comment': 'Say more.' });
  expect((await sent.ephemeral()).content).toMatch(/^Thank you\./);
  const second = { rating: -1, reason: 'being_lazy', comment: 'Say more.' };
  expect(opinions(openWebUI)).toMatchObject([{ data: { rating: 1 } }, { data: second }]);
  await vi.waitFor(() => expect(marked(openWebUI)).toContain(`"annotation":${JSON.stringify(second)}`));
  expect(server.world.messagesIn(channel.id)).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});
