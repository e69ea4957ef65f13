import { expect, test, vi } from 'vitest';
import { openCloud } from './cloud.ts';
import { onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// A whole conversation as the input of a task: what people said and what they were answered, and nothing of Parley's own about it.

const open = () => openCloud({ held: false, pace: 'instant' });
type Open = Awaited<ReturnType<typeof open>>['cloud'];
const missing = { ocs: { meta: { status: 'failure', statuscode: 412, message: '' }, data: { message: 'no' } } };

/** The last task's input, when there are so many. */
const input = (cloud: Open, count: number) =>
  vi.waitFor(() => {
    const tasks = cloud.world.book.all();
    expect(tasks).toHaveLength(count);
    return tasks.at(-1)?.input.input;
  });

test('on Slack: of a thread on a line, with what went wrong there', async () => {
  const { cloud, nextcloud } = await open();
  const { slack, ann, bob, channel, mention } = await onSlack({ nextcloud });
  await slack.interact.command(ann, channel, '/nextcloud', 'summarize Bread needs time.');
  const result = await slack.watch.answer(
    channel,
    (one, seen) => one.threadTs !== null && seen === 'Bread needs time.',
  );
  const there = { thread_ts: result.threadTs ?? '' };
  slack.people.say(bob, channel, 'And salt.', there);
  cloud.fault({ path: /schedule$/ }, { status: 412, body: missing }, 1);
  slack.people.say(ann, channel, mention('/nextcloud topics Rye.'), there);
  await slack.watch.answer(channel, (_one, seen) => seen.includes('does not offer this kind'));
  slack.people.say(ann, channel, mention('/nextcloud summarize on=thread'), there);
  const read = await input(cloud, 2);
  expect(read).toBe('Parley: Bread needs time.\n\nbob: And salt.');
});

test('on Discord: while another task is still under way there', async () => {
  const { cloud, nextcloud } = await openCloud();
  const { server, ann, channel, mention } = await onDiscord({ nextcloud });
  server.acts.run(ann, channel, 'nextcloud headline', { text: 'Bread needs time. Rye needs more of it.' });
  await vi.waitFor(() => expect(cloud.newest()).toBeGreaterThan(0));
  cloud.work();
  const standing = () => [...server.world.messages.values()];
  const result = await server.until('the result', () =>
    standing().find((one) => one.channelId !== channel.id && one.content.includes('Bread needs time')),
  );
  const thread = server.world.channels.get(result.channelId);
  if (!thread) throw new Error('no thread');
  server.people.say(ann, thread, 'And salt.');
  server.people.say(ann, thread, mention('/nextcloud topics Rye.'));
  await server.until('the status', () =>
    standing().some((one) => one.content.includes('Waiting in Nextcloud’s queue')),
  );
  server.people.say(ann, thread, mention('/nextcloud summarize on=thread'));
  const read = await input(cloud, 3);
  expect(read).toMatch(/^Parley: [^\n]*Bread needs time[^\n]*\n\n[^\n]+: And salt\.$/);
});
