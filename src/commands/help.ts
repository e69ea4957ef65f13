import type { Command, Registry } from './registry.ts';
import { usage } from './registry.ts';
import { whoReads } from './who-reads.ts';

/** `/help`: what there is, in one screen. Made from the registry, so that it cannot go stale. */
export function helpCommand(registry: () => Registry): Command {
  return {
    name: 'help',
    summary: 'What I can do, and who can read it',
    options: [
      {
        name: 'command',
        summary: 'One command to explain, or privacy: who can read this',
        type: 'word',
        required: false,
        choices: [],
        suggested: true,
      },
    ],
    subcommands: [],
    private: true,
    shortcut: null,
    who: 'everyone',
    async run(call, desk) {
      const wanted = call.options.get('command');
      const name = typeof wanted === 'string' ? wanted.replace(/^\//, '') : '';
      if (name === 'privacy') return { do: 'say', body: { markdown: await whoReads(call, desk), controls: null } };
      if (name) {
        const command = registry().find(name);
        if (!command) {
          const near = registry().nearest(name);
          const hint = near.length > 0 ? ` Did you mean ${near.map((one) => `\`/${one}\``).join(' or ')}?` : '';
          return {
            do: 'say',
            body: {
              markdown: `There is no command called “${name}”.${hint || ' `/help` shows what there is.'}`,
              controls: null,
            },
          };
        }
        return { do: 'say', body: { markdown: explain(command), controls: null } };
      }
      const lines = registry()
        .commands.filter((command) => command.who === 'everyone' || desk.isAdmin(call.author))
        .map((command) => `- \`${inShort(command)}\` ${command.summary}`);
      const markdown = [
        'Write to me, or mention me, and I answer. In a conversation I already take part in you need not mention me again.',
        '',
        ...lines,
        '',
        '`/help <command>` tells all that one can do, such as `/help ask`.',
        '',
        'All of them also work in a message that names me, in threads too: write `/title Baking` after my name, or only `stop`.',
        '',
        'A prompt of Open WebUI also runs by its own name: `/minutes` is `/prompt minutes`, unless a command has that name.',
        '',
        `**Who can read this?** ${await whoReads(call, desk)}`,
      ].join('\n');
      return { do: 'say', body: { markdown, controls: null } };
    },
  };
}

/** How a command is typed, in one line even on a phone: of many options only those it needs. */
function inShort(command: Command): string {
  const whole = usage(command);
  if (command.options.length <= 3) return whole;
  const needed = command.options.filter((option) => option.required).map((option) => `<${option.name}>`);
  return [`/${command.name}`, ...needed, '[…]'].join(' ');
}

function explain(command: Command): string {
  const options = command.options.map((option) => {
    const choices = option.choices.map((choice) => `\`${choice.value}\``).join(', ');
    return `- \`${option.name}\` ${option.summary}${choices ? ` (${choices})` : ''}`;
  });
  const subcommands = command.subcommands.map(
    (sub) => `- \`${usage(sub, `${command.name} ${sub.name}`)}\` ${sub.summary}`,
  );
  return [`**\`${usage(command)}\`** ${command.summary}.`, '', ...options, ...subcommands].join('\n').trim();
}
