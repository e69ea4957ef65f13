import { ApplicationCommandOptionType, ApplicationCommandType, ChannelType, InteractionType } from 'discord.js';
import type { Answer, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { type CommandSpec, shortcutsOf } from '../../src/chat/commands.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { ButtonEvent, CommandEvent, FormEvent, Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import type { FileRef, Person } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Answers } from './answers.ts';
import { choicesJson, choicesTyped } from './commands.ts';
import { noteOf, type OpenForms, offering, readFormId, stepOf, stepsOf, valuesOf } from './forms.ts';
import { fileOf, type Parser } from './parse.ts';
import { NO_SERVER, PLATFORM, type Places } from './places.ts';
import { controlOf } from './render.ts';
import { readMessage, type WireInteraction, type WireMessage, wireInteraction } from './wire.ts';

/** An interaction's token lives so long; a little is kept back for the way (our reference, discord 1.7). */
const TOKEN_MS = 15 * 60_000 - 5_000;
/** Discord waits three seconds for the first answer; after this time we defer by ourselves. */
const DEFER_MS = 1_500;
const CHANNEL_TYPES = { direct: 1, group: 3 } as const;

export interface InteractionsOptions {
  readonly answers: Answers;
  readonly forms: OpenForms;
  readonly places: Places;
  readonly parser: Parser;
  readonly clock: Clock;
  host(): Host;
  commands(): readonly CommandSpec[];
  /** What could not be answered through the interaction goes to the person another way. */
  elsewhere(trigger: Trigger, answer: Extract<Answer, { do: 'say' }>): Promise<void>;
  failed(what: string, detail: string): void;
}

/** What is known of an interaction of any kind. */
interface Known {
  readonly wire: WireInteraction;
  readonly author: Person;
  readonly trigger: Trigger;
  /** A click, or a form that was opened by one: it stands on a message, which need not change. */
  readonly onMessage: boolean;
  readonly isForm: boolean;
}

/** Takes commands, clicks, forms and half-typed options. Never throws. */
export function createInteractions(options: InteractionsOptions): (data: unknown) => Promise<void> {
  const { answers, forms, places, parser, clock } = options;

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
    await answer(known, options.host().accept(event));

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
    await answer(known, options.host().accept(event));
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
    await answer(known, options.host().accept(event), which.id);
  }

  /** Gives the core's answer as the first one, or defers when it takes too long and gives it then. */
  async function answer(known: Known, accepted: Promise<Answer>, form: string | null = null): Promise<void> {
    const settled = accepted.catch((error: unknown): Answer => {
      options.failed('interaction', problemOf(error).detail);
      return say('I could not take that in. Please try again.');
    });
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(DEFER_MS, () => late.resolve(null));
    const first = await Promise.race([settled, late.promise]).finally(cancel);
    try {
      if (first !== null) return await give(known, first, form);
      await (known.onMessage ? answers.nod(known.trigger) : answers.defer(known.trigger, known.trigger.private));
      await giveLate(known, await settled, form);
    } catch (error) {
      const problem = problemOf(error);
      options.failed('interaction', problem.detail);
      const meant = await settled;
      if (meant.do === 'say' && problem.kind === 'expired') await options.elsewhere(known.trigger, meant);
    }
  }

  async function give(known: Known, meant: Answer, form: string | null): Promise<void> {
    const { trigger, onMessage } = known;
    switch (meant.do) {
      case 'none':
        close(form);
        return onMessage ? answers.nod(trigger) : answers.swallow(trigger);
      case 'say':
        close(form);
        if (meant.instead && onMessage) return answers.instead(trigger, meant.body, meant.private);
        return answers.say(trigger, meant.body, meant.private);
      case 'form':
        if (!known.isForm) return answers.modal(trigger, offered(known, meant.form), 0);
        forms.keep(offered(known, meant.form), trigger.private);
        return answers.say(trigger, noteOf(meant.form, 0, 'One more form is to be filled in.'), true);
      case 'errors':
        return answers.say(trigger, wrong(form, meant.fields), true);
      case 'work':
        close(form);
        return answers.defer(trigger, meant.private);
    }
  }

  /** As {@link give}, after the interaction has been deferred: no form can be opened then, and who sees the answer is settled. */
  async function giveLate(known: Known, meant: Answer, form: string | null): Promise<void> {
    const { trigger, onMessage } = known;
    const hidden = meant.do === 'form' || meant.do === 'errors' || (meant.do !== 'none' && meant.private);
    const shownToAll = !onMessage && !trigger.private;
    if (!onMessage && (meant.do === 'none' || (hidden && shownToAll))) await answers.clear(trigger);
    switch (meant.do) {
      case 'none':
      case 'work':
        return close(form);
      case 'say':
        close(form);
        if (meant.instead && onMessage) return answers.instead(trigger, meant.body, hidden);
        return answers.moreOf(trigger, meant.body, hidden);
      case 'form':
        forms.keep(offered(known, meant.form), trigger.private);
        return answers.moreOf(trigger, noteOf(meant.form, 0, 'That took me a moment. The form is ready now.'), true);
      case 'errors':
        return answers.moreOf(trigger, wrong(form, meant.fields), true);
    }
  }

  /** A field names its command by itself. */
  function offered({ author, trigger }: Known, form: Form): Form {
    const asked = { command: '', typed: '', author, place: trigger.place };
    return offering(form, (option) => options.host().suggest({ ...asked, option }));
  }

  function close(form: string | null): void {
    if (form !== null) forms.delete(form);
  }

  /** What is wrong with a form, and the button that opens it again as it was filled in. */
  function wrong(id: string | null, fields: Readonly<Record<string, string>>) {
    const open = id === null ? undefined : forms.get(id);
    if (!open || id === null) {
      const lines = Object.entries(fields).map(([name, what]) => `- **${name}**: ${what}`);
      return { markdown: ['That did not work. Please start again.', ...lines].join('\n'), controls: null };
    }
    open.form = {
      ...open.form,
      errors: fields,
      fields: open.form.fields.map((field) => ({ ...field, initial: open.values.get(field.name) ?? field.initial })),
    };
    const [first = ''] = Object.keys(fields);
    return noteOf(open.form, stepOf(open.form, first), 'That did not work yet. Nothing you typed is lost.');
  }
}

function say(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}

/** An option as somebody would type it. */
function typedOf(option: { readonly name: string; readonly value?: unknown }): [string, string] {
  if (typeof option.value === 'boolean') return [option.name, option.value ? 'yes' : 'no'];
  return [option.name, String(option.value ?? '')];
}

function keyOf(wire: WireInteraction): string {
  return `interaction:${PLATFORM}:${wire.id}`;
}
