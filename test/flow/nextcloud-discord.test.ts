import { expect, test, vi } from 'vitest';
import type { NextcloudOptions } from '../../src/demo/nextcloud/server.ts';
import { openCloud } from './cloud.ts';
import { buttons, onDiscord } from './discord-stage.ts';

// Nextcloud's tasks through the real discord.js, on a pretend Discord.

/** Parley with a Nextcloud whose tasks come out at once, when nothing else is said. */
async function flow(options: NextcloudOptions = { held: false, pace: 'instant' }) {
  const { cloud, nextcloud } = await openCloud(options);
  const set = await onDiscord({ nextcloud });
  const standing = () => [...set.server.world.messages.values()];
  const until = (what: string, words: RegExp) =>
    set.server.until(what, () => standing().some((one) => words.test(one.content)));
  return { ...set, cloud, standing, until };
}

test('a summary by command leaves one line with a thread, where the result stands', async () => {
  const { server, ann, channel, standing, until } = await flow();
  server.acts.run(ann, channel, 'nextcloud summarize', { text: 'The cat sat. @everyone' });
  await until('the line', /^Ann ran Nextcloud: summarize/i);
  await server.until('the result', () =>
    standing().some((one) => one.channelId !== channel.id && one.content.includes('The cat sat')),
  );
  expect(standing().some((one) => one.mentionEveryone)).toBe(false);
});

test('a context menu works on a message', async () => {
  const { server, ann, channel, cloud } = await flow();
  const message = server.people.say(ann, channel, 'Bread needs time. Rye needs more of it.');
  server.acts.menu(ann, message, 'Summarise with Nextcloud');
  await vi.waitFor(() => expect(cloud.world.book.all()[0]?.input.input).toMatch(/^Bread needs time/), 8_000);
});

test('an attachment is transcribed, and an image posted', async () => {
  const { server, ann, channel, cloud, standing } = await flow();
  const file = { name: 'voice-message.ogg', type: 'audio/ogg', bytes: Buffer.from('not really audio') };
  server.acts.run(ann, channel, 'nextcloud transcribe', { file });
  await vi.waitFor(() => expect(cloud.world.book.all().map((task) => task.type)).toEqual(['core:audio2text']), 8_000);
  await server.until('the button', () => standing().some((one) => buttons(one).includes('Summarise')));
  server.acts.run(ann, channel, 'nextcloud image', { text: 'A cat' });
  await server.until('the image', () => standing().some((one) => one.attachments.length > 0));
});

test('kinds of task and languages are completed while somebody types', async () => {
  const { server, ann, channel } = await flow();
  const types = () => server.acts.suggest(ann, channel, 'nextcloud run', { type: 'summ' }, 'type').choices();
  await expect.poll(types).toEqual([{ name: 'Summarize', value: 'core:text2text:summary' }]);
  const languages = () => server.acts.suggest(ann, channel, 'nextcloud translate', { to: 'ger' }, 'to').choices();
  await expect.poll(languages).toEqual([{ name: 'German', value: 'de' }]);
});

test('progress is shown by editing one message, with Cancel', async () => {
  const { server, ann, channel, cloud, standing, until } = await flow({});
  server.acts.run(ann, channel, 'nextcloud summarize', { text: 'A long story.' });
  const status = () => standing().find((one) => one.content.includes('Waiting in Nextcloud’s queue'));
  await server.until('the status', () => status() !== undefined);
  const message = status();
  if (!message) throw new Error('no status');
  const id = cloud.newest();
  cloud.start(id);
  cloud.progress(id, 0.49);
  await server.until('the progress', () => message.content.includes('Running 49 %'));
  server.acts.click(ann, message, 'Cancel');
  await until('the end', /Cancelled/);
});

test('a form asks for what is missing', async () => {
  const { server, ann, channel, until } = await flow();
  const asked = server.acts.run(ann, channel, 'nextcloud headline');
  const modal = await asked.modal();
  expect(JSON.stringify(modal)).toContain('headline');
  await server.acts.submit(asked, { 't.f0': 'A cat sat on a mat.' });
  await until('the line', /ran Nextcloud: headline/);
});

test('one’s own account is connected for one’s own eyes, and used once it is confirmed', async () => {
  const { server, ann, channel, cloud, standing } = await flow();
  const asked = await server.acts.run(ann, channel, 'nextcloud connect').ephemeral();
  expect(asked.content).toContain('grant access to “Parley for Ann”');
  const link = /\((http[^)]+)\)/.exec(asked.content)?.[1] ?? '';
  expect(cloud.seen({ path: /login\/v2$/ })[0]?.headers['user-agent']).toBe('Parley for Ann (Discord)');
  cloud.grant(link, 'bob');
  const question = await server.until('the question', () =>
    standing().find((one) => /\*\*Bob\*\* \(bob\).*Is that you\?/.test(one.content)),
  );
  expect(question.channelId).toBe(server.people.direct(ann).id);
  await server.acts.click(ann, question, 'Yes, that is me').reply((one) => one.content.includes('now run as **Bob**'));
  server.acts.run(ann, channel, 'nextcloud summarize', { text: 'Mine.' });
  await vi.waitFor(() => expect(cloud.world.book.all().map((task) => task.userId)).toEqual(['bob']));
});
