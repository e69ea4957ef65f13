import { createHash } from 'node:crypto';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
} from 'discord.js';
import { type CommandSpec, type OptionSpec, shortcutsOf } from '../../src/chat/commands.ts';
import type { Choice } from '../../src/chat/forms.ts';
import { cut } from './render.ts';
import type { Rest } from './rest.ts';

const CHOICES = 25;
const DESCRIPTION = 100;

const TYPES = {
  word: ApplicationCommandOptionType.String,
  rest: ApplicationCommandOptionType.String,
  choice: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  toggle: ApplicationCommandOptionType.Boolean,
  file: ApplicationCommandOptionType.Attachment,
  user: ApplicationCommandOptionType.User,
} as const satisfies Record<OptionSpec['type'], ApplicationCommandOptionType>;

/**
 * The registry as application commands. A command whose answer only the asker sees may be used anywhere, by people who have
 * installed the app for themselves too: its answer needs nothing but the interaction's token. All others live in servers and
 * in the bot's direct messages. Pure.
 */
export function commandsJson(specs: readonly CommandSpec[]): object[] {
  const slash = specs.map((spec) => ({
    type: ApplicationCommandType.ChatInput,
    name: spec.name,
    description: cut(spec.summary, DESCRIPTION),
    options: optionsJson(spec),
    ...reach(spec),
  }));
  const menus = shortcutsOf(specs).map(({ label, spec }) => ({
    type: ApplicationCommandType.Message,
    name: cut(label, 32),
    ...reach(spec),
  }));
  return [...slash, ...menus];
}

function reach(spec: CommandSpec): object {
  const { GuildInstall, UserInstall } = ApplicationIntegrationType;
  const { Guild, BotDM, PrivateChannel } = InteractionContextType;
  const anywhere = spec.private && spec.subcommands.every((sub) => sub.private);
  return anywhere
    ? { integration_types: [GuildInstall, UserInstall], contexts: [Guild, BotDM, PrivateChannel] }
    : { integration_types: [GuildInstall], contexts: [Guild, BotDM] };
}

function optionsJson(spec: CommandSpec): object[] {
  if (spec.subcommands.length > 0)
    return spec.subcommands.map((sub) => ({
      type: ApplicationCommandOptionType.Subcommand,
      name: sub.name,
      description: cut(sub.summary, DESCRIPTION),
      options: optionsJson(sub),
    }));
  const options = spec.options.map((option) => ({ ...optionJson(option) }));
  // Discord wants required options first.
  return options.sort((a, b) => Number(b.required) - Number(a.required));
}

/** A long text may be left out: the command then opens its form, which has room for more than one line. */
function optionJson(option: OptionSpec) {
  const fixed =
    option.choices.length > 0 &&
    option.choices.length <= CHOICES &&
    option.choices.every((choice) => choice.value.length <= 100);
  return {
    type: TYPES[option.type],
    name: option.name,
    description: cut(option.summary, DESCRIPTION),
    required: option.required && option.type !== 'rest',
    ...(option.suggested || (option.choices.length > 0 && !fixed)
      ? { autocomplete: true }
      : fixed &&
        option.type === 'choice' && {
          choices: option.choices.map(({ label, value }) => ({ name: cut(label, 100), value })),
        }),
  };
}

/** Choices as an autocomplete answer takes them: at most 25, each name once, none too long. Pure. */
export function choicesJson(choices: readonly Choice[]): { name: string; value: string }[] {
  const seen = new Set<string>();
  return choices
    .filter((choice) => choice.value.length > 0 && choice.value.length <= 100)
    .map(({ label, value, hint }) => ({ name: cut(hint ? `${label} – ${hint}` : label, 100) || value, value }))
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .slice(0, CHOICES);
}

/** The fixed choices that fit what was typed, for options that have more than Discord can list. */
export function choicesTyped(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  return choices.filter((choice) => `${choice.label} ${choice.value}`.toLowerCase().includes(wanted));
}

/**
 * Makes these the commands that Discord offers, everywhere or in one server. Discord is asked what it has first: a put that
 * changes nothing still counts against its daily 200 creations when ids change (our reference, discord 1.6).
 */
export async function publishCommands(
  rest: Rest,
  application: string,
  server: string | null,
  specs: readonly CommandSpec[],
): Promise<boolean> {
  const route =
    server === null
      ? (`/applications/${application}/commands` as const)
      : (`/applications/${application}/guilds/${server}/commands` as const);
  const wanted = commandsJson(specs);
  const there = await rest.call({ what: 'read commands', method: 'GET', route });
  if (Array.isArray(there) && printOf(there) === printOf(wanted)) return false;
  await rest.call({ what: 'register commands', method: 'PUT', route, body: wanted });
  return true;
}

/** Commands in few characters, the same for what we send and for what Discord gives back. */
function printOf(commands: readonly unknown[]): string {
  const normal = commands.map((command) => JSON.stringify(normalOf(command))).sort();
  return createHash('sha256').update(normal.join('\n')).digest('hex');
}

const COUNTED = [
  'autocomplete',
  'choices',
  'contexts',
  'description',
  'integration_types',
  'name',
  'options',
  'required',
  'type',
  'value',
] as const;

/** What counts of a command, in one order; what is empty is the same as what is absent. */
function normalOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalOf);
  if (typeof value !== 'object' || value === null) return value;
  const entries = new Map(Object.entries(value));
  return COUNTED.flatMap((name) => {
    const inner = normalOf(entries.get(name));
    const empty =
      inner === undefined ||
      inner === null ||
      inner === '' ||
      inner === false ||
      (Array.isArray(inner) && inner.length === 0);
    return empty ? [] : [[name, inner]];
  });
}
