import * as z from 'zod';

/** Names of people and channels by id, found beforehand; what is missing is shown by its id. */
export interface Names {
  readonly users: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
  /** The bot's own id: mentions of it vanish, since they only say who is meant. */
  readonly self: string;
}

const style = z.looseObject({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});
const leaf = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional(),
  user_id: z.string().optional(),
  channel_id: z.string().optional(),
  range: z.string().optional(),
  name: z.string().optional(),
  unicode: z.string().optional(),
  fallback: z.string().optional(),
  value: z.string().optional(),
  style: style.optional(),
});
const section = z.looseObject({ type: z.string(), elements: z.array(leaf) });
const holder = z.looseObject({
  type: z.string(),
  style: z.string().optional(),
  indent: z.number().optional(),
  offset: z.number().optional(),
  elements: z.array(z.unknown()),
});
const richText = z.looseObject({ type: z.literal('rich_text'), elements: z.array(holder) });
const markdownBlock = z.looseObject({ type: z.literal('markdown'), text: z.string() });

type Leaf = z.output<typeof leaf>;
type Holder = z.output<typeof holder>;

/** Ids of people and channels that a message names, so that their names can be looked up before it is read. */
export function namedIn(text: string, blocks: readonly unknown[]): { users: string[]; channels: string[] } {
  const rich = JSON.stringify(blocks);
  const all = (pattern: RegExp, source: string) => [...source.matchAll(pattern)].map((match) => match[1] ?? '');
  return {
    users: [...new Set([...all(/<@([UW][A-Z0-9]+)/g, text), ...all(/"user_id":"([UW][A-Z0-9]+)"/g, rich)])],
    channels: [...new Set([...all(/<#([CGD][A-Z0-9]+)/g, text), ...all(/"channel_id":"([CGD][A-Z0-9]+)"/g, rich)])],
  };
}

/** Whether a message names the bot. */
export function mentions(text: string, blocks: readonly unknown[], self: string): boolean {
  return (
    text.includes(`<@${self}>`) || text.includes(`<@${self}|`) || JSON.stringify(blocks).includes(`"user_id":"${self}"`)
  );
}

/** A message as Markdown, with names in place of ids: from its rich text, which is exact, else from its `text`. Pure. */
export function readText(text: string, blocks: readonly unknown[], names: Names): string {
  const rich = blocks.flatMap((block) => richText.safeParse(block).data ?? []);
  if (rich.length > 0 && rich.length === blocks.length) {
    return tidy(rich.map((block) => readHolders(block.elements, names)).join('\n'));
  }
  const own = blocks.flatMap((block) => markdownBlock.safeParse(block).data?.text ?? []);
  return tidy(own.length > 0 ? own.join('\n\n') : decode(text, names));
}

/** Slack's wire text as plain Markdown: tokens to names and links, entities to characters. Pure. */
export function decode(text: string, names: Names): string {
  const read = text.replaceAll(/<([^<>]*)>/g, (_whole, inner: string) => token(inner, names));
  return tidy(read.replaceAll(/&(amp|lt|gt);/g, entity));
}

function token(inner: string, names: Names): string {
  const bar = inner.indexOf('|');
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const label = bar === -1 ? '' : inner.slice(bar + 1);
  if (target.startsWith('@')) return user(target.slice(1), label, names);
  if (target.startsWith('#')) return `#${names.channels.get(target.slice(1)) || label || target.slice(1)}`;
  if (target.startsWith('!subteam^')) return label || '@group';
  if (target.startsWith('!date^')) return label;
  if (target.startsWith('!')) return label || `@${target.slice(1)}`;
  if (label === '' || label === target || `mailto:${label}` === target) return target.replace(/^mailto:/, '');
  return `[${label}](${target})`;
}

function entity(_whole: string, name: string): string {
  return { amp: '&', lt: '<', gt: '>' }[name] ?? '';
}

function user(id: string, label: string, names: Names): string {
  return id === names.self ? HERE : `@${names.users.get(id) ?? (label || id)}`;
}

function readHolders(holders: readonly Holder[], names: Names): string {
  let out = '';
  const numbers = new Map<number, number>();
  for (const [index, one] of holders.entries()) {
    const next = holders[index + 1];
    if (one.type === 'rich_text_list') {
      out += list(one, numbers, names);
      if (next && next.type !== 'rich_text_list') out += '\n';
    } else {
      numbers.clear();
      const words = one.elements.map((element) => word(element, names, one.type === 'rich_text_preformatted')).join('');
      if (one.type === 'rich_text_preformatted') out += `\n\`\`\`\n${words.replace(/\n$/, '')}\n\`\`\`\n`;
      else if (one.type === 'rich_text_quote')
        out += `${words
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n')}\n\n`;
      else out += next && !words.endsWith('\n') ? `${words}\n` : words;
    }
  }
  return out;
}

function list(one: Holder, numbers: Map<number, number>, names: Names): string {
  const indent = one.indent ?? 0;
  for (const deeper of [...numbers.keys()]) if (deeper > indent) numbers.delete(deeper);
  let number = numbers.get(indent) ?? one.offset ?? 0;
  const lines = one.elements.map((item) => {
    number += 1;
    const read = section.safeParse(item);
    const words = read.data?.elements.map((element) => word(element, names, false)).join('') ?? '';
    return `${'    '.repeat(indent)}${one.style === 'ordered' ? `${number}.` : '-'} ${words}\n`;
  });
  numbers.set(indent, number);
  return lines.join('');
}

function word(element: unknown, names: Names, code: boolean): string {
  const read = leaf.safeParse(element);
  if (!read.success) return '';
  const one = read.data;
  const plain = unstyled(one, names);
  return code || one.type === 'user' ? plain : styled(plain, one);
}

function unstyled(one: Leaf, names: Names): string {
  switch (one.type) {
    case 'user':
      return user(one.user_id ?? '', '', names);
    case 'channel':
      return `#${names.channels.get(one.channel_id ?? '') ?? one.channel_id ?? ''}`;
    case 'usergroup':
      return '@group';
    case 'broadcast':
      return `@${one.range ?? ''}`;
    case 'link':
      return one.text && one.text !== one.url
        ? `[${one.text}](${one.url ?? ''})`
        : (one.url ?? '').replace(/^mailto:/, '');
    case 'emoji':
      return one.unicode ? fromCodes(one.unicode) : `:${one.name ?? ''}:`;
    case 'date':
      return one.fallback ?? '';
    case 'color':
      return one.value ?? '';
    default:
      return one.text ?? '';
  }
}

function fromCodes(unicode: string): string {
  const codes = unicode.split('-').map((code) => Number.parseInt(code, 16));
  return codes.every((code) => code > 0 && code <= 0x10ffff) ? String.fromCodePoint(...codes) : '';
}

function styled(text: string, one: Leaf): string {
  const marks = one.style;
  const inner = text.trim();
  if (!marks || inner === '' || inner.includes('\n')) return text;
  const lead = text.slice(0, text.indexOf(inner));
  const tail = text.slice(lead.length + inner.length);
  if (marks.code) return `${lead}\`${inner}\`${tail}`;
  const open = `${marks.bold ? '**' : ''}${marks.italic ? '*' : ''}${marks.strike ? '~~' : ''}`;
  return `${lead}${open}${inner}${[...open].reverse().join('')}${tail}`;
}

/** Stands where our own mention was until the rest of the text is read. */
const HERE = '\ue0f0';

/** Where our own mention stood, one space is enough, and none before a comma. */
function tidy(text: string): string {
  return text
    .replaceAll(/ *\ue0f0 *(?=[,.:;!?])/g, '')
    .replaceAll(/ *\ue0f0 */g, ' ')
    .replaceAll(/^ +$/gm, '')
    .trim();
}
