import type { CommandSpec } from '../../src/chat/commands.ts';
import { isSlash } from './manifest.ts';

/**
 * Words that name commands as they are typed here: of most commands only `/parley <command>` exists in Slack, and `/help` or
 * `/status` would run Slack's own. Only code spans that begin with a command of ours are touched.
 */
export function respelled(words: string, commands: readonly CommandSpec[], prefix = ''): string {
  const other = new Set(commands.map((one) => one.name).filter((name) => !isSlash(name, prefix)));
  return words.replaceAll(/`\/([a-z][a-z0-9-]*)(?=[ `])/g, (whole, name: string) =>
    other.has(name) ? `\`/${prefix}parley ${name.slice(prefix.length)}` : whole,
  );
}
