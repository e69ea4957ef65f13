import type { Adapter, Answer, Host } from '../chat/adapter.ts';
import type { Registry } from '../commands/registry.ts';

/** Words of our own as they are said on a platform: commands are named as they are typed there. Never throws. */
export type Spell = (platform: string, words: string) => string;

/**
 * See {@link Spell}: first the prefix that all platforms put before commands, then what the platform itself makes of their names.
 * Only code spans that begin with a command of ours are touched. `adapter` is null of a platform that is not connected.
 */
export function createSpelling({ prefix, commands }: Registry, adapter: (platform: string) => Adapter | null): Spell {
  const names = new Set([...commands.map((command) => command.name), 'parley']);
  const prefixed = (words: string) =>
    words.replaceAll(/`\/([a-z-]+)(?=[ `])/g, (whole, name: string) =>
      names.has(name) ? `\`/${prefix}${name}` : whole,
    );
  return (platform, words) => {
    const spelled = prefix === '' ? words : prefixed(words);
    return adapter(platform)?.spell?.(spelled) ?? spelled;
  };
}

/** A host whose words are spelled for its platform. */
export function spelledHost(host: Host, platform: string, spell: Spell): Host {
  return {
    ...host,
    async accept(event) {
      return respelled(await host.accept(event), (words) => spell(platform, words));
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
