import type { CommandSpec, OptionSpec } from '../chat/commands.ts';
import type { Trigger } from '../chat/events.ts';
import type { Field, FormValue, FormValues } from '../chat/forms.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import { nearest } from '../chat/nearest.ts';
import type { Place } from '../chat/places.ts';
import type { Body, Button } from '../chat/view.ts';
import type { Desk } from './desk.ts';
import type { TaskOutcome } from './nextcloud-desk.ts';
import type { Wishes } from './wishes.ts';

/** One use of a command: who, where, with which options. Options have passed {@link CommandSpec.options}. */
export interface Call {
  readonly author: Person;
  readonly place: Place;
  /** The conversation it was typed in; a new one's place when it was typed outside of any. */
  readonly conversation: Place;
  readonly options: ReadonlyMap<string, FormValue>;
  readonly files: readonly FileRef[];
  readonly target: Message | null;
  readonly trigger: Trigger | null;
  /** What was sent in with a form of the command's own; null on the first run. */
  readonly filled: Filled | null;
}

/** A form that a command asks with where the form of its options will not do. */
export interface OwnForm {
  readonly title: string;
  readonly intro: string | null;
  readonly submit: string;
  /** Names are short and plain, so that every platform can carry them: what they stand for is in `note`. */
  readonly fields: readonly Field[];
  /** Complaints by field name. */
  readonly errors: ReadonlyMap<string, string>;
  /** What the command wants back with the values: JSON, kept with the form for an hour. */
  readonly note: string;
}

/** An {@link OwnForm} that was sent in. Its values are unchecked. */
export interface Filled {
  readonly values: FormValues;
  readonly note: string;
}

/**
 * A button under words: pressing it runs a command with these options. With `choose` it is a list (the last of them, if there are
 * several), with the label as its placeholder: what is chosen goes to that option. Works for an hour, for the person who was told.
 */
export interface Next {
  readonly label: string;
  readonly style: Button['style'];
  /** The command's path, such as `prompts list`. */
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
  readonly choose?:
    | { readonly option: string; readonly choices: readonly { readonly label: string; readonly value: string }[] }
    | undefined;
  /** What it says takes the place of these words, such as the next page of a list. */
  readonly instead?: boolean | undefined;
}

/** What a command comes to: words at once, a form, a refusal, a question to be asked and answered in a conversation, or a task. */
export type Outcome =
  | { readonly do: 'say'; readonly body: Body; readonly next?: readonly Next[] }
  | { readonly do: 'form'; readonly form: OwnForm }
  /** It was not done: why, by the option that will not do, or by `''`. What was typed is given back, or stays in its form. */
  | { readonly do: 'wrong'; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly do: 'ask';
      readonly text: string;
      /** Null asks with the model of the conversation. */
      readonly model: string | null;
      /** UTF-16 units that the text may have, where that is not the usual. */
      readonly most?: number;
      /** The one line that others see, such as "Ann asked: …". */
      readonly announce: string;
      /** Only the asker sees the answer; by the command's own rule when not given. */
      readonly private?: boolean;
      readonly wishes?: Wishes;
    }
  | TaskOutcome;

/** A command: its declaration, who may run it, and what it does. One file each. */
export interface Command extends CommandSpec {
  readonly who: 'everyone' | 'admins';
  readonly subcommands: readonly Command[];
  /** Never throws for what a person can do wrong: it says so in its outcome. */
  run(call: Call, desk: Desk): Promise<Outcome>;
}

/** All commands, in the order in which help and menus show them. */
export interface Registry {
  readonly commands: readonly Command[];
  /** What platforms put before each command's name, so that two bots do not collide; empty for none. */
  readonly prefix: string;
  /** By name, without the slash, in any case, with or without the prefix; a subcommand by its two words. */
  find(name: string): Command | null;
  /** The words a command is called by, without the slash: what {@link find} takes. */
  path(command: Command): string;
  /** The names that a mistyped one may have meant. */
  nearest(name: string): readonly string[];
}

/** Puts the commands together; throws when two share a name, since that is our own mistake. */
export function createRegistry(commands: readonly Command[], prefix = ''): Registry {
  const byName = new Map<string, Command>();
  const paths = new Map<Command, string>();
  for (const command of commands) {
    for (const [name, one] of [
      [command.name, command] as const,
      ...command.subcommands.map((sub) => [`${command.name} ${sub.name}`, sub] as const),
    ]) {
      if (byName.has(name)) throw new Error(`two commands are named ${name}`);
      byName.set(name, one);
      paths.set(one, name);
    }
  }
  return {
    commands,
    prefix,
    find: (name) => byName.get(name.toLowerCase()) ?? byName.get(withoutPrefix(name, prefix)) ?? null,
    path: (command) => paths.get(command) ?? command.name,
    nearest: (name) =>
      nearest(
        withoutPrefix(name, prefix),
        commands.map((command) => command.name),
      ),
  };
}

/** A command's name as it is registered, without the prefix. Pure. */
export function withoutPrefix(name: string, prefix: string): string {
  const lower = name.toLowerCase();
  return prefix !== '' && lower.startsWith(prefix) ? lower.slice(prefix.length) : lower;
}

/** The commands as platforms register them: under their names with the prefix. Pure. */
export function published({ commands, prefix }: Registry): readonly CommandSpec[] {
  return commands.map((command) => ({ ...command, name: `${prefix}${command.name}` }));
}

/** Whether only the asker sees what comes of this use: by the command's nature, or by its own option `private`. Pure. */
export function isPrivateUse(command: CommandSpec, options: ReadonlyMap<string, unknown>): boolean {
  const wanted = command.options.some((option) => option.name === 'private' && option.type === 'toggle');
  return command.private || (wanted && isYes(options.get('private')));
}

/** Whether a toggle is on, as a form or a typed line gives it. */
export function isYes(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(yes|true|on)$/i.test(value));
}

/** How a command is typed, such as `/model [name] [for=…]`. */
export function usage(command: CommandSpec, path: string = command.name): string {
  if (command.subcommands.length > 0) {
    const names = command.subcommands.map((sub) => sub.name);
    return `/${path} <${names.length > 6 ? `${names.slice(0, 4).join('|')}|…` : names.join('|')}>`;
  }
  return [`/${path}`, ...command.options.map(optionUsage)].join(' ');
}

function optionUsage(option: OptionSpec): string {
  const typed = option.required || option.type === 'rest' ? option.name : `${option.name}=…`;
  return option.required ? `<${typed}>` : `[${typed}]`;
}
