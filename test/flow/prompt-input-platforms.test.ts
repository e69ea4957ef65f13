import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { shown } from '../servers/slack/body.ts';
import { onDiscord } from './discord-stage.ts';
import { makePrompt } from './prompt-world.ts';
import { onSlack } from './slack-stage.ts';

// What a prompt works on: the thread, the message replied to, what follows its name after a mention.

const before = (openWebUI: ScriptedOpenWebUI) =>
  makePrompt(
    { openWebUI },
    { command: 'minutes', content: 'Minutes by {{USER_NAME}} in {{CURRENT_TIMEZONE}}: {{text}}' },
  );

test('on Slack a prompt works on the thread, and by its own name on what follows it; a zone is the person’s own', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack({ before });
  const asked = () => openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
  const person = slack.world.users.get(ann);
  if (person) person.tz = 'Asia/Tokyo';
  const root = slack.people.say(bob, channel, 'We ship on Friday.');
  const thread = { thread_ts: root.ts };
  slack.people.say(ann, channel, 'Who tests?', thread);
  openWebUI.next(says('First.'));
  slack.people.say(ann, channel, set.mention('/prompt minutes on=thread'), thread);
  expect((await set.answered(channel, /First/)).threadTs).toBe(root.ts);
  expect(asked()).toContain('Minutes by ann in Asia/Tokyo: bob: We ship on Friday.');
  expect(asked()).toContain('ann: Who tests?');
  openWebUI.next(says('Second.'));
  slack.people.say(ann, channel, set.mention('/minutes We met at noon.'), thread);
  await set.answered(channel, /Second/);
  expect(asked()).toContain(': We met at noon.');
  slack.people.say(ann, channel, set.mention('/help'), thread);
  const help = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Who can read this?'));
  expect(shown(help)).toContain('`/minutes` is `/prompt minutes`, unless a command has that name.');
  slack.people.say(ann, channel, set.mention('/minuets We met.'), thread);
  await slack.watch.ephemeral(ann, (_note, seen) => /Did you mean `\/.*minutes`/.test(seen));
  expect(set.refusals()).toEqual([]);
});

test('on Discord a prompt works on the thread, on the message replied to, and by its own name on what follows it', async () => {
  const { server, openWebUI, ann, bob, channel, ...set } = await onDiscord({ before });
  const asked = () => openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
  openWebUI.next(says('On Friday.'));
  const thread = await set.threadOf(server.people.say(ann, channel, set.mention('When do we ship?')));
  await set.answered(thread, /On Friday/);
  const said = server.people.say(bob, thread, 'Then who tests?');
  openWebUI.next(says('First.'));
  await server.acts.run(ann, thread, 'prompt', { prompt: 'minutes', on: 'thread' }).reply((one) => one.content !== '');
  await set.answered(thread, /First/);
  expect(asked()).toMatch(/Minutes by Ann in \S+: .*Bob: Then who tests\?/s);
  openWebUI.next(says('Second.'));
  server.people.say(ann, thread, set.mention('/minutes'), { reply: said });
  await set.answered(thread, /Second/);
  expect(asked()).toContain(': Then who tests?');
  openWebUI.next(says('Third.'));
  server.people.say(ann, thread, set.mention('/minutes We met at noon.'));
  await set.answered(thread, /Third/);
  expect(asked()).toContain(': We met at noon.');
  expect(set.refusals()).toEqual([]);
});
