import { type Line, type Scan, scan } from './scanner.ts';
import { closing } from './seam.ts';

/** What a live tail shows while it grows. */
export interface Repaired {
  /** Valid Markdown by itself: half-made syntax closed or left out. */
  readonly markdown: string;
  /** Everything before this offset of the text shows; what is behind it is held back. */
  readonly shown: number;
}

/** Nothing is held back longer than this, in milliseconds, or in greater amount, in UTF-16 units. */
export const HOLD_MS = 400;
export const HOLD_UNITS = 200;

const LONE_MARKER = /^[ \t]*(?:[-*+]|\d{1,9}[.)]?|#{1,6}|>+|`{1,3}|~{1,3}|=+|-+|\*+|_+|\$\$?|\\\[?)?[ \t]*$/;
const HALF_DELIMITER = /^[ \t]*[|:-][ \t|:-]*$/;

/**
 * The tail of a text as a reader should see it now: closes what is open (fence, emphasis, code), holds back what may turn into
 * something else (a link without its address, a table without its second line, a lone marker).
 * `released`: what is held from this offset on has been held long enough and shows as it is.
 */
export function repair(text: string, released: number | null): Repaired {
  let shown = text.length;
  let scanned = scan(text);
  for (;;) {
    const hold = holdFrom(text.slice(0, shown), scanned, false);
    if (hold === null || hold === released || text.length - hold > HOLD_UNITS) break;
    shown = hold;
    scanned = scan(text.slice(0, shown));
  }
  return { markdown: closeAll(text.slice(0, shown), scanned), shown };
}

/**
 * The append-only seam: how much of a growing text can be shown where nothing that was shown can be changed again. Holds back open
 * emphasis and code too, since no closing marker can be added. What it allows once it allows for ever.
 */
export function committed(text: string, released: number | null): number {
  let shown = text.length;
  let scanned = scan(text);
  for (;;) {
    const hold = holdFrom(text.slice(0, shown), scanned, true);
    if (hold === null || hold === released || text.length - hold > HOLD_UNITS) break;
    shown = hold;
    scanned = scan(text.slice(0, shown));
  }
  return shown;
}

/** From where the end of a text must wait, or null. */
function holdFrom(text: string, scanned: Scan, append: boolean): number | null {
  const line = scanned.lines.at(-1);
  if (!line || text === '') return null;
  const block = blockHold(text, line, scanned.lines.at(-2));
  if (block !== null) return block;
  const half = scanned.halves.find((one) => {
    if (one.kind === 'code') return append || text.slice(one.from + one.close.length).trim() === '';
    return one.kind !== 'text' || text.length - one.from <= HOLD_UNITS;
  });
  const openEmphasis = append ? scanned.emphasis.find((one) => one.to === Number.POSITIVE_INFINITY) : undefined;
  const from = Math.min(half?.from ?? Number.POSITIVE_INFINITY, openEmphasis?.from ?? Number.POSITIVE_INFINITY);
  if (from < text.length) return from;
  // Half of a surrogate pair, or a joiner that waits for its partner.
  const last = text.charCodeAt(text.length - 1);
  return (last >= 0xd800 && last <= 0xdbff) || last === 0x200d ? text.length - 1 : null;
}

function blockHold(text: string, line: Line, previous: Line | undefined): number | null {
  const ended = text.endsWith('\n');
  const words = text.slice(line.from + line.quote.length, line.to);
  if (line.kind === 'fence-body') return !ended && LONE_MARKER.test(words) && words.trim() !== '' ? line.from : null;
  if (!ended) {
    if (line.kind === 'fence-open' || line.kind === 'table-row') return line.from;
    if (line.kind !== 'fence-close' && LONE_MARKER.test(words) && words !== '') return line.from;
    if (line.item && text.slice(line.text, line.to).trim() === '') return line.from;
  }
  if (line.kind !== 'text') return null;
  if (previous?.kind === 'text' && HALF_DELIMITER.test(words) && text.slice(previous.text, previous.to).includes('|'))
    return previous.from;
  return words.trimStart().startsWith('|') ? line.from : null;
}

function closeAll(text: string, scanned: Scan): string {
  if (scanned.fence) return text + closing(text, scanned, 0);
  const open = scanned.emphasis.filter((one) => one.to === Number.POSITIVE_INFINITY);
  open.sort((a, b) => b.from - a.from);
  const code = scanned.halves.find((one) => one.kind === 'code');
  return text.trimEnd() + (code?.close ?? '') + open.map((one) => one.marker).join('');
}
