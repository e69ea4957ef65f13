import type { Json } from './json.ts';

const TOKEN =
  /<(@[UW][A-Z0-9]+|#C[A-Z0-9]+|!subteam\^[A-Z0-9]+|!(?:channel|here|everyone)|https?:[^>|]+|mailto:[^>|]+)(?:\|([^>]*))?>/g;

/** The `rich_text` block Slack makes of what a person typed (wire text: `<@U1>`, `&amp;`). */
export function typedBlocks(wire: string, blockId: string): Json[] {
  const elements: Json[] = [];
  let from = 0;
  const literal = (piece: string) => {
    if (piece !== '') elements.push({ type: 'text', text: decoded(piece) });
  };
  for (const match of wire.matchAll(TOKEN)) {
    literal(wire.slice(from, match.index));
    from = match.index + match[0].length;
    elements.push(element(match[1] ?? '', match[2]));
  }
  literal(wire.slice(from));
  if (elements.length === 0) return [];
  return [{ type: 'rich_text', block_id: blockId, elements: [{ type: 'rich_text_section', elements }] }];
}

function element(target: string, label: string | undefined): Json {
  if (target.startsWith('@')) return { type: 'user', user_id: target.slice(1) };
  if (target.startsWith('#')) return { type: 'channel', channel_id: target.slice(1) };
  if (target.startsWith('!subteam')) return { type: 'usergroup', usergroup_id: target.slice(9) };
  if (target.startsWith('!')) return { type: 'broadcast', range: target.slice(1) };
  return { type: 'link', url: decoded(target), ...(label ? { text: decoded(label) } : {}) };
}

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
