import { expect, test, vi } from 'vitest';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { makePrompt } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// Questions, commands, buttons, files and forms through the real Bolt on a pretend Slack.

test('a mention is answered in a thread, with title and emoji, and goes on there without mention', async () => {
  const set = await onSlack({ titles: true, emoji: true });
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(says('The sky is blue because of scattering. <!channel>', { everyMs: 20 }));
  openWebUI.nextTask('title', '{"title": "Why the sky is blue"}');
  openWebUI.nextTask('emoji', '{"emoji": "🌌"}');
  const question = slack.people.say(ann, channel, set.mention('why is the sky blue?'));
  const answer = await set.answered(channel, /scattering/);
  expect(answer.threadTs).toBe(question.ts);
  await slack.watch.answer(channel, (_message, seen) => seen.includes('Why the sky is blue'));
  await vi.waitFor(() => expect([...question.reactions.keys()]).toEqual(['milky_way']), { timeout: 5_000 });
  openWebUI.next(says('At night there is no light to scatter.'));
  slack.people.say(ann, channel, 'and at night?', { thread_ts: question.ts });
  expect((await set.answered(channel, /At night/)).threadTs).toBe(question.ts);
  expect(openWebUI.asked.at(-1)?.messages.length).toBeGreaterThanOrEqual(3);
  expect(openWebUI.asked).toHaveLength(2);
  expect(slack.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});

test('the thread of an agent gets its title in Slack', async () => {
  const set = await onSlack({ titles: true, agent: true });
  const { slack, ann, openWebUI } = set;
  const dm = slack.people.dm(ann).id;
  openWebUI.next(says('Hello Ann.'));
  openWebUI.nextTask('title', '{"title": "A greeting"}');
  const question = slack.people.say(ann, dm, 'hi');
  await set.answered(dm, /Hello Ann/);
  const title = () => slack.world.threads.get(`${dm}:${question.ts}`)?.title;
  await vi.waitFor(() => expect(title()).toBe('A greeting'), { timeout: 5_000 });
  expect(set.refusals()).toEqual([]);
});

test('a direct message begins a thread; flat ones share one chat', async () => {
  const threads = await onSlack();
  threads.openWebUI.next(says('In a thread.'));
  const dm = threads.slack.people.dm(threads.ann).id;
  const question = threads.slack.people.say(threads.ann, dm, 'hi');
  expect((await threads.answered(dm, /In a thread/)).threadTs).toBe(question.ts);
  const flat = await onSlack({ direct: 'flat' });
  const theirs = flat.slack.people.dm(flat.ann).id;
  for (const words of ['One.', 'Two.']) {
    flat.openWebUI.next(says(words));
    flat.slack.people.say(flat.ann, theirs, 'hi');
    expect((await flat.answered(theirs, new RegExp(words))).threadTs).toBeNull();
  }
  expect(flat.openWebUI.asked.at(-1)?.messages).toHaveLength(3);
});

test('what was said while Parley was away is answered when it is back', async () => {
  const set = await onSlack();
  const { slack, ann, openWebUI } = set;
  const dm = slack.people.dm(ann).id;
  await set.stop();
  slack.people.say(ann, dm, 'are you there?');
  openWebUI.next(says('Here again.'));
  await set.restart();
  await set.answered(dm, /Here again/);
  expect(openWebUI.asked).toHaveLength(1);
});

test('summoned into a thread, it reads that thread first, with names', async () => {
  const set = await onSlack();
  const { slack, ann, bob, channel, openWebUI } = set;
  const root = slack.people.say(ann, channel, 'Shall we paint it *blue*?');
  slack.people.say(bob, channel, `<@${ann}> rather green`, { thread_ts: root.ts });
  openWebUI.next(says('Take teal.'));
  slack.people.say(ann, channel, set.mention('what do you think?'), { thread_ts: root.ts });
  expect((await set.answered(channel, /teal/)).threadTs).toBe(root.ts);
  const asked = JSON.stringify(openWebUI.asked.at(-1)?.messages);
  expect(asked).toContain('Shall we paint it');
  expect(asked).toMatch(/bob[^"]*@ann rather green/);
});

test('a command leaves a line and answers in the thread on it; without its text it opens a form', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(says('Forty-two.'));
  await slack.interact.command(ann, channel, '/ask', 'what is the answer?');
  const line = await slack.watch.answer(channel, (_message, seen) => /ann asked: what is/.test(seen));
  expect((await set.answered(channel, /Forty-two/)).threadTs).toBe(line.ts);
  openWebUI.next(says('By form.'));
  await slack.interact.command(ann, channel, '/ask');
  const view = await slack.watch.modal(ann);
  const field = JSON.stringify(view.view.blocks).match(/"block_id":"(0:[^"]+)"/)?.[1] ?? '';
  const sent = await slack.interact.submit(view, { [field]: 'asked by form' });
  expect(sent.view).toBeNull();
  await set.answered(channel, /By form/);
  expect(JSON.stringify(openWebUI.asked.at(-1)?.messages)).toContain('asked by form');
  expect(set.refusals()).toEqual([]);
});

test('a private command is answered for the asker’s eyes only', async () => {
  const set = await onSlack();
  const { slack, ann, channel } = set;
  const { shown: note } = await slack.interact.command(ann, channel, '/parley', 'status');
  expect(note && shown(note)).toContain('Model here');
  expect(slack.world.channels.get(channel)?.messages).toEqual([]);
});

test('a shortcut asks about a message, in its thread', async () => {
  const set = await onSlack();
  const { slack, ann, bob, channel, openWebUI } = set;
  const said = slack.people.say(bob, channel, 'E = mc²');
  openWebUI.next(says('Energy and mass.'));
  await slack.interact.messageShortcut(ann, said, 'run:ask');
  expect((await set.answered(channel, /Energy and mass/)).threadTs).toBe(said.ts);
  expect(JSON.stringify(openWebUI.asked.at(-1)?.messages)).toContain('E = mc²');
});

test('buttons work after a restart: Regenerate writes into the same message, and others may not press it', async () => {
  const set = await onSlack();
  const { slack, ann, bob, channel, openWebUI } = set;
  openWebUI.next(says('First try.'));
  slack.people.say(ann, channel, set.mention('try'));
  const first = await set.answered(channel, /First try/);
  await set.restart();
  await slack.interact.act(bob, first, 'Regenerate');
  expect(shown(await slack.watch.ephemeral(bob))).toContain('Only ann');
  openWebUI.next(says('Second try.'));
  await slack.interact.act(ann, first, 'Regenerate');
  expect((await set.answered(channel, /Second try/)).ts).toBe(first.ts);
});

test('Stop ends an answer and keeps what is there', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(answer(['word word word', silence]));
  slack.people.say(ann, channel, set.mention('talk'));
  const live = await slack.watch.answer(
    channel,
    (_message, seen) => seen.includes('Stop') && seen.includes('word word'),
  );
  await slack.interact.act(ann, live, 'Stop');
  const stopped = await slack.watch.answer(channel, (_message, seen) => seen.includes('Stopped.'));
  expect(stopped.ts).toBe(live.ts);
  await slack.watch.until(() => slack.world.threads.get(`${channel}:${stopped.threadTs}`)?.status === '');
});

test('a follow-up question is asked by its button', async () => {
  const set = await onSlack({ followUps: true });
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(says('Because.'));
  openWebUI.nextTask('follow_up', '{"follow_ups": ["Are you sure?"]}');
  slack.people.say(ann, channel, set.mention('why?'));
  const answer = await slack.watch.answer(channel, (_message, seen) => seen.includes('Are you sure?'));
  openWebUI.next(says('Quite sure.'));
  await slack.interact.act(ann, answer, 'Are you sure?');
  expect((await set.answered(channel, /Quite sure/)).threadTs).toBe(answer.threadTs);
});

test('a file in the question reaches Open WebUI', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  openWebUI.next(says('A short note.'));
  const file = { name: 'note.txt', bytes: 'Remember the milk' };
  slack.people.say(ann, channel, set.mention('what is this?'), { files: [file] });
  await set.answered(channel, /short note/);
  expect(slack.world.downloads).toMatchObject([{ authorized: true }]);
  expect(openWebUI.seen({ method: 'POST', path: /\/files/ }).length).toBeGreaterThan(0);
});

test('a long answer stands in several messages and as a file', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  const text = Array.from({ length: 700 }, (_none, at) => `Line ${at}: ${'words '.repeat(12)}`).join('\n\n');
  openWebUI.next(says(`${text}\n\nThe very end.`, { units: 500 }));
  slack.people.say(ann, channel, set.mention('all of it'));
  await slack.watch.answer(
    channel,
    (_message, seen) => seen.includes('The very end.') && seen.includes('Regenerate'),
    40_000,
  );
  const file = await slack.watch.answer(
    channel,
    (message) => message.files.some((one) => one.name === 'answer.md'),
    20_000,
  );
  expect(Buffer.from(file.files[0]?.bytes ?? []).toString()).toContain('The very end.');
  const said = slack.world.channels.get(channel)?.messages.map(shown).join('\n') ?? '';
  for (const line of [0, 100, 350, 699]) expect(said).toContain(`Line ${line}:`);
  expect(set.refusals()).toEqual([]);
});

test('an answer whose channel is left in the middle is told to the asker', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  let left = false;
  openWebUI.next(answer(['word word', () => left, ' word']));
  slack.people.say(ann, channel, set.mention('talk'));
  await slack.watch.answer(channel, (_message, seen) => seen.includes('word'));
  slack.people.archive(channel);
  left = true;
  const dm = slack.people.dm(ann).id;
  await slack.watch.answer(dm, (_message, seen) => seen.includes('could not show my answer'));
});

test('a prompt asks for its values in a form, with complaints at its fields, and runs with them', async () => {
  const set = await onSlack();
  const { slack, ann, channel, openWebUI } = set;
  const content =
    'Count to {{n | number:min=1:max=9:step=2:required}} {{how | select:options=["slowly","fast"]:required}}';
  await makePrompt(set, { command: 'count', content });
  await slack.interact.command(ann, channel, '/prompt', 'count how=fast');
  const view = await slack.watch.modal(ann);
  const [field = ''] = JSON.stringify(view.view.blocks).match(/0:v0/) ?? [];
  const wrong = await slack.interact.submit(view, { [field]: '4' });
  expect(JSON.stringify(wrong.errors)).toContain('in steps of 2');
  openWebUI.next(says('One, two, three.'));
  const sent = await slack.interact.submit(view, { [field]: '3' });
  expect(sent.view).toBeNull();
  await slack.watch.answer(channel, (_message, seen) => /ann ran count \(n: 3, how: fast\)/.test(seen));
  await set.answered(channel, /One, two/);
  expect(JSON.stringify(openWebUI.asked.at(-1)?.messages)).toContain('Count to 3 fast');
  expect(set.refusals()).toEqual([]);
});
