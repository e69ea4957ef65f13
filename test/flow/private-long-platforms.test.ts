import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { shown } from '../servers/slack/body.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// A private answer that is longer than one message: every part for the asker alone, and shared whole.

const long = (lines: number) =>
  says(
    `${Array.from({ length: lines }, (_none, at) => `Line ${at}: ${'words '.repeat(12)}`).join('\n\n')}\n\nThe very end. @everyone`,
    { units: 500 },
  );

test('on Slack it comes in several notes, with the buttons under the last, and is shared whole', async () => {
  const { slack, openWebUI, ann, bob, channel, ...set } = await onSlack();
  openWebUI.next(long(300));
  await slack.interact.command(ann, channel, '/ask', 'private=yes Tell me all');
  const last = await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Share here'));
  const notes = slack.world.ephemerals.filter((note) => !note.deleted);
  expect(notes.length).toBeGreaterThan(1);
  expect(notes.every((note) => note.user === ann)).toBe(true);
  expect(notes.filter((note) => shown(note).includes('Share here'))).toEqual([last]);
  for (const line of [0, 150, 299]) expect(notes.map(shown).join('\n')).toContain(`Line ${line}:`);
  expect(notes.map(shown).join('\n')).not.toContain('Working on it');
  expect(set.standing(channel)).toEqual([]);
  await slack.interact.act(ann, last, 'Share here');
  await slack.watch.answer(channel, (_one, seen) => seen.includes('The very end.'));
  const open = set.standing(channel);
  expect(open[0]).toMatch(/^> ann shared: Tell me all\n\nLine 0:/);
  for (const line of [0, 150, 299]) expect(open.join('\n')).toContain(`Line ${line}:`);
  await slack.watch.ephemeral(ann, (_note, seen) => seen.includes('Shared with everybody who can read this place.'));
  expect(slack.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});

test('on Discord it comes in several messages for the asker alone, with the buttons under the last, and is shared whole', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  openWebUI.next(long(60));
  const asked = server.acts.run(ann, channel, 'ask', { text: 'Tell me all', private: true });
  const last = await asked.ephemeral((one) => buttons(one).includes('Share here'));
  const notes = asked.messages();
  expect(notes.length).toBeGreaterThan(1);
  expect(notes.every((one) => one.ephemeralFor === ann.id && one.content.length <= 2_000)).toBe(true);
  expect(notes.filter((one) => one.components.length > 0)).toEqual([last]);
  expect(server.world.messagesIn(channel.id)).toEqual([]);
  const pressed = server.acts.click(ann, last, 'Share here');
  await server.message(channel, (one) => one.content.includes('The very end.'));
  const open = server.world.messagesIn(channel.id).map((one) => one.content);
  expect(open[0]).toMatch(/^> Ann shared: Tell me all\n\nLine 0:/);
  for (const line of [0, 30, 59]) expect(open.join('\n')).toContain(`Line ${line}:`);
  expect((await pressed.ephemeral()).content).toBe('Shared with everybody who can read this place.');
  expect(server.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});
