import { expect, test, vi } from 'vitest';
import { placeKey } from '../../src/chat/places.ts';
import type { Channel } from '../servers/discord/records.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { buttons, type OnDiscord, onDiscord } from './discord-stage.ts';
import { makePrompt } from './prompt-world.ts';

// Questions, commands, buttons, files and forms through the real discord.js on a pretend Discord.

/** Resolves when no turn of a thread's conversation is open any more: what stands there is in the store as well. */
async function settled({ store }: OnDiscord, channel: Channel, thread: Channel): Promise<void> {
  const team = channel.guildId ?? '@me';
  const key = placeKey({ platform: 'discord', team, channel: channel.id, thread: thread.id, kind: 'public' });
  await vi.waitFor(async () => expect(await store.jobs.pending('turn', key)).toEqual([]), { timeout: 10_000 });
}

test('a mention becomes a thread with a streamed answer, a title and an emoji, and goes on without mention', async () => {
  const set = await onDiscord({ titles: true, emoji: true });
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('The sky is blue because of scattering.', { everyMs: 20 }));
  openWebUI.nextTask('title', '{"title": "Why the sky is blue"}');
  openWebUI.nextTask('emoji', '{"emoji": "🌌"}');
  const question = server.people.say(ann, channel, set.mention('why is the sky blue?'));
  const thread = await set.threadOf(question);
  expect(thread.name).toBe('why is the sky blue?');
  await set.answered(thread, /scattering/);
  await vi.waitFor(() => expect(thread.name).toBe('Why the sky is blue'), { timeout: 5_000 });
  await vi.waitFor(() => expect([...question.reactions.keys()]).toEqual(['🌌']), { timeout: 5_000 });
  openWebUI.next(says('At night there is no light to scatter.'));
  server.people.say(ann, thread, 'and at night?');
  await set.answered(thread, /At night/);
  expect(openWebUI.asked.at(-1)?.messages.length).toBeGreaterThanOrEqual(3);
  expect(server.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});

test('a direct message is answered in place, and what was sent while Parley was away after it is back', async () => {
  const set = await onDiscord();
  const { server, ann, openWebUI } = set;
  const direct = server.people.direct(ann);
  openWebUI.next(says('Hello Ann.'));
  server.people.say(ann, direct, 'hi');
  await set.answered(direct, /Hello Ann/);
  await set.stop();
  server.people.say(ann, direct, 'are you there?');
  openWebUI.next(says('Here again.'));
  await set.restart();
  await set.answered(direct, /Here again/);
  expect(openWebUI.asked).toHaveLength(2);
});

test('a command leaves a line and answers in the thread on it; without its text it opens a form', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('Forty-two.'));
  const asked = server.acts.run(ann, channel, 'ask', { text: 'what is the answer?' });
  const line = await asked.reply((one) => /Ann asked/.test(one.content));
  await set.answered(await set.threadOf(line), /Forty-two/);
  openWebUI.next(says('By form.'));
  const opened = server.acts.run(ann, channel, 'ask');
  const sent = await server.acts.submit(opened, { 't.text': 'asked by form' });
  const second = await sent.reply((one) => /asked by form/.test(one.content));
  await set.answered(await set.threadOf(second), /By form/);
  expect(set.refusals()).toEqual([]);
});

test('a private command is answered for the asker’s eyes only', async () => {
  const set = await onDiscord();
  const { server, ann, channel } = set;
  const asked = server.acts.run(ann, channel, 'status');
  expect((await asked.ephemeral(undefined, 10_000)).content).toContain('Model here');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
});

test('buttons work after a restart: Regenerate writes into the same message', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('First try.'));
  const question = server.people.say(ann, channel, set.mention('try'));
  const thread = await set.threadOf(question);
  const first = await set.answered(thread, /First try/);
  await settled(set, channel, thread);
  await set.restart();
  openWebUI.next(says('Second try.'));
  server.acts.click(ann, first, 'Regenerate');
  const second = await set.answered(thread, /Second try/);
  expect(second.id).toBe(first.id);
});

test('a file in the question reaches Open WebUI', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('A short note.'));
  const file = { name: 'note.txt', type: 'text/plain', bytes: 'Remember the milk' };
  const question = server.people.say(ann, channel, set.mention('what is this?'), { files: [file] });
  await set.answered(await set.threadOf(question), /short note/);
  expect(server.cdn.downloads).toMatchObject([{ status: 200, authorized: false }]);
  expect(openWebUI.seen({ method: 'POST', path: /\/files/ }).length).toBeGreaterThan(0);
});

test('a follow-up question is a button; pressing it asks, and the old buttons go', async () => {
  const set = await onDiscord({ followUps: true });
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('Bread needs flour.'));
  openWebUI.nextTask('follow_up', '{"follow_ups": ["And how much salt?"]}');
  const question = server.people.say(ann, channel, set.mention('how do I bake bread?'));
  const thread = await set.threadOf(question);
  const offered = await server.message(thread, (one) => /how much salt/.test(buttons(one)));
  openWebUI.next(says('Ten grams.'));
  server.acts.click(ann, offered, 'And how much salt?');
  await set.answered(thread, /Ten grams/);
  await vi.waitFor(() => expect(offered.components).toEqual([]), { timeout: 10_000 });
  expect(server.world.messagesIn(thread.id).some((one) => /Ann asked: And how much salt/.test(one.content))).toBe(true);
});

test('a long answer comes in several messages, each whole in itself, and Stop ends one that runs', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  const code = Array.from({ length: 120 }, (_, at) => `const line${at} = ${at}; // a line of code`).join('\n');
  openWebUI.next(says(`Here it is:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThat is all.`, { units: 400 }));
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('a long program, please')));
  await set.answered(thread, /That is all/);
  const parts = server.world
    .messagesIn(thread.id)
    .filter((one) => one.authorId === server.world.app.user.id && one.content !== '');
  expect(parts.length).toBeGreaterThan(1);
  for (const one of parts) {
    expect(one.content.length).toBeLessThanOrEqual(2_000);
    expect((one.content.match(/```/g) ?? []).length % 2).toBe(0);
  }
  openWebUI.next(answer(['word word word', silence]));
  server.people.say(ann, thread, 'and now talk for long');
  const running = await server.message(thread, (one) => /word word/.test(one.content) && /Stop/.test(buttons(one)));
  server.acts.click(ann, running, 'Stop');
  await server.message(thread, (one) => /Stopped/.test(one.content));
  expect(server.pings).toEqual([]);
});

test('an answer goes on through limits, outages and a thread archived in the middle, and ends whole', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  let faulty = false;
  const end = 'well that ends well, they say, and so does this.';
  openWebUI.next(answer(['All is ', () => faulty, ...end.split(/(?<= )/).flatMap((word) => [60, word])]));
  const question = server.people.say(ann, channel, set.mention('go on'));
  const thread = await set.threadOf(question);
  await server.message(thread, (one) => one.content.startsWith('All'));
  const edit = 'PATCH /channels/:channel/messages/:message';
  server.faults.add({ on: edit, effect: { do: '429', scope: 'user', retryAfterMs: 500 } });
  server.faults.add({ on: edit, effect: { do: 'status', status: 503 } });
  server.people.change(thread, { archived: true });
  faulty = true;
  const whole = await set.answered(thread, /so does this\.$/);
  expect(
    server.world.messagesIn(thread.id).filter((one) => one.authorId === whole.authorId && one.type === 0),
  ).toHaveLength(1);
});

test('a prompt asks for seven values in two steps, mends a wrong one, and runs with all of them', async () => {
  const set = await onDiscord();
  const { server, ann, channel, openWebUI } = set;
  const content = [1, 2, 3, 4, 5, 6].map((at) => `{{v${at} | text:required}}`).join(' ');
  await makePrompt(set, { command: 'many', content: `${content} {{kind | select:options=["soft","hard"]:required}}` });
  const opened = server.acts.run(ann, channel, 'prompt', { prompt: 'many' });
  const first = Object.fromEntries([0, 1, 2, 3, 4].map((at) => [`t.v${at}`, `one${at}`]));
  const step = await server.acts.submit(opened, first);
  const kept = await step.ephemeral((one) => /Continue/.test(buttons(one)));
  const second = await server.acts.submit(server.acts.click(ann, kept, 'Continue'), { 't.v5': 'x', 't.v6': 'hard' });
  openWebUI.next(says('All seven.'));
  const line = await second.reply((one) => /Ann ran many/.test(one.content));
  await set.answered(await set.threadOf(line), /All seven/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: one0 one1 one2 one3 one4 x hard');
  expect(set.refusals()).toEqual([]);
});
