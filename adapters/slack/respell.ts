import type { Answer, Host } from '../../src/chat/adapter.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import { isSlash } from './manifest.ts';

/**
 * A host whose words name commands as they are typed here: of most commands only `/parley <command>` exists in Slack, and `/help`
 * or `/status` would run Slack's own. Only code spans that begin with a command of ours are touched.
 */
export function respelling(host: Host, commands: () => readonly CommandSpec[], prefix = ''): Host {
  return {
    ...host,
    async accept(event) {
      const answer = await host.accept(event);
      return answer.do === 'say' ? respelled(answer, commands(), prefix) : answer;
    },
  };
}

function respelled(answer: Extract<Answer, { do: 'say' }>, commands: readonly CommandSpec[], prefix: string): Answer {
  const other = new Set(commands.map((one) => one.name).filter((name) => !isSlash(name, prefix)));
  const markdown = answer.body.markdown.replaceAll(/`\/([a-z][a-z0-9-]*)(?=[ `])/g, (whole, name: string) =>
    other.has(name) ? `\`/${prefix}parley ${name.slice(prefix.length)}` : whole,
  );
  return { ...answer, body: { ...answer.body, markdown } };
}
