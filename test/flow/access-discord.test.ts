import { afterEach, expect, test, vi } from 'vitest';
import { createDiscord } from '../../adapters/discord/discord.ts';
import { type AccessRules, namedIn, OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Channel, Message, User } from '../servers/discord/records.ts';
import { type Stage, stage } from '../servers/discord-tests/stage.ts';
import { says } from '../servers/openwebui/script.ts';
import { type MakePlatform, type Running, runParley } from './access-parley.ts';

// Access lists through the real discord.js over sockets: what only Discord has, roles (also in private), categories, threads, webhooks.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Flow extends Stage, Running {
  /** Starts anew with these rules. */
  rule(rules: Partial<AccessRules>): Promise<void>;
  mention(user: User, channel: Channel, text?: string): Message;
}

async function flow(rules: (set: Stage) => Partial<AccessRules>): Promise<Flow> {
  const set = await stage();
  const make =
    (given: Partial<AccessRules>): MakePlatform =>
    ({ store }) => {
      const access = { ...OPEN_TO_MEMBERS, guests: true, strangers: true, ...given };
      const adapter = createDiscord({
        token: new Secret(set.server.token),
        api: set.server.api,
        privateThreads: false,
        server: null,
        roles: namedIn(access, 'group'),
        recent: (platform, since) => store.conversations.recent(platform, since, 200),
        fileOrigins: [set.server.cdnUrl],
      });
      return { adapter, mode: 'thread', access };
    };
  const running = await runParley(make(rules(set)));
  closing.push(() => running.close());
  return {
    ...set,
    ...running,
    rule: (given) => running.restart(make(given)),
    mention: (user, channel, text = 'why?') =>
      set.server.people.say(user, channel, `<@${set.server.world.app.user.id}> ${text}`),
  };
}

const labels = (message: Message) => JSON.stringify(message.components);

function answered({ server }: Flow, channel: Channel, text: string): Promise<Message> {
  return server.message(channel, (one) => one.content.includes(text) && /Regenerate|Retry/.test(labels(one)), 10_000);
}

function threadOf({ server }: Flow, message: Message): Promise<Channel> {
  return server.until('a thread', () => server.world.channels.get(message.threadId ?? ''), 10_000);
}

/** What the bot wrote in a channel for everybody. */
function posted({ server }: Flow, channel: Channel): string[] {
  const mine = server.world.app.user.id;
  const all = [...server.world.messages.values()].filter(
    (one) => one.channelId === channel.id && one.authorId === mine && one.ephemeralFor === null,
  );
  return all.map((one) => one.content);
}

/** What the bot told somebody in private, once there are so many. */
async function told(set: Flow, user: User, count: number): Promise<string[]> {
  const direct = set.server.people.direct(user);
  await vi.waitFor(() => expect(posted(set, direct).length).toBeGreaterThanOrEqual(count), { timeout: 8_000 });
  return posted(set, direct);
}

const NOT_YOU = 'I am not open to you yet. Whoever runs me can change that.';
const CLOSED = 'I do not answer in this channel. Ask me in another one, or ask whoever runs me to open this one.';

test('a role opens every way in, in private too, and nobody else gets more than one sentence', async () => {
  let role = '';
  const set = await flow(({ server, guild }) => {
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
  const question = set.mention(cy, channel);
  const answer = await answered(set, await threadOf(set, question), 'For Cy.');
  openWebUI.next(says('For Cy alone.'));
  server.people.say(cy, server.people.direct(cy), 'and here?');
  await answered(set, server.people.direct(cy), 'For Cy alone.');

  set.mention(bob, channel);
  expect(await told(set, bob, 1)).toEqual([NOT_YOU]);
  server.people.say(bob, server.people.direct(bob), 'and here?');
  expect(await told(set, bob, 2)).toEqual([NOT_YOU, NOT_YOU]);
  const words = async (asked: ReturnType<typeof server.acts.run>) => (await asked.ephemeral(undefined, 8_000)).content;
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
  const set = await flow(() => ({}));
  const { server, guild, ann, bob, channel, openWebUI } = set;
  const role = server.people.role(guild, 'Out');
  openWebUI.next(says('Hello.'));
  const thread = await threadOf(set, set.mention(ann, channel));
  await answered(set, thread, 'Hello.');
  await set.stop();
  guild.members.get(bob.id)?.roles.push(role.id);
  set.mention(bob, thread, 'while you were away');
  openWebUI.next(says('For Ann.'));
  set.mention(ann, thread, 'while you were away');
  await set.rule({ deny: [{ kind: 'group', id: role.id }] });
  await answered(set, thread, 'For Ann.');
  expect(await told(set, bob, 1)).toEqual([NOT_YOU]);
  expect(openWebUI.asked).toHaveLength(2);
});

test('a denied category closes its channels and their threads; others stay open', async () => {
  const set = await flow(({ server, guild }) => {
    const category = server.people.channel(guild, 'Quiet', { kind: 'category' });
    server.people.channel(guild, 'reading', { parent: category.id });
    return { deny: [{ kind: 'category', id: category.id }] };
  });
  const { server, ann, bob, channel, openWebUI } = set;
  const reading = [...server.world.channels.values()].find((one) => one.name === 'reading');
  if (!reading) throw new Error('no channel');
  set.mention(ann, reading);
  expect(await told(set, ann, 1)).toEqual([CLOSED]);
  const thread = server.people.thread(bob, reading, 'Talk', { on: server.people.say(bob, reading, 'start') });
  set.mention(bob, thread);
  expect(await told(set, bob, 1)).toEqual([CLOSED]);
  const asked = server.acts.run(ann, thread, 'ask', { text: 'why?' });
  expect((await asked.ephemeral(undefined, 8_000)).content).toBe(CLOSED);
  openWebUI.next(says('Here I may.'));
  await answered(set, await threadOf(set, set.mention(ann, channel)), 'Here I may.');
  expect([...posted(set, reading), ...posted(set, thread)]).toEqual([]);
  expect(openWebUI.asked).toHaveLength(1);
});

test('a channel that was closed takes its threads along: buttons do nothing more, talk is met with silence', async () => {
  const set = await flow(() => ({}));
  const { server, ann, channel, openWebUI } = set;
  openWebUI.next(says('While it was open.'));
  const thread = await threadOf(set, set.mention(ann, channel));
  const answer = await answered(set, thread, 'While it was open.');
  await set.rule({ deny: [{ kind: 'channel', id: channel.id }] });
  const pressed = server.acts.click(ann, answer, 'Regenerate');
  expect((await pressed.ephemeral(undefined, 8_000)).content).toBe(CLOSED);
  server.people.say(ann, thread, 'and at night?');
  set.mention(ann, thread, 'and by day?');
  expect(await told(set, ann, 1)).toEqual([CLOSED]);
  expect(openWebUI.asked).toHaveLength(1);
  expect(posted(set, thread)).toHaveLength(1);
});

test('another server than those of the list, and direct messages that are off, are closed', async () => {
  const set = await flow(({ guild }) => ({ allow: [{ kind: 'team', id: guild.id }], directMessages: false }));
  const { server, ann, bob, channel, openWebUI } = set;
  const other = server.people.guild('Other', ann);
  server.people.join(other, bob);
  const there = server.people.channel(other, 'elsewhere');
  server.people.invite(other);
  set.mention(bob, there);
  expect(await told(set, bob, 1)).toEqual([CLOSED]);
  server.people.say(ann, server.people.direct(ann), 'hi');
  expect(await told(set, ann, 1)).toEqual(['I do not take direct messages here. Mention me in a channel instead.']);
  openWebUI.next(says('Here I may.'));
  await answered(set, await threadOf(set, set.mention(ann, channel)), 'Here I may.');
  expect(openWebUI.asked).toHaveLength(1);
});

test('a bot that is named in the list is answered when it names Parley; another is not, nor is talk in passing', async () => {
  const bots = new Map<string, User>();
  const set = await flow(({ server, guild }) => {
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
  set.mention(robo, channel, 'beep?');
  openWebUI.next(says('For the helper.'));
  const thread = await threadOf(set, set.mention(helper, channel));
  await answered(set, thread, 'For the helper.');
  server.people.say(helper, thread, 'in passing');
  openWebUI.next(says('For Ann.'));
  await answered(set, await threadOf(set, set.mention(ann, channel)), 'For Ann.');
  expect(openWebUI.asked).toHaveLength(2);
});
