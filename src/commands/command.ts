import type { OptionSpec } from '../chat/commands.ts';
import type { Call, Command } from './registry.ts';

/** A command for everyone, its answer for the asker alone, with nothing more to it than is given. */
export function command(given: Pick<Command, 'name' | 'summary' | 'run'> & Partial<Command>): Command {
  return { options: [], private: true, subcommands: [], shortcut: null, who: 'everyone', ...given };
}

/** An option with the rest of its rules as they mostly are. */
export function option(
  name: string,
  type: OptionSpec['type'],
  summary: string,
  more: Partial<Omit<OptionSpec, 'name' | 'type' | 'summary'>> = {},
): OptionSpec {
  return { name, type, summary, required: false, choices: [], suggested: false, ...more };
}

/** A fixed list for an option: values with what is read. */
export function choicesOf(labels: Readonly<Record<string, string>>): OptionSpec['choices'] {
  return Object.entries(labels).map(([value, label]) => ({ value, label, hint: null }));
}

/** The text of an option, of several values parted by commas; null when it was not given. */
export function given(call: Pick<Call, 'options'>, name: string): string | null {
  const value = call.options.get(name);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').join(', ');
  return typeof value === 'string' ? value : null;
}

/** A refusal as an outcome: what will not do of an option, or of all of it. */
export function wrong(why: string, option = '') {
  return { do: 'wrong', fields: { [option]: why } } as const;
}

/** Words as an outcome. */
export function say(markdown: string) {
  return { do: 'say', body: { markdown, controls: null } } as const;
}
