import type { CommandSpec, OptionSpec } from '../chat/commands.ts';
import type { Trigger } from '../chat/events.ts';
import type { FormValue } from '../chat/forms.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import { nearest } from '../chat/nearest.ts';
import type { Place } from '../chat/places.ts';
import type { Body } from '../chat/view.ts';
import type { Desk } from './desk.ts';

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
}

/** What a command comes to: words at once, or a question to be asked and answered in a conversation. */
export type Outcome =
  | { readonly do: 'say'; readonly body: Body }
  | {
      readonly do: 'ask';
      readonly text: string;
      /** Null asks with the model of the conversation. */
      readonly model: string | null;
      /** The one line that others see, such as "Ann asked: …". */
      readonly announce: string;
    };

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
  /** By name, without the slash, in any case; a subcommand by its two words. */
  find(name: string): Command | null;
  /** The names that a mistyped one may have meant. */
  nearest(name: string): readonly string[];
}

/** Puts the commands together; throws when two share a name, since that is our own mistake. */
export function createRegistry(commands: readonly Command[]): Registry {
  const byName = new Map<string, Command>();
  for (const command of commands) {
    for (const [name, one] of [
      [command.name, command] as const,
      ...command.subcommands.map((sub) => [`${command.name} ${sub.name}`, sub] as const),
    ]) {
      if (byName.has(name)) throw new Error(`two commands are named ${name}`);
      byName.set(name, one);
    }
  }
  return {
    commands,
    find: (name) => byName.get(name.toLowerCase()) ?? null,
    nearest: (name) =>
      nearest(
        name,
        commands.map((command) => command.name),
      ),
  };
}

/** How a command is typed, such as `/model [name] [for=…]`. */
export function usage(command: CommandSpec, path: string = command.name): string {
  if (command.subcommands.length > 0) return `/${path} <${command.subcommands.map((sub) => sub.name).join('|')}>`;
  return [`/${path}`, ...command.options.map(optionUsage)].join(' ');
}

function optionUsage(option: OptionSpec): string {
  const typed = option.required || option.type === 'rest' ? option.name : `${option.name}=…`;
  return option.required ? `<${typed}>` : `[${typed}]`;
}
