import { MessageFlags } from 'discord.js';
import type { Body, Rendered } from '../../src/chat/view.ts';
import { discordMarkdown } from './dialect.ts';
import { failure } from './errors.ts';
import { MESSAGE_UNITS } from './limits.ts';
import { componentsOf, type Payload } from './render.ts';

/**
 * A message's body as it is sent: never pings (an edit that says nothing about mentions would be read anew with Discord's own
 * defaults), never unfolds links.
 */
export function bodyOf(payload: Payload, hidden = false): object {
  return {
    content: payload.content,
    components: payload.components,
    allowed_mentions: { parse: [] },
    flags: MessageFlags.SuppressEmbeds | (hidden ? MessageFlags.Ephemeral : 0),
  };
}

/** The payload of something this adapter rendered. */
export function payloadOf(rendered: Rendered): Payload {
  const { payload } = rendered;
  if (typeof payload === 'object' && payload !== null && 'content' in payload && 'components' in payload) {
    const { content, components } = payload;
    if (typeof content === 'string' && Array.isArray(components)) return { content, components };
  }
  throw failure('bug', 'Something went wrong on my side.', 'a payload of another platform');
}

/** A short text as one message, or as several when it is long; its buttons stand under the last. Never empty. */
export function messagesOf(body: Body): readonly [Payload, ...Payload[]] {
  const [first = '…', ...more] = pieces(body.markdown).map((piece) => discordMarkdown(piece).trim() || '…');
  const texts: [string, ...string[]] = [first, ...more];
  const last = texts.length - 1;
  const at = (index: number): Payload => ({
    content: texts[index] ?? '…',
    components: index === last ? componentsOf(body.controls) : [],
  });
  return [at(0), ...more.map((_, index) => at(index + 1))];
}

/** Cuts Markdown between lines so that each piece fits a message once rendered; a fence that is cut is closed and opened again. */
function pieces(markdown: string): string[] {
  const done: string[] = [];
  let piece: string[] = [];
  let fence: string | null = null;
  const fits = (lines: readonly string[]) => discordMarkdown(lines.join('\n')).length <= MESSAGE_UNITS - 8;
  for (const line of markdown.split('\n').flatMap((long) => slices(long, 1_500))) {
    if (piece.length > 0 && !fits([...piece, line])) {
      done.push([...piece, ...(fence === null ? [] : ['```'])].join('\n'));
      piece = fence === null ? [] : [fence];
    }
    piece.push(line);
    if (/^\s*```/.test(line)) fence = fence === null ? line : null;
  }
  if (piece.some((line) => line.trim() !== '') || done.length === 0) done.push(piece.join('\n'));
  return done;
}

function slices(line: string, units: number): string[] {
  if (line.length <= units) return [line];
  const out: string[] = [];
  let rest = line;
  while (rest.length > units) {
    const space = rest.lastIndexOf(' ', units);
    const end = space > units / 2 ? space : units - (/[\ud800-\udbff]/.test(rest[units - 1] ?? '') ? 1 : 0);
    out.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...out, rest];
}
