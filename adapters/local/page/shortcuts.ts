import type { CommandSpec } from '../../../src/chat/commands.ts';

/** What can be done with a message: the shortcuts of all commands, as the core's `shortcutsOf` has them, which a browser cannot load. */
export function shortcutsOf(
  commands: readonly CommandSpec[],
): readonly { readonly label: string; readonly path: string }[] {
  return commands.flatMap((command) => [
    ...(command.shortcut === null ? [] : [{ label: command.shortcut, path: command.name }]),
    ...command.subcommands.flatMap((sub) =>
      sub.shortcut === null ? [] : [{ label: sub.shortcut, path: `${command.name} ${sub.name}` }],
    ),
  ]);
}
