import { nearest } from '../chat/nearest.ts';
import { firstWord } from '../commands/grammar.ts';
import { type Command, type Registry, withoutPrefix } from '../commands/registry.ts';

/** The command that a name and the line after it mean; `parley` hands its first word on. Null for an unknown one. */
export function findCommand(registry: Registry, name: string, text: string): { command: Command; rest: string } | null {
  const { word, rest } = firstWord(text);
  if (isParley(registry, name)) {
    const next = word.replace(/^\//, '') || 'help';
    return isParley(registry, next) ? null : findCommand(registry, next, rest);
  }
  const command = registry.find(name);
  if (!command) return null;
  const sub = command.subcommands.length > 0 && word ? registry.find(`${command.name} ${word}`) : null;
  return sub ? { command: sub, rest } : { command, rest: text };
}

/** What is said of a command, or of the second word of one, that there is not: the nearest names, else where they all stand. */
export function unknownCommand(
  registry: Registry,
  name: string,
  text: string,
  prompts: readonly string[] = [],
): string {
  const { word, rest } = firstWord(text);
  const next = word.replace(/^\//, '');
  if (isParley(registry, name) && !isParley(registry, next)) return unknownCommand(registry, next, rest, prompts);
  const parent = registry.find(name);
  const wrong = parent ? `/${name} ${word}` : `/${name}`;
  const near = parent
    ? nearest(
        word,
        parent.subcommands.map((sub) => sub.name),
      ).map((sub) => `${name} ${sub}`)
    : [...new Set([...registry.nearest(name), ...nearest(name, prompts)])].slice(0, 3);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((one) => `\`/${one}\``).join(' or ')}?`
      : `\`/help${parent ? ` ${name}` : ''}\` shows what there is.`;
  const what = prompts.length > 0 && !parent ? 'command or prompt' : 'command';
  return `There is no ${what} called “${wrong.slice(0, 60)}”. ${hint}`;
}

/** Whether this is the name of the command that takes all others. */
export function isParley(registry: Registry, name: string): boolean {
  return withoutPrefix(name, registry.prefix) === 'parley';
}
