import { expect, test } from 'vitest';
import { shown } from '../servers/slack/body.ts';
import { onDiscord } from './discord-stage.ts';
import { onSlack } from './slack-stage.ts';

// What a place reads that has just met Parley.

test('on Slack a channel that Parley is invited to is greeted once, with commands as they are typed there', async () => {
  const { slack, ann, ...set } = await onSlack();
  const other = slack.people.channel({ name: 'other', members: [ann], bot: false });
  slack.people.invite(ann, other);
  const hello = await slack.watch.answer(other.id);
  expect(shown(hello)).toContain('Mention me or write to me privately');
  expect(shown(hello)).toContain('`/parley help` shows what else I can do.');
  expect(hello.threadTs).toBeNull();
  expect(set.standing(other.id)).toHaveLength(1);
  expect(slack.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});

test('on Slack somebody who opens the conversation for the first time is greeted', async () => {
  const { slack, ann, ...set } = await onSlack();
  slack.people.openHome(ann, 'messages');
  const hello = await slack.watch.answer(slack.people.dm(ann).id);
  expect(shown(hello)).toMatch(/^Hello!/);
  expect(set.refusals()).toEqual([]);
});

test('on Discord a server is greeted in the channel where newcomers are, and nowhere when it has none', async () => {
  const { server, ann, ...set } = await onDiscord();
  const quiet = server.people.guild('Quiet', ann);
  const silent = server.people.channel(quiet, 'general');
  server.people.invite(quiet);
  const away = server.people.guild('Away', ann);
  const general = server.people.channel(away, 'general');
  away.systemChannelId = general.id;
  server.people.invite(away);
  const hello = await server.message(general);
  expect(hello.content).toMatch(/^Hello!/);
  expect(hello.content).toContain('`/help` shows what else I can do.');
  expect(server.world.messagesIn(silent.id)).toEqual([]);
  expect(server.pings).toEqual([]);
  expect(set.refusals()).toEqual([]);
});
