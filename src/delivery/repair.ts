import { type Line, mayBeDelimiter } from './lines.ts';
import { type Scan, scan } from './scanner.ts';
import { closing } from './seam.ts';

/** What a live tail shows while it grows. */
export interface Repaired {
  /** Valid Markdown by itself: half-made syntax closed or left out. */
  readonly markdown: string;
  /** Everything before this offset of the text shows; what is behind it is held back. */
  readonly shown: number;
}

/** Nothing is held back longer than this, in milliseconds. */
export const HOLD_MS = 400;
/** The greatest amount that is held back, in UTF-16 units. */
export const HOLD_UNITS = 200;

const LONE_MARKER = /^[ \t]*(?:[-*+]|\d{1,9}[.)]?|#{1,6}|>+|`{1,3}|~{1,3}|=+|-+|\*+|_+|\$\$?|\\\[?)?[ \t]*$/;

/** Behind the last word these may be half of something. */
const LAST_MARKS = '*_~`[ \t\n';

/**
 * The tail of a text as a reader should see it now: closes what is open (fence, emphasis, code), holds back what may turn into
 * something else (a link without its address, a table without its second line, a lone marker).
 * `least`: what stands before this offset shows in any case, because it did before or has been held long enough.
 */
export function repair(text: string, least: number): Repaired {
  const { shown, scanned } = holdBack(text, least, false);
  return { markdown: closeAll(text.slice(0, shown), scanned), shown };
}

/**
 * The append-only seam: how much of a growing text can be shown where nothing that was shown can be changed again. Holds back open
 * emphasis and code too, since no closing marker can be added. `least`: what has been shown already, or held long enough.
 */
export function committed(text: string, least: number): number {
  return holdBack(text, least, true).shown;
}

/**
 * A text that ends before it is whole, ready for something to be said below it: what is open is closed, and a last marker that opens
 * nothing yet is left out. No word is.
 */
export function closed(text: string): string {
  let words = text.length;
  while (words > 0 && LAST_MARKS.includes(text.charAt(words - 1))) words--;
  return repair(text, words).markdown;
}

/** What is left out at the end may lay bare something else that must wait: hence again, until nothing more does. */
function holdBack(text: string, least: number, append: boolean): { shown: number; scanned: Scan } {
  let shown = text.length;
  let scanned = scan(text);
  for (;;) {
    const waits = waiting(text.slice(0, shown), scanned, append);
    // What already shows stays; what is new behind it waits all the same.
    const from = waits
      .filter((at) => text.length - at <= HOLD_UNITS)
      .map((at) => Math.max(at, least))
      .filter((at) => at < shown);
    if (from.length === 0) return { shown, scanned };
    shown = Math.min(...from);
    scanned = scan(text.slice(0, shown));
  }
}

/** Offsets from which the end of a text should wait. */
function waiting(text: string, scanned: Scan, append: boolean): number[] {
  const line = scanned.lines.at(-1);
  if (!line || text === '') return [];
  const waits: number[] = [];
  const previous = scanned.lines.at(-2);
  if (blockWaits(text, line)) waits.push(line.from);
  if (previous && mayBeDelimiter(text, line, previous)) waits.push(previous.from, line.from);
  for (const half of scanned.halves) {
    const empty = text.slice(half.from + half.close.length).trim() === '';
    if (half.kind !== 'code' || append || empty) waits.push(half.from);
  }
  if (append) {
    for (const one of scanned.emphasis) if (one.to === Number.POSITIVE_INFINITY) waits.push(one.from);
  }
  // Half of a surrogate pair, or a joiner that waits for its partner.
  const last = text.charCodeAt(text.length - 1);
  if ((last >= 0xd800 && last <= 0xdbff) || last === 0x200d) waits.push(text.length - 1);
  return waits;
}

/** Whether the last line may turn into something else. */
function blockWaits(text: string, line: Line): boolean {
  const ended = text.endsWith('\n');
  const words = text.slice(line.from + line.quote.length, line.to);
  if (line.kind === 'fence-body') return !ended && LONE_MARKER.test(words) && words.trim() !== '';
  if (!ended) {
    if (line.kind === 'blank') return line.quote !== '';
    if (line.kind === 'fence-open' || line.kind === 'table-row') return true;
    if (line.kind !== 'fence-close' && LONE_MARKER.test(words) && words !== '') return true;
    if (line.item && text.slice(line.text, line.to).trim() === '') return true;
  }
  return line.kind === 'text' && words.trimStart().startsWith('|');
}

function closeAll(text: string, scanned: Scan): string {
  if (scanned.fence) return text + closing(text, scanned, 0);
  const open = scanned.emphasis.filter((one) => one.to === Number.POSITIVE_INFINITY);
  open.sort((a, b) => b.from - a.from);
  const code = scanned.halves.find((one) => one.kind === 'code');
  return text.trimEnd() + (code?.close ?? '') + open.map((one) => one.marker).join('');
}
