import { displayWidth } from './width.ts';

/** Columns that a phone shows in a code block; wider tables become lists (our reference, discord 2). */
const COLUMNS = 60;

type Align = 'left' | 'right' | 'center';

/** Whether two lines begin a table: a row of cells, and the row of dashes that makes it one. */
export function beginsTable(line: string, next: string | undefined): boolean {
  if (next === undefined || !line.includes('|') || !/^ {0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(next))
    return false;
  return next.includes('|') && cellsOf(line).length === cellsOf(next).length;
}

/** Whether a line goes on with a table. */
export function continuesTable(line: string): boolean {
  return line.trim() !== '' && line.includes('|');
}

/**
 * A table in a dialect that has none: an aligned code block where it fits, else a list. `inline` renders a cell's Markdown
 * where Markdown counts. Pure.
 */
export function renderTable(lines: readonly string[], inline: (text: string) => string): string[] {
  const [head = [], dashes = [], ...rest] = lines.map(cellsOf);
  const aligns = dashes.map(alignOf);
  const rows = rest.map((row) => head.map((_, column) => row[column] ?? ''));
  const linked = [head, ...rows].some((row) => row.some((cell) => /\]\(|https?:\/\//.test(cell)));
  const plain = [head, ...rows].map((row) => row.map(plainCell));
  const widths = head.map((_, column) => Math.max(1, ...plain.map((row) => displayWidth(row[column] ?? ''))));
  const total = widths.reduce((sum, width) => sum + width, 0) + 3 * (widths.length - 1);
  if (linked || total > COLUMNS) return list(head, rows, inline);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, aligns[column] ?? 'left'))
      .join(' │ ')
      .trimEnd();
  const [first = [], ...others] = plain;
  return ['```', line(first), widths.map((width) => '─'.repeat(width)).join('─┼─'), ...others.map(line), '```'];
}

function list(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  inline: (text: string) => string,
): string[] {
  if (rows.length === 0) return [head.map((cell) => `**${inline(cell.trim())}**`).join(' · ')];
  return rows.flatMap(([first = '', ...others]) => [
    `- **${inline(unbold(first)) || '–'}**`,
    ...others.flatMap((cell, index) =>
      cell === '' ? [] : [`  - ${inline(unbold(head[index + 1] ?? ''))}: ${inline(cell)}`],
    ),
  ]);
}

/** The cells of a row. A bar after a backslash or in code is no border. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(^|[^\\])\|$/, '$1');
  const cells = [''];
  let code = false;
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at] ?? '';
    if (char === '`') code = !code;
    if (char === '\\' && inner[at + 1] === '|') {
      cells.push(`${cells.pop() ?? ''}|`);
      at += 1;
    } else if (char === '|' && !code) cells.push('');
    else cells.push(`${cells.pop() ?? ''}${char}`);
  }
  return cells.map((cell) => cell.trim().replaceAll(/<br\s*\/?>/gi, ' '));
}

function alignOf(dashes: string): Align {
  if (!dashes.endsWith(':')) return 'left';
  return dashes.startsWith(':') ? 'center' : 'right';
}

/** A cell as it reads in a code block, where no Markdown counts. */
function plainCell(cell: string): string {
  return unbold(cell)
    .replaceAll(/`+([^`]*)`+/g, '$1')
    .replaceAll(/~~(.+?)~~/g, '$1')
    .replaceAll(/\\([\\`*_{}[\]()#+.!|~<>-])/g, '$1')
    .replaceAll('```', "'''");
}

function unbold(cell: string): string {
  return cell.replaceAll(/(\*\*|__)(?=\S)(.+?)\1/g, '$2').replaceAll(/(?<![\w*])\*(?=\S)([^*]+?)\*(?!\w)/g, '$1');
}

function pad(cell: string, width: number, align: Align): string {
  const free = Math.max(0, width - displayWidth(cell));
  if (align === 'right') return ' '.repeat(free) + cell;
  if (align === 'center') return ' '.repeat(free >> 1) + cell + ' '.repeat(free - (free >> 1));
  return cell + ' '.repeat(free);
}
