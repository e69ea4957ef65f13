import type { Level, Line } from './lines.ts';
import type { Scan } from './scanner.ts';

/** What must be added where a text is cut, so that both sides are valid Markdown by themselves. */
export interface Seam {
  /** Ends the first side: closing markers. */
  readonly close: string;
  /** Begins the second side: reopened fence, table head, list, quote, emphasis. */
  readonly open: string;
  /** A shorter `open` for when that one takes too much room. */
  readonly bare: string;
  /** Characters of the second side that `open` has written anew (an item's number). */
  readonly skip: number;
}

/** A fence's info string longer than this is not repeated, in UTF-16 units. */
const LONG_INFO = 64;
/** Stands for the beginning of an item that is in the part before. */
const CONTINUED = '…';

/** The wrappers for cutting `text` at `at`. */
export function seamAt(text: string, scanned: Scan, at: number): Seam {
  const line = scanned.lines[lineAt(scanned.lines, at)];
  if (!line) return { close: '', open: '', bare: '', skip: 0 };
  const atStart = at === line.from;
  if (line.fence && line.kind !== 'fence-open') return fenceSeam(text, line, line.fence, at, atStart);
  const inline = inlineSeam(scanned, at);
  if (line.table && line.kind === 'table-row' && atStart) {
    const { head, prefix, cells } = line.table;
    const around = ancestors(line, line.levels);
    const empty = `${prefix}|${' |'.repeat(cells)}\n${prefix}|${'---|'.repeat(cells)}\n`;
    return { close: '', open: `${around}${head}\n`, bare: `${around}${empty}`, skip: 0 };
  }
  return textSeam(text, scanned, line, at, atStart, inline);
}

/** What closes a text that ends here for good: an open fence, and emphasis that only a wrapper of `opened` characters had opened. */
export function closing(text: string, scanned: Scan, opened: number): string {
  if (scanned.fence) return `${text.endsWith('\n') ? '' : '\n'}${scanned.fence.prefix}${scanned.fence.close}`;
  return scanned.emphasis
    .filter((one) => one.to === Number.POSITIVE_INFINITY && one.from < opened)
    .map((one) => one.marker)
    .reverse()
    .join('');
}

/** The index of the line that holds an offset; an offset behind a newline belongs to the next line. */
export function lineAt(lines: readonly Line[], at: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.from ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function fenceSeam(text: string, line: Line, fence: NonNullable<Line['fence']>, at: number, atStart: boolean): Seam {
  const around = ancestors(line, line.levels);
  const info = fence.info.length <= LONG_INFO ? fence.info : '';
  const indent = atStart ? '' : fence.prefix;
  return {
    close: `${text.charAt(at - 1) === '\n' ? '' : '\n'}${fence.prefix}${fence.close}`,
    open: `${around}${fence.prefix}${fence.marker}${info}\n${indent}`,
    bare: `${fence.prefix}${fence.marker}\n${indent}`,
    skip: 0,
  };
}

function inlineSeam(scanned: Scan, at: number): { close: string; open: string } {
  const open = scanned.emphasis.filter((one) => one.from < at && one.to > at && one.from + one.marker.length <= at);
  open.sort((a, b) => a.from - b.from);
  const markers = open.map((one) => one.marker);
  const code = scanned.spans.find((span) => span.kind === 'code' && span.from < at && span.to > at);
  if (code) markers.push('`');
  return { close: markers.toReversed().join(''), open: markers.join('') };
}

function textSeam(
  text: string,
  scanned: Scan,
  line: Line,
  at: number,
  atStart: boolean,
  inline: { close: string; open: string },
): Seam {
  const { levels } = line;
  const last = levels.at(-1);
  if (atStart && line.item && last) {
    const around = ancestors(line, levels.slice(0, -1));
    const renumbered =
      line.number && last.ordinal !== null && text.slice(line.number.from, line.number.to) !== String(last.ordinal);
    if (!line.number || !renumbered) return { close: inline.close, open: around, bare: '', skip: 0 };
    const number = text.slice(at, line.number.from) + last.ordinal;
    return { close: inline.close, open: around + number, bare: number, skip: line.number.to - at };
  }
  const previous = scanned.lines[lineAt(scanned.lines, at) - 1];
  const afterBlank = atStart && (!previous || previous.kind === 'blank');
  // A paragraph that goes on without quote markers still stands in the quote.
  const quote = atStart ? (line.quote === '' && !afterBlank && previous ? previous.quote : '') : line.quote;
  // Reopened emphasis must stand behind the line's own quote markers and indentation.
  const inside = atStart && inline.open !== '';
  const skip = inside ? line.text - at : 0;
  if (!last || line.kind === 'heading' || line.kind === 'rule') {
    const lead = inside ? text.slice(at, line.text) : '';
    return { close: inline.close, open: quote + lead + inline.open, bare: quote, skip };
  }
  const around = ancestors(line, levels.slice(0, -1));
  const item = `${line.quote}${' '.repeat(last.indent)}${markerOf(last)} ${CONTINUED}`;
  const glue = !inside && (afterBlank || (atStart && line.kind !== 'text')) ? '\n' : ' ';
  return { close: inline.close, open: around + item + glue + inline.open, bare: quote, skip };
}

/** One line per level, standing for the item that began in an earlier part. */
function ancestors(line: Line, levels: readonly Level[]): string {
  return levels.map((level) => `${line.quote}${' '.repeat(level.indent)}${markerOf(level)} ${CONTINUED}\n`).join('');
}

function markerOf(level: Level): string {
  return level.ordinal === null ? level.kind : `${level.ordinal}${level.kind}`;
}
