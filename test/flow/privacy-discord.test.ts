import { afterEach, expect, test, vi } from 'vitest';
import { createDiscord } from '../../adapters/discord/discord.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Channel, Message } from '../servers/discord/records.ts';
import { stage } from '../servers/discord-tests/stage.ts';
import { says } from '../servers/openwebui/script.ts';
import { parleyOn } from './parley-on.ts';

// Deleted and edited questions, and private channels' names, through the real discord.js.

/** The permission to see a channel. */
const VIEW = 1n << 10n;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(privateChannelNames = false) {
  const set = await stage();
  const { server } = set;
  const everybody = set.guild.id;
  const closed = server.people.channel(set.guild, 'mergers', {
    overwrites: [
      { id: everybody, type: 0, allow: 0n, deny: VIEW },
      { id: server.world.app.user.id, type: 1, allow: VIEW, deny: 0n },
    ],
  });
  const adapter = createDiscord({
    token: new Secret(server.token),
    api: server.api,
    privateThreads: false,
    server: null,
    privateChannelNames,
    recent: async () => [],
    fileOrigins: [server.cdnUrl],
  });
  const parley = await parleyOn(adapter);
  closing.push(() => parley.close());
  const mention = (text: string) => `<@${server.world.app.user.id}> ${text}`;
  const threadOf = (message: Message): Promise<Channel> =>
    server.until('a thread', () => server.world.channels.get(message.threadId ?? ''), 10_000);
  const answered = (channel: Channel, text: RegExp, label: string): Promise<Message> =>
    server.message(channel, (one) => text.test(one.content) && JSON.stringify(one.components).includes(label), 10_000);
  return { ...set, parley, closed, mention, threadOf, answered };
}

test('a deleted question takes all messages of its answer along, and its thread another name', async () => {
  const { server, parley, ann, channel, mention, threadOf, answered } = await open();
  parley.openWebUI.next(says(`${'One sentence after the other, until it needs another message. '.repeat(60)}End.`));
  const question = server.people.say(ann, channel, mention('will it go?'));
  const thread = await threadOf(question);
  await answered(thread, /End\./, 'Regenerate');
  const ours = () => server.world.messagesIn(thread.id).filter((one) => one.type === 0 && one.content !== '');
  expect(ours().length).toBeGreaterThan(1);
  server.people.delete(question);
  await vi.waitFor(() => expect(ours()).toEqual([]), { timeout: 10_000 });
  await vi.waitFor(() => expect(server.world.channels.get(thread.id)?.name).toBe('Deleted question'), {
    timeout: 10_000,
  });
});

test('an edited question is answered as it reads now, in the same message', async () => {
  const { server, parley, ann, channel, mention, threadOf, answered } = await open();
  parley.openWebUI.next(says('Teh what?'));
  const question = server.people.say(ann, channel, mention('what is teh tide?'));
  const thread = await threadOf(question);
  const first = await answered(thread, /Teh what/, 'Regenerate');
  server.people.edit(question, mention('what is the tide?'));
  const offering = await answered(thread, /Teh what/, 'Answer the edited question');
  parley.openWebUI.next(says('The sea, moving.'));
  server.acts.click(ann, offering, 'Answer the edited question');
  const second = await answered(thread, /The sea/, 'Regenerate');
  expect(second.id).toBe(first.id);
  expect(parley.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: what is the tide?');
});

test.each([
  [false, 'Ann: is it in #private-channel or #general?'],
  [true, 'Ann: is it in #mergers or #general?'],
])('names of private channels stay out of Open WebUI unless allowed (%s)', async (allowed, read) => {
  const { server, parley, ann, channel, closed, mention, threadOf, answered } = await open(allowed);
  parley.openWebUI.next(says('Somewhere.'));
  const question = server.people.say(ann, channel, mention(`is it in <#${closed.id}> or <#${channel.id}>?`));
  await answered(await threadOf(question), /Somewhere/, 'Regenerate');
  expect(parley.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe(read);
  expect(JSON.stringify(parley.openWebUI.chats()).includes('mergers')).toBe(allowed);
});
