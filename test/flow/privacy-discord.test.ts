import { expect, test, vi } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { buttons, onDiscord } from './discord-stage.ts';

// Deleted and edited questions, and private channels' names, through the real discord.js.

/** The permission to see a channel. */
const VIEW = 1n << 10n;

test('a deleted question takes all messages of its answer along, and its thread another name', async () => {
  const { server, openWebUI, ann, channel, mention, threadOf, answered } = await onDiscord();
  openWebUI.next(says(`${'One sentence after the other, until it needs another message. '.repeat(60)}End.`));
  const question = server.people.say(ann, channel, mention('will it go?'));
  const thread = await threadOf(question);
  await answered(thread, /End\./);
  const ours = () => server.world.messagesIn(thread.id).filter((one) => one.type === 0 && one.content !== '');
  expect(ours().length).toBeGreaterThan(1);
  server.people.delete(question);
  await vi.waitFor(() => expect(ours()).toEqual([]), { timeout: 10_000 });
  await vi.waitFor(() => expect(server.world.channels.get(thread.id)?.name).toBe('Deleted question'), {
    timeout: 10_000,
  });
});

test('an edited question is answered as it reads now, in the same message', async () => {
  const { server, openWebUI, ann, channel, mention, threadOf, answered } = await onDiscord();
  openWebUI.next(says('Teh what?'));
  const question = server.people.say(ann, channel, mention('what is teh tide?'));
  const thread = await threadOf(question);
  const first = await answered(thread, /Teh what/);
  server.people.edit(question, mention('what is the tide?'));
  const offering = await server.message(
    thread,
    (one) => /Teh what/.test(one.content) && buttons(one).includes('Answer the edited question'),
    10_000,
  );
  openWebUI.next(says('The sea, moving.'));
  server.acts.click(ann, offering, 'Answer the edited question');
  const second = await answered(thread, /The sea/);
  expect(second.id).toBe(first.id);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Ann: what is the tide?');
});

test.each([
  [false, 'Ann: is it in #private-channel or #general?'],
  [true, 'Ann: is it in #mergers or #general?'],
])('names of private channels stay out of Open WebUI unless allowed (%s)', async (allowed, read) => {
  const set = await onDiscord({ privateChannelNames: allowed });
  const { server, openWebUI, ann, channel, mention } = set;
  const closed = server.people.channel(set.guild, 'mergers', {
    overwrites: [
      { id: set.guild.id, type: 0, allow: 0n, deny: VIEW },
      { id: server.world.app.user.id, type: 1, allow: VIEW, deny: 0n },
    ],
  });
  openWebUI.next(says('Somewhere.'));
  const question = server.people.say(ann, channel, mention(`is it in <#${closed.id}> or <#${channel.id}>?`));
  await set.answered(await set.threadOf(question), /Somewhere/);
  expect(openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe(read);
  expect(JSON.stringify(openWebUI.chats()).includes('mergers')).toBe(allowed);
});
