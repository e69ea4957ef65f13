import { expect, test } from 'vitest';
import { says } from '../servers/openwebui/script.ts';
import { buttons, onDiscord } from './discord-stage.ts';
import { makePrompt } from './prompt-world.ts';

// The further options of /ask, sharing, pages of lists and the prefix, through the real discord.js on a pretend Discord.

test('a private answer is seen by the asker alone while it grows, and shared openly by its button, once and without a ping', async () => {
  const { server, openWebUI, ann, channel } = await onDiscord();
  openWebUI.next(says('At noon, @everyone.'));
  const asked = server.acts.run(ann, channel, 'ask', { text: 'When do we meet?', private: true });
  const note = await asked.ephemeral();
  await server.until('the buttons', () => buttons(note).includes('Share here'));
  expect(note.content).toContain('At noon');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
  const pressed = server.acts.click(ann, note, 'Share here');
  await pressed.acknowledged();
  const open = await server.message(channel, (one) => one.content.includes('shared: When do we meet?'));
  expect(open.content).toContain('At noon');
  const again = server.acts.click(ann, note, 'Share here');
  expect((await again.ephemeral()).content).toBe('You have shared that already.');
  expect(server.world.messagesIn(channel.id)).toHaveLength(1);
  expect(server.world.messagesIn(channel.id)[0]?.mentionEveryone ?? false).toBe(false);
});

test('pages of a list take the place of the page before', async () => {
  const { server, openWebUI, ann, channel } = await onDiscord();
  for (let at = 0; at < 20; at += 1) await makePrompt({ openWebUI }, { command: `p${String(at).padStart(2, '0')}` });
  const asked = server.acts.run(ann, channel, 'prompts list', { order: 'name' });
  const note = await asked.ephemeral();
  expect(note.content).toContain('Prompts 1–15 of 20');
  server.acts.click(ann, note, 'Next');
  await server.until('the next page', () => note.content.includes('Prompts 16–20 of 20'));
  server.acts.click(ann, note, 'Previous');
  await server.until('the page before', () => note.content.includes('Prompts 1–15 of 20'));
  expect(asked.messages()).toHaveLength(1);
});

test('an export goes to the asker’s direct messages', async () => {
  const { server, openWebUI, ann, channel } = await onDiscord();
  await makePrompt({ openWebUI }, { command: 'greet' });
  const asked = server.acts.run(ann, channel, 'prompts export');
  expect((await asked.ephemeral()).content).toContain('in a direct message');
  const message = await server.message(server.people.direct(ann), (one) => one.attachments.length > 0);
  expect(message.attachments[0]?.filename).toBe('prompts.json');
  expect(server.world.messagesIn(channel.id)).toEqual([]);
});

test('a file given to /ask goes along with the question', async () => {
  const { server, openWebUI, ann, channel, ...set } = await onDiscord();
  openWebUI.next(says('It is about bread.'));
  const files = { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('Bread needs time.') };
  const asked = server.acts.run(ann, channel, 'ask', { text: 'What is this?', files });
  const line = await asked.reply((one) => one.content !== '');
  await set.answered(await set.threadOf(line), /about bread/);
  expect(openWebUI.seen({ method: 'POST', path: '/api/v1/files/' })).toHaveLength(1);
  expect(set.refusals()).toEqual([]);
});

test('names of tools are completed while somebody types', async () => {
  const { server, ann, channel } = await onDiscord();
  const typed = () => server.acts.suggest(ann, channel, 'ask', { tools: 'cl' }, 'tools').choices();
  // The first keystroke fetches the list, the next one has it.
  await typed();
  await expect.poll(typed).toEqual([{ name: 'Clock – Tells the time. The stand-in only lists it.', value: 'Clock' }]);
});

test('with a prefix two bots do not collide: every command carries it, and works', async () => {
  const { server, openWebUI, ann, channel } = await onDiscord({ prefix: 'ai-' });
  const names = server.world.app.commands.filter((one) => one.type === 1).map((one) => one.name);
  expect(names).toContain('ai-ask');
  expect(names.every((name) => name.startsWith('ai-'))).toBe(true);
  const help = await server.acts.run(ann, channel, 'ai-help').ephemeral();
  expect(help.content).toContain('`/ai-ask <text>');
  openWebUI.next(says('Hello.'));
  server.acts.run(ann, channel, 'ai-ask', { text: 'Hi' });
  await server.until('the answer', () =>
    [...server.world.messages.values()].some((one) => one.content.includes('Hello.')),
  );
});
