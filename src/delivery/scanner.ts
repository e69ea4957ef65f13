import { type Emphasis, type Half, type Span, scanInline } from './inline.ts';
import {
  cellsOf,
  columns,
  type Fence,
  isClose,
  type Level,
  type Line,
  type LineKind,
  MARKERS,
  openFence,
  type Table,
} from './lines.ts';

/** The structure of a piece of Markdown that may end anywhere. */
export interface Scan {
  readonly lines: readonly Line[];
  readonly spans: readonly Span[];
  readonly emphasis: readonly Emphasis[];
  /** Half-made inline constructs at the very end; empty when the end is not inside running text. */
  readonly halves: readonly Half[];
  /** The fence that the end leaves open. */
  readonly fence: Fence | null;
}

/** Most lines: no block begins with a letter. */
const BEGINS_WITH_WORD = /^[ \t]*\p{L}/u;
const QUOTE = /^(?: {0,3}> ?)+/;
const RULE = /^\s*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const ITEM = /^([ \t]*)([-*+]|(\d{1,9})([.)]))(?:([ \t]+)|$)/;
const HEADING = /^\s{0,3}#{1,6}(?:[ \t]|$)/;
const SETEXT = /^ {0,3}(?:=+|-+)[ \t]*$/;
const DELIMITER = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

interface MutableLine extends Line {
  kind: LineKind;
  table: Table | null;
}

/** Scans a piece of Markdown from a clean beginning. Linear in its length; nothing is kept between calls. */
export function scan(text: string): Scan {
  const lines: MutableLine[] = [];
  const spans: Span[] = [];
  const emphasis: Emphasis[] = [];
  let halves: readonly Half[] = [];
  let levels: readonly Level[] = [];
  const open: { fence: Fence | null; table: Table | null } = { fence: null, table: null };
  /** First line of the running paragraph, or -1. */
  let paragraph = -1;
  let afterBlank = true;
  let quoteDepth = 0;

  const runInline = (from: number, to: number, growing: boolean): void => {
    const found = scanInline(text, from, to, growing);
    for (const span of found.spans) spans.push(span);
    for (const one of found.emphasis) emphasis.push(one);
    if (growing) halves = found.halves;
  };
  const endParagraph = (growing = false): void => {
    const first = lines[paragraph];
    const last = lines.at(-1);
    if (first && last) runInline(first.text, last.to, growing);
    paragraph = -1;
  };

  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    if (from === text.length && newline < 0 && from > 0) break;
    const raw = text.slice(from, to);
    let quote = raw.includes('>') ? (QUOTE.exec(raw)?.[0] ?? '') : '';
    if (open.fence && !open.fence.prefix.includes('>')) quote = '';
    const depth = quote.split('>').length - 1;
    const rest = raw.slice(quote.length);
    const add = (kind: LineKind, more: Partial<Line> = {}): void => {
      lines.push({
        from,
        to,
        kind,
        quote,
        levels,
        item: false,
        number: null,
        fence: open.fence,
        table: open.table,
        text: from + quote.length,
        ...more,
      });
    };

    if (open.fence?.prefix.includes('>') && depth === 0) open.fence = null;
    if (open.fence) {
      const closes: boolean = isClose(rest, open.fence);
      add(closes ? 'fence-close' : 'fence-body');
      if (closes) open.fence = null;
      afterBlank = false;
    } else if (rest.trim() === '') {
      // The very end may yet become a line that goes on with the paragraph.
      if (newline >= 0) {
        endParagraph();
        open.table = null;
        quoteDepth = depth;
        afterBlank = true;
      }
      add('blank');
    } else {
      // A line without quote markers goes on with a quoted paragraph; after anything else it ends the quote.
      if (depth !== quoteDepth && !(depth < quoteDepth && paragraph >= 0)) {
        endParagraph();
        open.table = null;
        levels = [];
      }
      quoteDepth = depth;
      const indent = columns(rest);
      const begun = block(rest, indent, from + quote.length, add, raw);
      if (begun) afterBlank = false;
      else {
        if (open.table) {
          add('table-row');
          runInline(from + quote.length, to, to === text.length);
        } else if (isDelimiterOf(rest)) {
          const head = lines.at(-1);
          if (head) {
            // The head was the paragraph's last line: what stood before it remains a paragraph.
            lines.pop();
            if (paragraph < lines.length) endParagraph();
            paragraph = -1;
            lines.push(head);
            open.table = {
              head: text.slice(head.from, to),
              from: head.from,
              cells: cellsOf(rest),
              prefix: head.quote + ' '.repeat(columns(text.slice(head.from + head.quote.length, head.to))),
            };
            head.kind = 'table-head';
            head.table = open.table;
            runInline(head.text, head.to, false);
          }
          add('table-delimiter');
        } else {
          if (paragraph < 0 || afterBlank) {
            if (afterBlank) levels = levels.filter((level) => level.content <= indent || level.indent < indent);
            paragraph = lines.length;
          }
          add('text', { text: from + quote.length + (rest.length - rest.trimStart().length) });
        }
        afterBlank = false;
      }
    }
    if (newline < 0) break;
    from = newline + 1;
  }
  endParagraph(true);
  return { lines, spans, emphasis, halves, fence: open.fence };

  /** Blocks that a line can begin by itself. True when the line was one. */
  function block(
    rest: string,
    indent: number,
    start: number,
    add: (kind: LineKind, more?: Partial<Line>) => void,
    raw: string,
  ): boolean {
    const to = start + rest.length;
    if (BEGINS_WITH_WORD.test(rest)) return false;
    const opened = openFence(rest, raw.slice(0, raw.length - rest.length), start - (raw.length - rest.length));
    if (opened) {
      endParagraph();
      open.table = null;
      if (afterBlank) levels = levels.filter((level) => level.indent < indent);
      open.fence = opened;
      add('fence-open');
      return true;
    }
    // A few markers at the very end of the text may still become words: until then they belong to the paragraph.
    if (paragraph >= 0 && !afterBlank && to === text.length && MARKERS.test(rest)) return false;
    if (HEADING.test(rest)) {
      endParagraph();
      open.table = null;
      levels = [];
      add('heading', { levels });
      runInline(start, to, to === text.length);
      return true;
    }
    if (paragraph >= 0 && !afterBlank && SETEXT.test(rest) && lines[paragraph]?.levels.length === 0) {
      add('heading');
      endParagraph();
      return true;
    }
    if (RULE.test(rest)) {
      endParagraph();
      open.table = null;
      levels = [];
      add('rule', { levels });
      return true;
    }
    const item = ITEM.exec(rest);
    // Only a list that begins at 1 may interrupt a paragraph.
    if (
      !item ||
      (paragraph >= 0 && levels.length === 0 && item[3] !== undefined && Number(item[3]) !== 1 && !afterBlank)
    )
      return false;
    if (indent >= 4 && levels.length === 0) return false;
    const inner = rest.slice(item[0].length);
    if (inner === '' && paragraph >= 0 && !afterBlank && levels.length === 0) return false;
    endParagraph();
    open.table = null;
    const marker = item[2] ?? '';
    const kind = item[4] ?? marker;
    const kept = levels.filter((level) => level.indent + 1 < indent);
    const sibling = levels[kept.length];
    const same = sibling !== undefined && sibling.kind === kind;
    const written = item[3] === undefined ? null : Number(item[3]);
    const ordinal = written === null ? null : same && sibling.ordinal !== null ? sibling.ordinal + 1 : written;
    const gap = item[5]?.length ?? 1;
    const content = indent + marker.length + (gap > 4 ? 1 : gap);
    levels = [...kept, { indent, content, kind, ordinal }];
    const digits = start + (item[1]?.length ?? 0);
    const number = written === null ? null : { from: digits, to: digits + marker.length - 1 };
    const head = raw.slice(0, raw.length - rest.length);
    const nested = openFence(inner, head + ' '.repeat(content), start - head.length);
    if (nested) {
      open.fence = nested;
      add('fence-open', { item: true, number, levels });
      return true;
    }
    if (inner !== '') paragraph = lines.length;
    add('text', { item: true, number, levels, text: start + item[0].length });
    return true;
  }

  function isDelimiterOf(rest: string): boolean {
    const head = lines.at(-1);
    if (paragraph < 0 || afterBlank || !head || head.kind !== 'text') return false;
    if (!rest.includes('-') || !rest.includes('|') || !DELIMITER.test(rest)) return false;
    return cellsOf(rest) === cellsOf(text.slice(head.text, head.to));
  }
}
