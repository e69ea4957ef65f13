import { expect, test, vi } from 'vitest';
import type { NextcloudOptions } from '../../src/demo/nextcloud/server.ts';
import { shown } from '../servers/slack/body.ts';
import { openCloud } from './cloud.ts';
import { onSlack } from './slack-stage.ts';

// Nextcloud's tasks through the real Bolt, on a pretend Slack that grants what our manifest asks for.

/** Parley with a Nextcloud whose tasks come out at once, when nothing else is said. */
async function flow(options: NextcloudOptions = { held: false, pace: 'instant' }) {
  const { cloud, nextcloud } = await openCloud(options);
  return { ...(await onSlack({ nextcloud })), cloud };
}

test('a summary by command leaves one line, and its result stands in the thread on it', async () => {
  const { slack, ann, channel } = await flow();
  await slack.interact.command(ann, channel, '/nextcloud', 'summarize The cat sat. <!channel>');
  const result = await slack.watch.answer(
    channel,
    (one, seen) => one.threadTs !== null && seen.includes('The cat sat'),
  );
  const line = slack.world.channels.get(channel)?.messages.find((one) => one.ts === result.threadTs);
  expect(line && shown(line)).toMatch(/^ann ran Nextcloud: summarize/);
  expect(slack.pings).toEqual([]);
  expect(slack.calls.filter((one) => one.error)).toEqual([]);
});

test('a shortcut works on a message, in its thread; another asks for the language with a form', async () => {
  const { slack, ann, bob, channel, cloud } = await flow();
  const message = slack.people.say(bob, channel, 'Guten Tag. Das Brot braucht Zeit.');
  await slack.interact.messageShortcut(ann, message, 'run:nextcloud summarize');
  const result = await slack.watch.answer(channel, (_one, seen) => seen.includes('Guten Tag'));
  expect(result.threadTs).toBe(message.ts);
  await slack.interact.messageShortcut(ann, message, 'run:nextcloud translate');
  const modal = await slack.watch.modal(ann);
  const blocks = JSON.stringify(modal.view.blocks);
  expect(blocks).toContain('Target language');
  const target = /\d+:f2/.exec(blocks)?.[0] ?? '';
  await slack.interact.submit(modal, { [target]: 'en' });
  await vi.waitFor(() => expect(cloud.world.book.all().at(-1)?.input).toMatchObject({ target_language: 'en' }), 8_000);
});

test('an audio file is transcribed, an image is posted', async () => {
  const { slack, ann, bob, channel, cloud } = await flow();
  const files = [{ name: 'voice.m4a', mimetype: 'audio/mp4', bytes: 'not really audio' }];
  const message = slack.people.say(bob, channel, '', { files });
  await slack.interact.messageShortcut(ann, message, 'run:nextcloud summarize');
  await vi.waitFor(() => expect(cloud.world.book.all().map((task) => task.type)).toContain('core:audio2text'), 8_000);
  await slack.watch.answer(channel, (one) => one.threadTs === message.ts && one.author === slack.botUserId);
  await slack.interact.command(ann, channel, '/nextcloud', 'image A cat');
  const posted = await slack.watch.answer(channel, (one) => one.files.length > 0 && one.author === slack.botUserId);
  expect(posted.files[0]?.mimetype).toMatch(/^image\//);
});

test('a command typed into a thread works on the message that it hangs on, and asks where that is Parley’s own', async () => {
  const { slack, ann, bob, channel, cloud, mention } = await flow();
  const words = slack.people.say(bob, channel, 'Guten Tag.');
  slack.people.say(ann, channel, mention('/nextcloud translate to=English'), { thread_ts: words.ts });
  const translated = await slack.watch.answer(channel, (_one, seen) => seen.includes('To English'));
  expect(translated.threadTs).toBe(words.ts);
  const voice = slack.people.say(bob, channel, '', {
    files: [{ name: 'voice.m4a', mimetype: 'audio/mp4', bytes: 'not really audio' }],
  });
  slack.people.say(ann, channel, mention('/nextcloud transcribe then=summarize'), { thread_ts: voice.ts });
  const types = () => cloud.world.book.all().map((task) => task.type);
  await vi.waitFor(() => expect(types().slice(1)).toEqual(['core:audio2text', 'core:text2text:summary']));
  await slack.interact.command(ann, channel, '/nextcloud', 'headline A long story.');
  const line = await slack.watch.answer(channel, (_one, seen) => seen.startsWith('ann ran Nextcloud: headline'));
  slack.people.say(ann, channel, mention('/nextcloud headline'), { thread_ts: line.ts });
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('headline'));
  expect(types()).toHaveLength(4);
});

test('progress is shown by editing one message, with Cancel', async () => {
  const { slack, ann, channel, cloud } = await flow({});
  await slack.interact.command(ann, channel, '/nextcloud', 'summarize A long story.');
  const status = await slack.watch.answer(
    channel,
    (_one, seen) => /Waiting in Nextcloud’s queue · \d+ s/.test(seen),
    15_000,
  );
  const id = cloud.newest();
  cloud.start(id);
  cloud.progress(id, 0.49);
  await slack.watch.answer(channel, (one, seen) => one.ts === status.ts && seen.includes('Running 49 %'));
  await slack.interact.act(ann, status, 'Cancel');
  await slack.watch.answer(channel, (one, seen) => one.ts === status.ts && seen.includes('Cancelled'));
  expect(cloud.seen({ path: /cancel$/ })).toHaveLength(1);
});

test('the link to one’s own account is for one’s own eyes', async () => {
  const { slack, ann, channel, cloud } = await flow();
  const said = await slack.interact.command(ann, channel, '/nextcloud', 'connect');
  const words = said.shown ? shown(said.shown) : '';
  expect(words).toContain('Parley for ann');
  const link = /https?:\/\/[^\s|>)]+login\/v2\/flow\/[^\s|>)]+/.exec(JSON.stringify(said.shown))?.[0];
  cloud.grant(link ?? '', 'bob');
  const asked = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Is that you?'));
  await slack.interact.act(ann, asked, 'Yes, that is me');
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('now run as'));
});
