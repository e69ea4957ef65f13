/** One level of a list that is open at a line. */
export interface Level {
  /** Columns before the marker. */
  readonly indent: number;
  /** Columns before the item's text. */
  readonly content: number;
  /** `-`, `*`, `+`, `.` or `)`: another one begins another list. */
  readonly kind: string;
  /** The item's number as a renderer counts it; null for bullets. */
  readonly ordinal: number | null;
}

/** An open block of verbatim text: a code fence or display math. */
export interface Fence {
  /** What stands before the marker on its line: quote markers, indentation. */
  readonly prefix: string;
  /** The opening marker and what follows it on its line. */
  readonly marker: string;
  readonly info: string;
  /** The line that closes it, without the prefix. */
  readonly close: string;
  /** Where the opening line begins. */
  readonly from: number;
}

/** A table: its first two lines verbatim, to be repeated where it is cut. */
export interface Table {
  readonly head: string;
  readonly from: number;
  /** Columns, for a head without words where the real one is too long. */
  readonly cells: number;
  readonly prefix: string;
}

/** What a line is. */
export type LineKind =
  | 'blank'
  | 'text'
  | 'heading'
  | 'rule'
  | 'fence-open'
  | 'fence-body'
  | 'fence-close'
  | 'table-head'
  | 'table-delimiter'
  | 'table-row';

/** One line. `[from, to)` without its newline. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly kind: LineKind;
  /** Quote markers it begins with, verbatim. */
  readonly quote: string;
  /** Lists around it, outermost first. */
  readonly levels: readonly Level[];
  /** It begins the innermost level's item. */
  readonly item: boolean;
  /** Where an item's number stands in the text, when it is an ordered item. */
  readonly number: { readonly from: number; readonly to: number } | null;
  readonly fence: Fence | null;
  readonly table: Table | null;
  /** Where its text begins, behind quote markers, indentation and list marker. */
  readonly text: number;
}

const FENCE = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const MATH = /^([ \t]*)(\$\$|\\\[)[ \t]*$/;
const HALF_DELIMITER = /^[ \t]*[|:-][ \t|:-]*$/;
const HALF_CLOSE = /^[ \t]*[`~$\\]+\]?$/;
/** A few markers that may yet become words. */
export const MARKERS = /^[ \t]*(?:#{1,6}|[-*+_=]+|\d{1,9}[.)]?)[ \t]*$/;

/** Whether a line may be the beginning of a table's second line, and the line before it the head. */
export function mayBeDelimiter(text: string, line: Line, previous: Line): boolean {
  if (line.kind !== 'text' || previous.kind !== 'text') return false;
  return (
    HALF_DELIMITER.test(text.slice(line.from + line.quote.length, line.to)) &&
    text.slice(previous.text, previous.to).includes('|')
  );
}

/** Whether the last line, which has not ended, may turn out to belong to the line before: an underline, the end of a fence. */
export function mayBelong(text: string, line: Line, previous: Line): boolean {
  if (line.to !== text.length) return false;
  const words = text.slice(line.from + line.quote.length, line.to);
  if (line.kind === 'fence-body') return HALF_CLOSE.test(words);
  return mayBeDelimiter(text, line, previous) || (previous.kind === 'text' && MARKERS.test(words));
}

/** The fence that a line opens, if it does. `lead` is what stands before it on every line of the fence. */
export function openFence(rest: string, lead: string, from: number): Fence | null {
  const code = FENCE.exec(rest);
  if (code) {
    const marker = code[2] ?? '';
    return { prefix: lead + (code[1] ?? ''), marker, info: (code[3] ?? '').trim(), close: marker, from };
  }
  const math = MATH.exec(rest);
  if (!math) return null;
  const marker = math[2] ?? '';
  return { prefix: lead + (math[1] ?? ''), marker, info: '', close: marker === '$$' ? '$$' : '\\]', from };
}

/** Whether a line closes the fence. */
export function isClose(rest: string, fence: Fence): boolean {
  const line = rest.trim();
  if (!line.startsWith(fence.close)) return false;
  const char = fence.close.charAt(0);
  if (char !== '`' && char !== '~') return line === fence.close;
  for (const one of line) if (one !== char) return false;
  return columns(rest) <= columns(fence.prefix.replace(/^.*>/, '')) + 3;
}

/** Width of the white space a line begins with. */
export function columns(line: string): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += 4 - (width % 4);
    else break;
  }
  return width;
}

/** Cells of a table's line. */
export function cellsOf(line: string): number {
  const row = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  let cells = 1;
  for (let i = 0; i < row.length; i += 1) {
    if (row.charAt(i) === '\\') i += 1;
    else if (row.charAt(i) === '|') cells += 1;
  }
  return cells;
}
