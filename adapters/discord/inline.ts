/** A character that shows nothing and keeps what stands around it apart. */
const APART = '\u200b';

/** Private characters that stand for code while the text around it is worked on. */
const HOLD = '\ue000';
const HELD = /\ue000(\d+)\ue000/g;

/** A line of Markdown in Discord's dialect. Code keeps every character. Pure. */
export function inlineMarkdown(line: string): string {
  const kept: string[] = [];
  const keep = (text: string): string => `${HOLD}${kept.push(text) - 1}${HOLD}`;
  const held = line
    .replaceAll(HOLD, '')
    .replaceAll(/(?<!\\)(`+)(?!`)(.*?[^`])\1(?!`)/g, (code) => keep(code))
    .replaceAll(/\\\((.{1,300}?)\\\)|\$\$(.{1,300}?)\$\$/g, (whole, round?: string, dollars?: string) => {
      const formula = (round ?? dollars ?? '').trim();
      return formula === '' || formula.includes('`') ? whole : keep(`\`${formula}\``);
    })
    .replaceAll(LINK, (whole, bang: string, text: string, url: string) => link(whole, bang !== '', text, url, keep))
    .replaceAll(/<https?:\/\/[^\s<>]+>|https?:\/\/[^\s<>]+/g, (url) => keep(url));
  return html(held)
    .replaceAll(/(?<![\w_\\])__(?=[^\s_])(.+?)(?<=[^\s_\\])__(?![\w_])/g, '**$1**')
    .replaceAll('||', '\\|\\|')
    .replaceAll(ACTIVE, `<${APART}$1`)
    .replaceAll(HELD, (_, index: string) => kept[Number(index)] ?? '');
}

const LINK =
  /(!?)\[((?:[^[\]]|\[[^[\]]*\]){0,500})\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g;

/** Syntax that only Discord knows, and that a model does not mean: times, people, roles, channels, commands, emoji (our reference, discord 2). */
const ACTIVE = /<(t:-?\d|@|#\d|\/[^\s:<>]+[^:<>]*:\d|a?:\w+:\d|id:)/g;

function link(whole: string, image: boolean, text: string, url: string, keep: (text: string) => string): string {
  if (!/^https?:\/\//i.test(url)) return image ? `(${text || 'image'})` : text || whole;
  const label = text.replaceAll(/^\s+|\s+$/g, '').replaceAll(/!\[([^\]]*)\]\([^)]*\)/g, '$1');
  if (image) return `[${label || 'image'}](${keep(url)})`;
  // A label that looks like an address is refused by Discord, since it could lie: both are shown.
  if (label === '' || label === url) return keep(url);
  if (/https?:\/\/|^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(label))
    return `${label.replace(/^https?:\/\//, '')} (${keep(url)})`;
  return `[${label}](${keep(url)})`;
}

const TAGS: ReadonlyMap<string, string> = new Map([
  ['b', '**'],
  ['strong', '**'],
  ['i', '*'],
  ['em', '*'],
  ['s', '~~'],
  ['del', '~~'],
  ['u', '__'],
  ['code', '`'],
  ['kbd', '`'],
  ['summary', '**'],
]);

/** The few HTML tags and entities that models write; all others stay as they are. */
function html(text: string): string {
  return text
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(
      /<\/?([a-z]{1,10})>/gi,
      (whole, name: string) => TAGS.get(name.toLowerCase()) ?? (/^details$/i.test(name) ? '' : whole),
    )
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Takes the power to notify from a whole text, in code too: Discord looks for mentions there as well. Pure. */
export function withoutPings(text: string): string {
  return text.replaceAll(/@(?=everyone|here)/gi, `@${APART}`).replaceAll(/<(?=@[!&]?\d)/g, `<${APART}`);
}

/** A short text inside of our own Markdown, with nothing in it that counts as such. */
export function escaped(text: string): string {
  return withoutPings(text.replaceAll(/[\\`*_~|[\]()<>#-]/g, '\\$&').replaceAll(/\s+/g, ' '));
}
