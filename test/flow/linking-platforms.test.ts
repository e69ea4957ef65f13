import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// Linking through the real Bolt and the real discord.js, on pretend servers: forms with a secret, complaints, waiting questions.

const WRONG = `sk-${'0a'.repeat(16)}`;

test('on Slack a question waits for the link, the modal says what is wrong with a key, and the answer comes after it', async () => {
  const { slack, openWebUI, logged, ann, channel, mention } = await onSlack({ unlinked: 'require' });
  openWebUI.next(says('At noon.'));
  slack.people.say(ann, channel, mention('When do we meet?'));
  const note = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('keep your question'));
  await slack.interact.act(ann, note, 'Link my account');
  const modal = await slack.watch.modal(ann);
  const block = JSON.stringify(modal.view.blocks).match(/\d+:key/)?.[0] ?? '';
  const wrong = await slack.interact.submit(modal, { [block]: WRONG });
  expect(wrong.errors[block]).toMatch(/does not know that key/);
  const done = await slack.interact.submit(modal, { [block]: openWebUI.otherKey });
  expect(JSON.stringify(done.view?.view)).toContain('You are linked as Otto Other');
  const answer = await slack.watch.answer(channel, (_message, seen) => seen.includes('At noon.'));
  expect(answer.threadTs).not.toBeNull();
  expect(openWebUI.seen({ path: '/api/chat/completions' }).map((one) => one.headers.authorization)).toEqual([
    `Bearer ${openWebUI.otherKey}`,
  ]);
  expect(logged.join('')).not.toContain(openWebUI.otherKey);
});

test('on Slack a key in a message is warned of, to its writer alone', async () => {
  const { slack, openWebUI, ann, channel, mention, posted } = await onSlack({ unlinked: 'require' });
  slack.people.say(ann, channel, mention(`link ${WRONG}`));
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('looks like a key'));
  const { shown: said } = await slack.interact.command(ann, channel, '/parley', `link ${WRONG}`);
  expect(said && shown(said)).toContain('looks like a key');
  expect(said && shown(said)).not.toContain(WRONG);
  expect(posted(channel)).toEqual([]);
  expect(openWebUI.asked).toHaveLength(0);
});

test('on Discord the form of /link asks anew for a key that is wrong, without showing it again', async () => {
  const { server, openWebUI, logged, ann, channel } = await onDiscord({ unlinked: 'require' });
  openWebUI.next(says('At noon.'));
  const question = server.acts.run(ann, channel, 'ask', { text: 'When do we meet?' });
  const told = await question.ephemeral();
  expect(told.content).toContain('keep your question');
  const opened = server.acts.click(ann, told, 'Link my account');
  const field = JSON.stringify(await opened.modal()).match(/"custom_?[iI]d":"([^"]*key[^"]*)"/)?.[1] ?? '';
  const sent = await server.acts.submit(opened, { [field]: WRONG });
  const note = await sent.ephemeral();
  expect(note.content).toMatch(/does not know that key/);
  const again = server.acts.click(ann, note, 'Fix it');
  expect(JSON.stringify(await again.modal())).not.toContain(WRONG);
  const linked = await server.acts.submit(again, { [field]: openWebUI.otherKey });
  expect((await linked.ephemeral()).content).toContain('You are linked as Otto Other');
  await server.until('the answer', () =>
    [...server.world.messages.values()].some((one) => one.content.includes('At noon.')),
  );
  expect(logged.join('')).not.toContain(openWebUI.otherKey);
});
