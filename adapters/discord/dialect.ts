import { inlineMarkdown, withoutPings } from './inline.ts';
import { beginsTable, continuesTable, renderTable } from './tables.ts';

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+)(.*)$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const RULE_SHOWN = '────────────';

/**
 * Markdown as models write it, in Discord's dialect (our reference, discord 2): deep headings become bold, `~~~` and indented
 * code become fences, tables code blocks or lists, task boxes signs; nothing a model writes pings, hides or turns into a date.
 * Pure; a part of a text that is still growing is as welcome as a whole one.
 */
export function discordMarkdown(markdown: string): string {
  return withoutPings(blocks(markdown.replaceAll('\r\n', '\n').split('\n')).join('\n'));
}

function blocks(lines: readonly string[]): string[] {
  const out: string[] = [];
  const levels: number[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const fence = FENCE.exec(line);
    if (fence) {
      at = code(lines, at, fence, out);
      continue;
    }
    if (/^ {0,3}>/.test(line)) {
      at = quote(lines, at, out);
      continue;
    }
    if (beginsTable(line, lines[at + 1])) {
      let end = at + 2;
      while (end < lines.length && continuesTable(lines[end] ?? '')) end += 1;
      out.push(...renderTable(lines.slice(at, end), inlineMarkdown));
      at = end;
      continue;
    }
    if (levels.length === 0 && /^( {4}|\t)/.test(line) && (at === 0 || lines[at - 1]?.trim() === '')) {
      at = indented(lines, at, out);
      continue;
    }
    const under = lines[at + 1] ?? '';
    if (levels.length === 0 && /^ {0,3}\S/.test(line) && !ITEM.test(line) && /^ {0,3}(=+|-{2,})[ \t]*$/.test(under)) {
      out.push(`${under.trim().startsWith('=') ? '#' : '##'} ${inlineMarkdown(line.trim())}`);
      at += 2;
      continue;
    }
    out.push(plain(line, levels));
    at += 1;
  }
  return out;
}

/** A line that is no block of its own kind. `levels` are the indents of the list items it may stand in. */
function plain(line: string, levels: number[]): string {
  if (line.trim() === '') return '';
  if (RULE.test(line)) {
    levels.length = 0;
    return RULE_SHOWN;
  }
  const item = ITEM.exec(line);
  if (item) return listItem(item, levels);
  const indent = indentOf(line);
  if (indent === 0) levels.length = 0;
  const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line);
  if (heading) {
    const [, marks = '', text = ''] = heading;
    const shown = inlineMarkdown(text);
    return marks.length <= 3 ? `${marks} ${shown}` : `**${shown.replaceAll('**', '')}**`;
  }
  const text = inlineMarkdown(line.trim()).replace(/^-#/, '\\-#');
  const depth = levels.filter((level) => level < indent).length;
  return '  '.repeat(depth) + text;
}

function listItem(item: RegExpExecArray, levels: number[]): string {
  const [, space = '', marker = '', , text = ''] = item;
  const indent = indentOf(space);
  while (levels.length > 0 && (levels.at(-1) ?? 0) > indent) levels.pop();
  if (levels.length === 0 || (levels.at(-1) ?? 0) < indent) levels.push(indent);
  const sign = /\d/.test(marker) ? marker.replace(')', '.') : '-';
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  const box = task ? (task[1] === ' ' ? '☐ ' : '☑ ') : '';
  return `${'  '.repeat(levels.length - 1)}${sign} ${box}${inlineMarkdown(task?.[2] ?? text)}`;
}

/** A fence becomes one of three backticks, whose language Discord may know; fences inside it are broken up. */
function code(
  lines: readonly string[],
  from: number,
  [, space = '', marks = '', info = '']: RegExpExecArray,
  out: string[],
): number {
  const indent = indentOf(space);
  const close = new RegExp(`^\\s*${marks[0] === '~' ? '~' : '`'}{${marks.length},}\\s*$`);
  let end = from + 1;
  while (end < lines.length && !close.test(lines[end] ?? '')) end += 1;
  const language = /^[\w+#.-]{1,20}$/.test(info) ? info : '';
  const inside = lines.slice(from + 1, end).map((line) => dedent(line, indent).replaceAll('```', '`\u200b`\u200b`'));
  out.push(`\`\`\`${language}`, ...inside);
  if (end < lines.length) out.push('```');
  return end + 1;
}

function indented(lines: readonly string[], from: number, out: string[]): number {
  let end = from;
  while (end < lines.length && (/^( {4}|\t)/.test(lines[end] ?? '') || lines[end]?.trim() === '')) end += 1;
  while (lines[end - 1]?.trim() === '') end -= 1;
  out.push('```', ...lines.slice(from, end).map((line) => dedent(line, 4).replaceAll('```', '`\u200b`\u200b`')), '```');
  return end;
}

/** Quotes do not nest, and `>>>` would quote the rest of the message: all become one level. */
function quote(lines: readonly string[], from: number, out: string[]): number {
  let end = from;
  while (end < lines.length && /^ {0,3}>/.test(lines[end] ?? '')) end += 1;
  const inside = lines.slice(from, end).map((line) => line.replace(/^ {0,3}(?:> ?)+/, ''));
  out.push(...blocks(inside).map((line) => `> ${line}`));
  return end;
}

function indentOf(space: string): number {
  const [blank = ''] = /^[ \t]*/.exec(space) ?? [''];
  return blank.replaceAll('\t', '    ').length;
}

function dedent(line: string, columns: number): string {
  let at = 0;
  for (let left = columns; left > 0 && (line[at] === ' ' || line[at] === '\t'); at += 1)
    left -= line[at] === '\t' ? 4 : 1;
  return line.slice(at);
}
