import type { Choice } from './forms.ts';

/** One option of a command, as platforms with typed options register it. */
export interface OptionSpec {
  readonly name: string;
  readonly summary: string;
  /** `rest` takes everything that is left of the line, and is the last. */
  readonly type: 'word' | 'rest' | 'integer' | 'toggle' | 'choice' | 'file' | 'user';
  readonly required: boolean;
  /** Fixed choices, for `choice`. */
  readonly choices: readonly Choice[];
  /** Values come from `host.suggest` while the person types. */
  readonly suggested: boolean;
  /** Takes several values, parted by commas; a form lets several be picked. */
  readonly several?: boolean;
}

/** A command as the registry declares it; everything a platform registers or shows comes from this one value. */
export interface CommandSpec {
  /** Lower case letters and hyphens, without the slash. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Second words, such as `list` in `/prompts list`. A command has options or subcommands, not both. */
  readonly subcommands: readonly CommandSpec[];
  /** Only the asker sees the answer. */
  readonly private: boolean;
  /** Label of the message shortcut or context menu that runs it on a message; null when there is none. */
  readonly shortcut: string | null;
}

/** A message shortcut or context menu: its label, and the words of the command that it runs. */
export interface Shortcut {
  readonly label: string;
  /** The command's name; of a subcommand both words. */
  readonly path: string;
  readonly spec: CommandSpec;
}

/** All shortcuts of these commands and their subcommands, in order. Pure. */
export function shortcutsOf(commands: readonly CommandSpec[]): readonly Shortcut[] {
  return commands.flatMap((command) =>
    [
      { path: command.name, spec: command },
      ...command.subcommands.map((spec) => ({ path: `${command.name} ${spec.name}`, spec })),
    ].flatMap(({ path, spec }) => (spec.shortcut === null ? [] : [{ label: spec.shortcut, path, spec }])),
  );
}
