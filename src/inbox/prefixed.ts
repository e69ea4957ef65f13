import type { Answer, Host } from '../chat/adapter.ts';
import type { Registry } from '../commands/registry.ts';

/**
 * A host whose words name commands as this platform registers them, with the prefix: code spans that begin with a command of ours.
 * Without a prefix it is the host itself.
 */
export function prefixed(host: Host, registry: Registry): Host {
  const { prefix } = registry;
  if (prefix === '') return host;
  const names = new Set([...registry.commands.map((command) => command.name), 'parley']);
  const spelled = (text: string) =>
    text.replaceAll(/`\/([a-z-]+)(?=[ `])/g, (whole, name: string) =>
      names.has(name) ? `\`/${prefix}${name}` : whole,
    );
  return {
    ...host,
    async accept(event) {
      return respelled(await host.accept(event), spelled);
    },
  };
}

function respelled(answer: Answer, spelled: (text: string) => string): Answer {
  switch (answer.do) {
    case 'say':
      return { ...answer, body: { ...answer.body, markdown: spelled(answer.body.markdown) } };
    case 'form': {
      const { form } = answer;
      const fields = form.fields.map((field) => ({ ...field, hint: field.hint && spelled(field.hint) }));
      const title = spelled(`\`${form.title} `).slice(1, -1);
      return { ...answer, form: { ...form, title, intro: form.intro && spelled(form.intro), fields } };
    }
    default:
      return answer;
  }
}
