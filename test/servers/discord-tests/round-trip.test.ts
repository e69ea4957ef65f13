import type { ChatInputCommandInteraction, Interaction } from 'discord.js';
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { expect, test } from 'vitest';
import { login } from './client.ts';
import { stage } from './stage.ts';

// The real discord.js talks to the fake the way our adapter will.

test('a mention is answered by reaction, reply, edit, thread and rename, and nothing is refused', async () => {
  const { server, ann, channel } = await stage();
  const client = await login(server);
  client.on('messageCreate', async (message) => {
    if (message.author.bot || message.system) return;
    await message.react('👀');
    const reply = await message.reply(`hello ${message.member?.displayName}`);
    await reply.edit('bye');
    const thread = await message.startThread({ name: 'first name' });
    await thread.send('in the thread');
    await thread.setName('second name');
    await thread.sendTyping();
  });
  const question = server.people.say(ann, channel, 'hi');
  await server.until('typing', () => server.rest.calls.some((one) => one.route === '/channels/:channel/typing'));
  const reply = await server.message(channel, (one) => one.content === 'bye');
  expect(reply.history.map((one) => one.content)).toEqual(['hello Ann', 'bye']);
  expect([...question.reactions.keys()]).toEqual(['👀']);
  const thread = server.world.channels.get(question.threadId ?? '');
  expect(thread).toMatchObject({ name: 'second name', type: 11, id: question.id });
  expect(server.rest.calls.filter((one) => one.status >= 400)).toEqual([]);
  expect(server.pings).toEqual([]);
});

test('direct messages go both ways', async () => {
  const { server, ann } = await stage();
  const client = await login(server);
  client.on('messageCreate', async (message) => {
    if (!message.author.bot) await message.channel.send(`you said ${message.content}`);
  });
  const direct = server.people.direct(ann);
  server.people.say(ann, direct, 'hello');
  await server.message(direct, (one) => one.content === 'you said hello');
});

test('a file comes in as an attachment and goes out by multipart', async () => {
  const { server, ann, channel } = await stage();
  const client = await login(server);
  client.on('messageCreate', async (message) => {
    const file = message.attachments.first();
    if (message.author.bot || file === undefined) return;
    const text = await (await fetch(file.url)).text();
    await message.reply({
      content: 'back',
      files: [{ attachment: Buffer.from(text.toUpperCase()), name: 'loud.txt' }],
    });
  });
  server.people.say(ann, channel, '', { files: [{ name: 'quiet.txt', type: 'text/plain', bytes: 'hush' }] });
  const reply = await server.message(channel, (one) => one.attachments.length === 1);
  expect([reply.attachments[0]?.filename, reply.attachments[0]?.bytes.toString()]).toEqual(['loud.txt', 'HUSH']);
  expect(server.cdn.downloads).toMatchObject([{ status: 200, authorized: false }]);
});

async function withCommand(
  onCommand: (interaction: ChatInputCommandInteraction) => Promise<unknown>,
  rest?: (other: Interaction) => Promise<unknown>,
) {
  const all = await stage();
  const client = await login(all.server);
  await client.application.commands.set([
    {
      name: 'ask',
      description: 'asks',
      options: [
        { type: 3, name: 'text', description: 't', required: true, autocomplete: true },
        { type: 11, name: 'file', description: 'f' },
      ],
    },
    { name: 'Summarise', type: 3 },
  ]);
  client.on('interactionCreate', async (interaction) => {
    if (interaction.isChatInputCommand()) await onCommand(interaction);
    else await rest?.(interaction);
  });
  return all;
}

test('a command defers privately, edits its answer, follows up publicly and deletes that', async () => {
  const { server, ann, channel } = await withCommand(async (interaction) => {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const file = interaction.options.getAttachment('file');
    await interaction.editReply(`${interaction.options.getString('text')} ${file?.name}`);
    const later = await interaction.followUp('public');
    await interaction.deleteReply(later);
  });
  const asked = server.acts.run(ann, channel, 'ask', { text: 'why', file: { name: 'a.png', bytes: 'x' } });
  expect((await asked.ephemeral()).content).toBe('why a.png');
  await server.until('the deletion', () => asked.interaction.made[1]?.deletedAt);
  expect(server.world.messagesIn(channel.id)).toEqual([]);
});

test('autocomplete, a message command and a reply with its response', async () => {
  const replied = Promise.withResolvers<string | undefined>();
  const { server, ann, channel } = await withCommand(
    async (interaction) => {
      const { resource } = await interaction.reply({ content: 'ok', withResponse: true });
      replied.resolve(resource?.message?.id);
    },
    async (other) => {
      if (other.isAutocomplete()) await other.respond([{ name: `${other.options.getFocused()}!`, value: 'v' }]);
      if (other.isMessageContextMenuCommand()) await other.reply(`about: ${other.targetMessage.content}`);
    },
  );
  const suggested = server.acts.suggest(ann, channel, 'ask', { text: 'wh' }, 'text');
  expect(await suggested.choices()).toEqual([{ name: 'wh!', value: 'v' }]);
  const asked = server.acts.run(ann, channel, 'ask', { text: 'x' });
  const reply = await asked.reply();
  expect(await replied.promise).toBe(reply.id);
  const target = server.people.say(ann, channel, 'long text');
  expect((await server.acts.menu(ann, target, 'Summarise').reply()).content).toBe('about: long text');
});

test('a button opens a form, whose answer updates the message', async () => {
  const { server, ann, channel } = await withCommand(
    async (interaction) => {
      const button = new ButtonBuilder().setCustomId('open').setLabel('Open').setStyle(ButtonStyle.Primary);
      await interaction.reply({
        content: 'press',
        components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
      });
    },
    async (other) => {
      if (other.isButton()) {
        const input = new TextInputBuilder().setCustomId('why').setStyle(TextInputStyle.Short).setMaxLength(20);
        const label = new LabelBuilder().setLabel('Why?').setTextInputComponent(input);
        await other.showModal(new ModalBuilder().setCustomId('form').setTitle('Reason').addLabelComponents(label));
      } else if (other.isModalSubmit() && other.isFromMessage()) {
        await other.update({ content: other.fields.getTextInputValue('why'), components: [] });
      }
    },
  );
  const reply = await server.acts.run(ann, channel, 'ask', { text: 'x' }).reply();
  const clicked = server.acts.click(ann, reply, 'Open');
  await expect(server.acts.submit(clicked, { why: 'x'.repeat(21) })).rejects.toThrow('at most 20');
  const submitted = await server.acts.submit(clicked, { why: 'because' });
  await submitted.acknowledged();
  expect([reply.content, reply.components]).toEqual(['because', []]);
});

test('discord.js keeps to the buckets: seven edits at once arrive in order and none is refused', async () => {
  const { channel, server } = await stage({ limits: { edit: { limit: 3, perMs: 300 } } });
  const client = await login(server);
  const target = await client.channels.fetch(channel.id);
  if (!target?.isSendable()) throw new Error('no channel');
  const message = await target.send('0');
  await Promise.all(['1', '2', '3', '4', '5', '6', '7'].map((text) => message.edit(text)));
  const kept = await server.message(channel);
  expect(kept.history.map((one) => one.content).join('')).toBe('01234567');
  expect(server.rest.calls.filter((one) => one.method === 'PATCH' && one.status === 429).length).toBeLessThanOrEqual(1);
});
