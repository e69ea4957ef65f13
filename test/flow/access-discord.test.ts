import { expect, test, vi } from 'vitest';
import type { Channel, User } from '../servers/discord/records.ts';
import { says } from '../servers/openwebui/script.ts';
import { type GivenDiscord, type OnDiscord, onDiscord } from './discord-stage.ts';

// Access lists through the real discord.js over sockets: what only Discord has, roles (also in private), categories, threads, webhooks.

/** Parley under these rules. */
const under = (access: GivenDiscord['access'] = () => ({})) => onDiscord({ access });

/** Somebody mentions Parley. */
const ask = ({ server, mention }: OnDiscord, user: User, channel: Channel, text = 'why?') =>
  server.people.say(user, channel, mention(text));

/** What the bot wrote in a channel for everybody. */
function posted({ server }: OnDiscord, channel: Channel): string[] {
  const mine = server.world.app.user.id;
  const all = [...server.world.messages.values()].filter(
    (one) => one.channelId === channel.id && one.authorId === mine && one.ephemeralFor === null,
  );
  return all.map((one) => one.content);
}

/** What the bot told somebody in private, once there are so many. */
async function told(set: OnDiscord, user: User, count: number): Promise<string[]> {
  const direct = set.server.people.direct(user);
  await vi.waitFor(() => expect(posted(set, direct).length).toBeGreaterThanOrEqual(count), { timeout: 8_000 });
  return posted(set, direct);
}

const NOT_YOU = 'I am not open to you yet. Whoever runs me can change that.';
const CLOSED = 'I do not answer in this channel. Ask me in another one, or ask whoever runs me to open this one.';

test('a role opens every way in, in private too, and nobody else gets more than one sentence', async () => {
  let role = '';
  const set = await under(({ server, guild }) => {
    const made = server.people.role(guild, 'Askers');
    role = made.id;
    const cy = server.people.user('cy', 'Cy');
    server.people.join(guild, cy, [made]);
    return { allow: [{ kind: 'group', id: role }] };
  });
  const { server, bob, channel, openWebUI } = set;
  const cy = [...server.world.users.values()].find((one) => one.username === 'cy');
  if (!cy) throw new Error('no Cy');
  openWebUI.next(says('For Cy.'));
  const question = ask(set, cy, channel);
  const answer = await set.answered(await set.threadOf(question), /For Cy\./);
  openWebUI.next(says('For Cy alone.'));
  server.people.say(cy, server.people.direct(cy), 'and here?');
  await set.answered(server.people.direct(cy), /For Cy alone\./);

  ask(set, bob, channel);
  expect(await told(set, bob, 1)).toEqual([NOT_YOU]);
  server.people.say(bob, server.people.direct(bob), 'and here?');
  expect(await told(set, bob, 2)).toEqual([NOT_YOU, NOT_YOU]);
  const words = async (asked: ReturnType<typeof server.acts.run>) => (await asked.ephemeral()).content;
  expect(await words(server.acts.run(bob, channel, 'ask', { text: 'why?' }))).toBe(NOT_YOU);
  expect(await words(server.acts.run(bob, channel, 'help'))).toBe(NOT_YOU);
  expect(await words(server.acts.menu(bob, question, 'Ask about this'))).toBe(NOT_YOU);
  for (const button of ['Regenerate', 'Good answer'])
    expect(await words(server.acts.click(bob, answer, button))).toBe(NOT_YOU);
  expect(await server.acts.suggest(bob, channel, 'ask', { text: 'x', model: '' }, 'model').choices()).toEqual([]);
  expect(await server.acts.suggest(cy, channel, 'ask', { text: 'x', model: '' }, 'model').choices()).not.toEqual([]);
  expect(openWebUI.asked).toHaveLength(2);
  expect(posted(set, channel)).toEqual([]);
});

test('a denied role counts in what was missed, where no event tells of it', async () => {
  const set = await under();
  const { server, guild, ann, bob, channel, openWebUI } = set;
  const role = server.people.role(guild, 'Out');
  openWebUI.next(says('Hello.'));
  const thread = await set.threadOf(ask(set, ann, channel));
  await set.answered(thread, /Hello\./);
  await set.stop();
  guild.members.get(bob.id)?.roles.push(role.id);
  ask(set, bob, thread, 'while you were away');
  openWebUI.next(says('For Ann.'));
  ask(set, ann, thread, 'while you were away');
  await set.restart({ deny: [{ kind: 'group', id: role.id }] });
  await set.answered(thread, /For Ann\./);
  expect(await told(set, bob, 1)).toEqual([NOT_YOU]);
  expect(openWebUI.asked).toHaveLength(2);
});

test('a denied category closes its channels and their threads; others stay open', async () => {
  const set = await under(({ server, guild }) => {
    const category = server.people.channel(guild, 'Quiet', { kind: 'category' });
    server.people.channel(guild, 'reading', { parent: category.id });
    return { deny: [{ kind: 'category', id: category.id }] };
  });
  const { server, ann, bob, channel, openWebUI } = set;
  const reading = [...server.world.channels.values()].find((one) => one.name === 'reading');
  if (!reading) throw new Error('no channel');
  ask(set, ann, reading);
  expect(await told(set, ann, 1)).toEqual([CLOSED]);
  const thread = server.people.thread(bob, reading, 'Talk', { on: server.people.say(bob, reading, 'start') });
  ask(set, bob, thread);
  expect(await told(set, bob, 1)).toEqual([CLOSED]);
  const asked = server.acts.run(ann, thread, 'ask', { text: 'why?' });
  expect((await asked.ephemeral(undefined, 8_000)).content).toBe(CLOSED);
  openWebUI.next(says('Here I may.'));
  await set.answered(await set.threadOf(ask(set, ann, channel)), /Here I may\./);
  expect([...posted(set, reading), ...posted(set, thread)]).toEqual([]);
  expect(openWebUI.asked).toHaveLength(1);
});

test('a channel that was closed takes its threads along: buttons do nothing more, talk is met with silence', async () => {
  const set = await under();
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('While it was open.'));
  const thread = await set.threadOf(ask(set, ann, channel));
  const answer = await set.answered(thread, /While it was open\./);
  await set.restart({ deny: [{ kind: 'channel', id: channel.id }] });
  const pressed = server.acts.click(ann, answer, 'Regenerate');
  expect((await pressed.ephemeral(undefined, 8_000)).content).toBe(CLOSED);
  server.people.say(ann, thread, 'and at night?');
  ask(set, ann, thread, 'and by day?');
  expect(await told(set, ann, 1)).toEqual([CLOSED]);
  expect(openWebUI.asked).toHaveLength(1);
  expect(posted(set, thread)).toHaveLength(1);
});

test('another server than those of the list, and direct messages that are off, are closed', async () => {
  const set = await under(({ guild }) => ({ allow: [{ kind: 'team', id: guild.id }], directMessages: false }));
  const { server, ann, bob, channel, openWebUI } = set;
  const other = server.people.guild('Other', ann);
  server.people.join(other, bob);
  const there = server.people.channel(other, 'elsewhere');
  server.people.invite(other);
  ask(set, bob, there);
  expect(await told(set, bob, 1)).toEqual([CLOSED]);
  server.people.say(ann, server.people.direct(ann), 'hi');
  expect(await told(set, ann, 1)).toEqual(['I do not take direct messages here. Mention me in a channel instead.']);
  openWebUI.next(says('Here I may.'));
  await set.answered(await set.threadOf(ask(set, ann, channel)), /Here I may\./);
  expect(openWebUI.asked).toHaveLength(1);
});

test('a bot that is named in the list is answered when it names Parley; another is not, nor is talk in passing', async () => {
  const bots = new Map<string, User>();
  const set = await under(({ server, guild }) => {
    for (const name of ['helper', 'robo']) {
      const bot = server.people.bot(name);
      server.people.join(guild, bot);
      bots.set(name, bot);
    }
    return { allow: [{ kind: 'bot', id: bots.get('helper')?.id ?? '' }] };
  });
  const [helper, robo] = bots.values();
  if (!helper || !robo) throw new Error('no bots');
  const { server, ann, channel, openWebUI } = set;
  ask(set, robo, channel, 'beep?');
  openWebUI.next(says('For the helper.'));
  const thread = await set.threadOf(ask(set, helper, channel));
  await set.answered(thread, /For the helper\./);
  server.people.say(helper, thread, 'in passing');
  openWebUI.next(says('For Ann.'));
  await set.answered(await set.threadOf(ask(set, ann, channel)), /For Ann\./);
  expect(openWebUI.asked).toHaveLength(2);
});
