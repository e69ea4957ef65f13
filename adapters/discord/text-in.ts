/** Names of what a message's text points at. Null where they are not known. */
export interface Names {
  user(id: string): string | null;
  role(id: string): string | null;
  channel(id: string): string | null;
}

const POINTERS =
  /<(?:@[!&]?(?<who>\d{17,20})|#(?<channel>\d{17,20})|\/(?<command>[^:<>]{1,100}):\d{17,20}|a?:(?<emoji>\w{2,32}):\d{17,20}|t:(?<time>-?\d{1,13})(?::[tTdDfFR])?)>/g;

/** A message's text with Discord's own syntax turned into plain words: people and channels by name, times in ISO 8601. Pure. */
export function plainText(text: string, names: Names): string {
  return text.replaceAll(POINTERS, (whole, ...rest) => {
    const groups: Record<string, string | undefined> = rest.at(-1);
    if (groups.who !== undefined) {
      const name = whole.startsWith('<@&') ? names.role(groups.who) : names.user(groups.who);
      return name === null ? whole : `@${name}`;
    }
    if (groups.channel !== undefined) return `#${names.channel(groups.channel) ?? groups.channel}`;
    if (groups.command !== undefined) return `/${groups.command}`;
    if (groups.emoji !== undefined) return `:${groups.emoji}:`;
    const seconds = Number(groups.time);
    return Math.abs(seconds) <= 8.64e12 ? new Date(seconds * 1000).toISOString() : whole;
  });
}

/** Takes off the mention with which a question begins or ends; those inside it are part of what is said. `ids` are the bot's and its role's. */
export function withoutMention(text: string, ids: readonly string[]): string {
  const mention = `(?:<@[!&]?(?:${ids.join('|')})>)`;
  return text
    .replace(new RegExp(`^\\s*(?:${mention}[\\s,:]*)+`), '')
    .replace(new RegExp(`(?:\\s*${mention})+\\s*$`), '')
    .trim();
}

/** The text of a message, or, when it has none, of what stands in its place: embeds, text displays. */
export function wholeText(
  content: string,
  embeds: readonly { readonly title: string | null; readonly description: string | null }[],
  components: readonly unknown[],
): string {
  if (content.trim() !== '') return content;
  const shown = embeds.map((embed) => [embed.title, embed.description].filter(Boolean).join('\n'));
  return [...shown, ...displays(components)].filter((text) => text !== '').join('\n\n');
}

/** The texts of text displays, at most three levels deep. */
function displays(components: readonly unknown[], depth = 3): string[] {
  if (depth === 0) return [];
  return components.flatMap((component): string[] => {
    if (typeof component !== 'object' || component === null) return [];
    if ('type' in component && component.type === 10 && 'content' in component && typeof component.content === 'string')
      return [component.content];
    return 'components' in component && Array.isArray(component.components)
      ? displays(component.components, depth - 1)
      : [];
  });
}
