import { ApplicationCommandOptionType, ApplicationCommandType, ChannelType, InteractionType } from 'discord.js';
import { type CommandSpec, shortcutsOf } from '../../src/chat/commands.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { ButtonEvent, CommandEvent, FormEvent, Trigger } from '../../src/chat/events.ts';
import type { FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { choicesJson, choicesTyped } from './commands.ts';
import { noteOf, readFormId, stepsOf, valuesOf } from './forms.ts';
import { fileOf, type Parser } from './parse.ts';
import { NO_SERVER, PLATFORM, type Places } from './places.ts';
import { controlOf } from './render.ts';
import { type Asked, createSettling, type SettlingRooms } from './settling.ts';
import { readMessage, type WireInteraction, type WireMessage, wireInteraction } from './wire.ts';

/** An interaction's token lives so long; a little is kept back for the way (our reference, discord 1.7). */
const TOKEN_MS = 15 * 60_000 - 5_000;
const CHANNEL_TYPES = { direct: 1, group: 3 } as const;

/** What reading interactions needs besides answering them. */
export interface InteractionsOptions extends SettlingRooms {
  readonly places: Places;
  readonly parser: Parser;
  commands(): readonly CommandSpec[];
}

/** An interaction of any kind, as it came. */
interface Known extends Asked {
  readonly wire: WireInteraction;
}

/** Takes commands, clicks, forms and half-typed options. Never throws. */
export function createInteractions(options: InteractionsOptions): (data: unknown) => Promise<void> {
  const { answers, forms, places, parser, clock } = options;
  const settle = createSettling(options);

  return async (data) => {
    const read = wireInteraction.safeParse(data);
    if (!read.success) return options.failed('interaction', 'malformed');
    try {
      await take(read.data);
    } catch (error) {
      options.failed('interaction', problemOf(error).detail);
    }
  };

  async function take(wire: WireInteraction): Promise<void> {
    const user = wire.member?.user ?? wire.user;
    const channel = wire.channel?.id ?? wire.channel_id;
    if (!user || !channel) return options.failed('interaction', 'without a person or a channel');
    const elsewhere = wire.context === 2 ? CHANNEL_TYPES.group : CHANNEL_TYPES.direct;
    const hint =
      wire.guild_id === null || wire.guild_id === undefined
        ? { type: elsewhere, parent: null }
        : wire.channel && { type: wire.channel.type, parent: wire.channel.parent_id ?? null };
    const place = await places.of(channel, wire.guild_id ?? null, hint ?? null);
    const author = await parser.author(user, wire.member ?? null, wire.guild_id ?? null, wire.locale ?? null);
    const isForm = wire.type === InteractionType.ModalSubmit;
    const trigger: Trigger = {
      platform: PLATFORM,
      id: wire.id,
      place,
      user: author.ref,
      token: new Secret(wire.token),
      expiresAt: clock.now() + TOKEN_MS,
      private: isPrivate(wire),
    };
    const known: Known = { wire, author, trigger, isForm, onMessage: wire.message != null };
    answers.begin(trigger);
    switch (wire.type) {
      case InteractionType.ApplicationCommandAutocomplete:
        return suggest(known);
      case InteractionType.ApplicationCommand:
        return command(known);
      case InteractionType.MessageComponent:
        return click(known);
      case InteractionType.ModalSubmit:
        return submit(known);
      default:
        return options.failed('interaction', `unknown type ${wire.type}`);
    }
  }

  /** Whether only the asker sees the answer: known before the core has looked, since the first answer settles it. */
  function isPrivate(wire: WireInteraction): boolean {
    if (wire.type === InteractionType.ApplicationCommand) {
      const { name, sub, given } = commandOf(wire);
      return options.host().isPrivate(name, sub, Object.fromEntries(given.map(typedOf)));
    }
    if (wire.type === InteractionType.ModalSubmit) return readFormId(wire.data?.custom_id ?? '')?.private ?? true;
    return true;
  }

  /** The command's registered name, for a context menu by its label. */
  function commandOf(wire: WireInteraction) {
    const name = wire.data?.name ?? '';
    const [first] = wire.data?.options ?? [];
    const inSub = first?.type === ApplicationCommandOptionType.Subcommand;
    if (wire.data?.type === ApplicationCommandType.Message)
      return {
        name: shortcutsOf(options.commands()).find(({ label }) => label === name)?.path ?? name,
        sub: '',
        given: [],
      };
    return { name, sub: inSub ? first.name : '', given: (inSub ? first.options : wire.data?.options) ?? [] };
  }

  async function suggest({ wire, author, trigger }: Known): Promise<void> {
    const { name, sub, given } = commandOf(wire);
    const focused = given.find((option) => option.focused);
    if (!focused) return;
    const typed = String(focused.value ?? '');
    const spec = options.commands().find((one) => one.name === name);
    const own = sub === '' ? spec : spec?.subcommands.find((one) => one.name === sub);
    const fixed = own?.options.find((option) => option.name === focused.name)?.choices ?? [];
    const query = { command: name, option: focused.name, typed, author, place: trigger.place };
    const found = fixed.length > 0 ? choicesTyped(fixed, typed) : options.host().suggest(query);
    await answers.choices(trigger, choicesJson(found));
  }

  async function command(known: Known): Promise<void> {
    const { wire, author, trigger } = known;
    const { name, sub, given } = commandOf(wire);
    const files: FileRef[] = [];
    const values = given.map((option): [string, string] => {
      const file =
        option.type === ApplicationCommandOptionType.Attachment
          ? wire.data?.resolved?.attachments?.[String(option.value)]
          : undefined;
      if (file) files.push(fileOf(file));
      return file ? [option.name, file.filename] : typedOf(option);
    });
    const on = readMessage(wire.data?.resolved?.messages?.[wire.data.target_id ?? '']);
    const event: CommandEvent = {
      type: 'command',
      key: keyOf(wire),
      trigger,
      author,
      place: trigger.place,
      name,
      options: Object.fromEntries(values),
      text: sub,
      files,
      target: on && { ...parser.message({ ...on, guild_id: wire.guild_id ?? null }, trigger.place), ...hanging(on) },
    };
    await settle(known, options.host().accept(event));

    function hanging({ thread }: WireMessage) {
      if (thread === null || trigger.place.team === NO_SERVER) return {};
      const kind = thread.type === ChannelType.PrivateThread ? 'private' : trigger.place.kind;
      return { thread: { ...trigger.place, thread: thread.id, kind } };
    }
  }

  async function click(known: Known): Promise<void> {
    const { wire, author, trigger } = known;
    const control = controlOf(wire.data?.custom_id ?? '');
    const step = /^fill:([\w-]{1,90}):(\d{1,2})$/.exec(control);
    const open = step?.[1] === undefined ? undefined : forms.get(step[1]);
    if (open && step) return answers.modal({ ...trigger, private: open.private }, open.form, Number(step[2]));
    const event: ButtonEvent = {
      type: 'button',
      key: keyOf(wire),
      trigger,
      author,
      place: trigger.place,
      control,
      value: wire.data?.values?.[0] ?? null,
      on: { place: trigger.place, id: wire.message?.id ?? wire.id },
    };
    await settle(known, options.host().accept(event));
  }

  async function submit(known: Known): Promise<void> {
    const { wire, author, trigger } = known;
    const which = readFormId(wire.data?.custom_id ?? '');
    if (which === null)
      return answers.say(
        trigger,
        { markdown: 'I do not know that form any more. Please start again.', controls: null },
        true,
      );
    const open = forms.get(which.id);
    const fields = (wire.data?.components ?? []).flatMap((row) => row.component ?? row.components ?? []);
    const read = valuesOf(fields, wire.data?.resolved?.attachments ?? {}, open);
    for (const [name, value] of read) open?.values.set(name, value);
    if (open && Object.keys(open.form.errors).length === 0 && which.step + 1 < stepsOf(open.form)) {
      const words = `Step ${which.step + 1} of ${stepsOf(open.form)} is filled in.`;
      return answers.say(trigger, noteOf(open.form, which.step + 1, words), true);
    }
    const event: FormEvent = {
      type: 'form',
      key: keyOf(wire),
      trigger,
      author,
      place: trigger.place,
      form: which.id,
      values: new Map(open?.values ?? read),
    };
    await settle(known, options.host().accept(event), which.id);
  }
}

/** An option as somebody would type it. */
function typedOf(option: { readonly name: string; readonly value?: unknown }): [string, string] {
  if (typeof option.value === 'boolean') return [option.name, option.value ? 'yes' : 'no'];
  return [option.name, String(option.value ?? '')];
}

function keyOf(wire: WireInteraction): string {
  return `interaction:${PLATFORM}:${wire.id}`;
}
