import { expect, test, vi } from 'vitest';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, type OnDiscord, onDiscord } from './discord-stage.ts';
import { type OnSlack, onSlack } from './slack-stage.ts';

// What people say to Parley about a conversation: in Slack typed after its name, since threads there have no slash commands; in
// Discord by slash commands in the thread.

/** A conversation of Ann's in Slack; `say` types after Parley's name in its thread and gives what only Ann then sees. */
async function slackThread(set: OnSlack) {
  const { slack, openWebUI, ann, channel } = set;
  openWebUI.next(says('Bread needs time.'));
  const question = slack.people.say(ann, channel, set.mention('Bread?'));
  const answer = await set.answered(channel, /needs time/);
  await vi.waitFor(() => expect(JSON.stringify(openWebUI.chats())).toContain('"done":true'));
  const say = async (line: string) => {
    const before = slack.world.ephemerals.length;
    slack.people.say(ann, channel, set.mention(line), { thread_ts: question.ts });
    const note = await slack.watch.until(() => slack.world.ephemerals[before], `what is said to ${line}`);
    expect(note).toMatchObject({ user: ann, threadTs: question.ts });
    return shown(note);
  };
  return { question, answer, say };
}

/** The same in Discord, by slash command. */
async function discordThread(set: OnDiscord) {
  const { server, openWebUI, ann, channel } = set;
  openWebUI.next(says('Bread needs time.'));
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('Bread?')));
  const answer = await set.answered(thread, /needs time/);
  await vi.waitFor(() => expect(JSON.stringify(openWebUI.chats())).toContain('"done":true'));
  const run = async (line: string, options: Record<string, string> = {}) =>
    (await server.acts.run(ann, thread, line, options).ephemeral()).content;
  return { thread, answer, run };
}

test('on Slack a title that is typed stands above the first answer and in Open WebUI', async () => {
  const set = await onSlack();
  const { say, answer } = await slackThread(set);
  expect(await say('/title Baking at home')).toBe('This conversation is now called “Baking at home”.');
  const titled = await set.slack.watch.answer(set.channel, (_one, seen) => seen.startsWith('Baking at home'));
  expect(titled.ts).toBe(answer.ts);
  await vi.waitFor(() => expect(set.openWebUI.chats()).toMatchObject([{ title: 'Baking at home' }]));
  expect(set.refusals()).toEqual([]);
});

test('on Slack the state of things is told in the thread, with a link to the chat', async () => {
  const set = await onSlack();
  const { say } = await slackThread(set);
  const words = await say('status');
  expect(words).toContain('Model here: Demo');
  expect(words).toMatch(/This conversation in Open WebUI: http\S+\/c\/\S+/);
});

test('on Slack “new” begins another chat in the same thread', async () => {
  const set = await onSlack();
  const { slack, openWebUI, ann, channel } = set;
  const { say, question } = await slackThread(set);
  expect(await say('new')).toBe('Your next message here begins a new conversation.');
  openWebUI.next(says('Rolls need less.'));
  slack.people.say(ann, channel, 'And rolls?', { thread_ts: question.ts });
  await set.answered(channel, /Rolls need less/);
  await vi.waitFor(() => expect(openWebUI.chats()).toHaveLength(2));
});

test('on Slack “stop” stops what is being written, and says so when there is nothing', async () => {
  const set = await onSlack();
  const { slack, openWebUI, ann, channel } = set;
  const { say, question } = await slackThread(set);
  expect(await say('stop')).toBe('Nothing is being answered here.');
  openWebUI.next(answer(['word word word', silence]));
  slack.people.say(ann, channel, 'Go on.', { thread_ts: question.ts });
  await slack.watch.answer(channel, (_one, seen) => seen.includes('word word'));
  expect(await say('/stop')).toBe('Stopped. What was written stays.');
  await slack.watch.answer(channel, (_one, seen) => seen.includes('Stopped.'));
});

test('on Slack “retry” answers the last question anew, below what was typed, and takes the old buttons away', async () => {
  const set = await onSlack();
  const { say, answer } = await slackThread(set);
  set.openWebUI.next(says('Bread needs patience.'));
  expect(await say('retry')).toBe('I am answering the last question again.');
  const again = await set.answered(set.channel, /patience/);
  expect(again.threadTs).toBe(answer.threadTs);
  await set.slack.watch.answer(set.channel, (one, seen) => one.ts === answer.ts && seen === 'Bread needs time.');
  expect(set.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('ann: Bread?');
});

test('on Discord /title renames the thread and the chat', async () => {
  const set = await onDiscord();
  const { thread, run } = await discordThread(set);
  expect(await run('title', { text: 'Baking at home' })).toBe('This conversation is now called “Baking at home”.');
  await vi.waitFor(() => expect(thread.name).toBe('Baking at home'));
  await vi.waitFor(() => expect(set.openWebUI.chats()).toMatchObject([{ title: 'Baking at home' }]));
  expect(set.refusals()).toEqual([]);
});

test('on Discord a name that cannot be changed now is told of, and the last one wished for is seen later', async () => {
  const set = await onDiscord();
  const { thread, run } = await discordThread(set);
  const limited = { do: '429', scope: 'shared', retryAfterMs: 10_000 } as const;
  set.server.faults.add({ on: 'PATCH /channels/:channel', effect: limited });
  const later = (name: string) =>
    `This conversation is now called “${name}”. It may take ten minutes until you see it here, since names can be changed only now and then.`;
  const first = thread.name;
  expect(await run('title', { text: 'Baking' })).toBe(later('Baking'));
  expect(await run('title', { text: 'Baking at home' })).toBe(later('Baking at home'));
  expect(thread.name).toBe(first);
  await vi.waitFor(() => expect(thread.name).toBe('Baking at home'), { timeout: 40_000 });
  await vi.waitFor(() => expect(set.openWebUI.chats()).toMatchObject([{ title: 'Baking at home' }]));
});

test('on Discord a third name within ten minutes is told of as one that is seen later', async () => {
  const set = await onDiscord();
  const { thread, run } = await discordThread(set);
  for (const text of ['One', 'Two']) {
    expect(await run('title', { text })).toBe(`This conversation is now called “${text}”.`);
    await vi.waitFor(() => expect(thread.name).toBe(text));
  }
  expect(await run('title', { text: 'Three' })).toContain('It may take ten minutes until you see it here');
  expect(thread.name).toBe('Two');
  await vi.waitFor(() => expect(set.openWebUI.chats()).toMatchObject([{ title: 'Three' }]));
  expect(set.refusals()).toEqual([]);
});

test('on Discord /status tells the model of the thread and links its chat', async () => {
  const { run } = await discordThread(await onDiscord());
  const words = await run('status');
  expect(words).toContain('Model here: Demo');
  expect(words).toMatch(/This conversation in Open WebUI: <?http\S+\/c\//);
});

test('on Discord /new begins another chat in the same thread', async () => {
  const set = await onDiscord();
  const { thread, run } = await discordThread(set);
  expect(await run('new')).toBe('Your next message here begins a new conversation.');
  set.openWebUI.next(says('Rolls need less.'));
  set.server.people.say(set.ann, thread, 'And rolls?');
  await set.answered(thread, /Rolls need less/);
  await vi.waitFor(() => expect(set.openWebUI.chats()).toHaveLength(2));
});

test('on Discord /stop stops what is being written, and says so when there is nothing', async () => {
  const set = await onDiscord();
  const { thread, run } = await discordThread(set);
  expect(await run('stop')).toBe('Nothing is being answered here.');
  set.openWebUI.next(answer(['word word word', silence]));
  set.server.people.say(set.ann, thread, 'Go on.');
  await set.server.message(thread, (one) => one.content.includes('word word'));
  expect(await run('stop')).toBe('Stopped. What was written stays.');
  await set.server.message(thread, (one) => one.content.includes('Stopped.'));
});

test('on Discord /retry answers the last question anew, in the same message', async () => {
  const set = await onDiscord();
  const { thread, answer, run } = await discordThread(set);
  set.openWebUI.next(says('Bread needs patience.'));
  expect(await run('retry')).toBe('I am answering the last question again.');
  const again = await set.answered(thread, /patience/);
  expect(again.id).toBe(answer.id);
  expect(buttons(again)).toContain('Regenerate');
});
