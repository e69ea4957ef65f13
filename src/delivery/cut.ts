import { type Line, mayBelong } from './lines.ts';
import type { Scan } from './scanner.ts';
import { lineAt } from './seam.ts';

/** A place where a text may be cut. The lower the rank, the less the reader notices. */
interface Break {
  readonly at: number;
  readonly rank: number;
}

/** Breaks are looked for in the last part of what fits: 0.4 of it. */
const WINDOW = 0.6;
/** A fence or table that begins behind this share of the part moves to the next one whole. */
const WHOLE = 0.5;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Where to cut a text that does not fit: at or before `most`, behind the wrapper of `least` characters, and not before `kept`, since
 * so much is already shown where it cannot be taken back. A function of its arguments alone. Always greater than `least`.
 */
export function chooseCut(text: string, scanned: Scan, least: number, kept: number, most: number): number {
  const low = Math.max(kept, least + Math.floor((most - least) * WINDOW));
  const half = least + Math.floor((most - least) * WHOLE);
  const breaks = lineBreaks(text, scanned.lines, least).filter((one) => one.at >= kept);
  const inside = scanned.lines[lineAt(scanned.lines, most)];
  const block = inside?.fence?.from ?? inside?.table?.from ?? -1;
  if (block >= half && block <= most && breaks.some((one) => one.at === block)) return block;

  const near = best(breaks.filter((one) => one.at >= low && one.at <= most && !insideSpan(scanned, one.at)));
  if (near && near.rank <= Rank.line) return near.at;
  const between = wordBreak(text, scanned, Math.max(low, least + 1), most);
  if (between?.sentence) return between.at;
  if (near) return near.at;
  if (between) return between.at;
  return anyBreak(text, scanned, breaks, least, kept, most);
}

const Rank = { block: 0, beside: 1, item: 2, nested: 3, inItem: 4, code: 5, line: 6, soft: 7 } as const;

/** Breaks between lines, in order. */
function lineBreaks(text: string, lines: readonly Line[], least: number): Break[] {
  const breaks: Break[] = [];
  let previous: Line | null = null;
  let blank = false;
  for (const line of lines) {
    if (line.kind === 'blank') {
      blank = true;
      continue;
    }
    const rank = previous ? rankOf(text, line, previous, blank) : null;
    if (rank !== null && line.from > least && text.slice(least, line.from).trim() !== '')
      breaks.push({ at: line.from, rank });
    previous = line;
    blank = false;
  }
  return breaks;
}

/** How good a break before `line` is; null where there must be none. */
function rankOf(text: string, line: Line, previous: Line, blank: boolean): number | null {
  // A heading keeps what it heads, an opening line its first line, a closing line its block.
  if (mayBelong(text, line, previous)) return null;
  if (previous.kind === 'heading' && text.charAt(previous.text) === '#') return null;
  if (previous.kind === 'heading' && line.kind !== 'heading') return null;
  if (line.kind === 'heading' && text.charAt(line.text) !== '#') return null;
  if (line.kind === 'fence-close' || previous.kind === 'fence-open') return null;
  if (line.kind === 'table-delimiter' || previous.kind === 'table-head' || previous.kind === 'table-delimiter')
    return null;
  switch (line.kind) {
    case 'fence-body':
      return text.slice(previous.from, previous.to).trim() === '' ? Rank.code : Rank.line;
    case 'table-row':
      return Rank.nested;
    default:
  }
  if (line.item) return line.levels.length === 1 ? Rank.item : Rank.nested;
  if (line.levels.length > 0) return blank || line.kind !== 'text' ? Rank.inItem : Rank.soft;
  if (blank) return line.quote === '' ? Rank.block : Rank.beside;
  if (line.kind !== 'text' || previous.kind !== 'text') return Rank.beside;
  if (line.quote !== previous.quote) return Rank.beside;
  return line.quote === '' ? Rank.soft : Rank.nested;
}

function best(breaks: readonly Break[]): Break | null {
  let found: Break | null = null;
  for (const one of breaks) if (!found || one.rank <= found.rank) found = one;
  return found;
}

/** The last end of a sentence in a range, or else the last gap between words. */
function wordBreak(text: string, scanned: Scan, low: number, most: number): { at: number; sentence: boolean } | null {
  let word: number | null = null;
  let wordInEmphasis: number | null = null;
  for (let at = most; at >= low; at -= 1) {
    const before = text.charAt(at - 1);
    const wide = '。！？'.includes(before) && before !== '';
    if (!wide && (!isSpace(before) || before === '\n' || isSpace(text.charAt(at)))) continue;
    const line = scanned.lines[lineAt(scanned.lines, at)];
    if (!line || at <= line.text || insideSpan(scanned, at)) continue;
    const sentence = wide || (/[.!?…:]/.test(text.charAt(at - 2)) && !line.fence);
    const emphasised = scanned.emphasis.some((one) => one.from < at && one.to > at);
    if (sentence && !emphasised) return { at, sentence };
    if (emphasised) wordInEmphasis ??= at;
    else word ??= at;
  }
  const at = word ?? wordInEmphasis;
  return at === null ? null : { at, sentence: false };
}

/** When nothing good is near: before whatever stands across `most`, or between two graphemes. */
function anyBreak(
  text: string,
  scanned: Scan,
  breaks: readonly Break[],
  least: number,
  kept: number,
  most: number,
): number {
  const across = protectedAt(scanned, most);
  if (!across) {
    const at = graphemeBefore(text, least, most);
    const emptied = text.slice(least, at).trim() === '';
    if (!emptied) return at;
  }
  const far = best(breaks.filter((one) => one.at <= most && !insideSpan(scanned, one.at)));
  const word = wordBreak(text, scanned, Math.max(kept, least + 1), most);
  const before = across && across.from > least && text.slice(least, across.from).trim() !== '' ? across.from : 0;
  const at = Math.max(far?.at ?? 0, word?.at ?? 0, before);
  if (kept > least && at < kept) return kept;
  return at > least ? at : graphemeBefore(text, least, most);
}

/** The last boundary between graphemes at or before `most`, but behind at least one grapheme. */
function graphemeBefore(text: string, least: number, most: number): number {
  const segments = segmenter.segment(text);
  const at = segments.containing(Math.min(most, text.length - 1))?.index ?? most;
  if (at > least) return at;
  const first = segments.containing(least);
  return first ? first.index + first.segment.length : least + 1;
}

function insideSpan(scanned: Scan, at: number): boolean {
  return protectedAt(scanned, at) !== null;
}

/** What stands across an offset and must not be cut. */
function protectedAt(scanned: Scan, at: number): { from: number } | null {
  const { spans } = scanned;
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (!span) break;
    if (span.to <= at) low = middle + 1;
    else if (span.from >= at) high = middle - 1;
    else return span;
  }
  return scanned.halves.find((half) => half.from < at) ?? null;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\u3000';
}
