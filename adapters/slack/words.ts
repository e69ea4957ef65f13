import { quiet } from './quiet.ts';

/** At most `units` UTF-16 units, cut between characters as people see them, with an ellipsis when something was cut. */
export function cut(text: string, units: number): string {
  if (text.length <= units) return text;
  let end = 0;
  for (const { segment, index } of new Intl.Segmenter().segment(text.slice(0, units + 64))) {
    if (index + segment.length > units - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}

/** At most `bytes` bytes of UTF-8, never cut inside a character or a link token. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = bytes - Buffer.byteLength('…');
  const decoder = new TextDecoder('utf-8');
  const kept = decoder.decode(new TextEncoder().encode(text).subarray(0, room)).replace(/\ufffd+$/, '');
  const token = kept.lastIndexOf('<');
  const whole = token > kept.lastIndexOf('>') ? kept.slice(0, token) : kept.replace(/&[a-z]{0,3}$/, '');
  return `${whole.trimEnd()}…`;
}

/** A `plain_text` object of at most `units`, without line breaks, never empty, in which nothing notifies anybody. */
export function plain(text: string, units: number): { type: 'plain_text'; text: string; emoji: true } {
  const line = cut(quiet(text.replaceAll(/\s+/g, ' ').trim()), units);
  return { type: 'plain_text', text: line || '…', emoji: true };
}
