import { quiet } from './quiet.ts';

/**
 * Markdown as Slack's older `mrkdwn`, for `text`, sections, contexts and modals, where `markdown` blocks do not go. Pure.
 * Bold, italic, strike, code, links, quotes and lists are kept; headings become bold lines; tables become aligned code; images
 * become links; fences lose their language. Everything else is escaped, and nothing notifies anybody.
 */
export function mrkdwn(markdown: string): string {
  const out: string[] = [];
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence) {
      const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence));
      const last = end === -1 ? lines.length : end;
      out.push('```', ...lines.slice(at + 1, last).map(code), '```');
      at = last + 1;
    } else if (isTable(lines, at)) {
      const end = lines.findIndex((other, index) => index > at && !other.includes('|'));
      const last = end === -1 ? lines.length : end;
      out.push('```', ...table(lines.slice(at, last)).map(code), '```');
      at = last;
    } else {
      out.push(block(line));
      at += 1;
    }
  }
  return quiet(out.join('\n'));
}

/** Text as it stands, in `mrkdwn`: nothing in it means anything. */
export function literal(text: string): string {
  return quiet(escaped(text));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A line of code: a fence inside would end the block. */
function code(line: string): string {
  return escaped(line).replaceAll('```', "'''");
}

function block(line: string): string {
  const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
  if (heading !== undefined) return heading ? `*${inline(heading).replaceAll('*', '')}*` : '';
  if (/^ {0,3}([-*_])(?: *\1){2,} *$/.test(line)) return '──────────';
  const quoted = /^ {0,3}((?:> ?)+)(.*)$/.exec(line);
  if (quoted) return `> ${inline(quoted[2] ?? '')}`;
  const item = /^(\s*)(?:[-*+]|(\d{1,9}[.)]))\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line);
  if (item) {
    const [, indent = '', number, box, text = ''] = item;
    const sign = box === undefined ? (number ?? '•') : box === ' ' ? '☐' : '☑';
    return `${indent.replaceAll('\t', '    ')}${sign} ${inline(text)}`;
  }
  return inline(line);
}

const INLINE =
  /(?<code>(?<ticks>`+)(?<body>.+?)\k<ticks>(?!`))|(?<escape>\\[!-/:-@[-`{-~])|(?<image>!\[(?<alt>[^\]]*)\]\((?<src>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\))|(?<link>\[(?<label>(?:[^[\]]|\[[^\]]*\])*)\]\((?<href>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\))|(?<auto><(?<address>(?:https?:\/\/|mailto:)[^\s<>|]+)>)|(?<both>\*\*\*(?=\S)(?<strongem>.+?)(?<=\S)\*\*\*)|(?<bold>(?<mark>\*\*|__)(?=\S)(?<strong>.+?)(?<=\S)\k<mark>)|(?<strike>~~(?=\S)(?<gone>.+?)(?<=\S)~~)|(?<italic>\*(?=[^\s*])(?<em>[^*]*?)(?<=[^\s*])\*(?!\*))/gu;

/** The inline parts of one line. */
function inline(text: string): string {
  let out = '';
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out += escaped(text.slice(from, match.index));
    from = match.index + match[0].length;
    out += piece(match.groups ?? {}, match[0]);
  }
  return out + escaped(text.slice(from));
}

function piece(groups: Record<string, string | undefined>, whole: string): string {
  if (groups.code !== undefined) return `\`${escaped(groups.body?.trim() ?? '').replaceAll('`', "'")}\``;
  if (groups.escape !== undefined) return escaped(whole.slice(1));
  if (groups.image !== undefined) return link(groups.src ?? '', groups.alt || 'image');
  if (groups.link !== undefined) return link(groups.href ?? '', groups.label ?? '');
  if (groups.auto !== undefined) return link(groups.address ?? '', null);
  if (groups.both !== undefined) return `*_${inline(groups.strongem ?? '')}_*`;
  if (groups.bold !== undefined) return `*${inline(groups.strong ?? '')}*`;
  if (groups.strike !== undefined) return `~${inline(groups.gone ?? '')}~`;
  if (groups.italic !== undefined) return `_${inline(groups.em ?? '')}_`;
  return escaped(whole);
}

/** A link; an address that is neither http(s) nor mail stays text. */
export function link(address: string, label: string | null): string {
  const words = label === null ? null : escaped(label.replaceAll(/[*_~`]/g, '').replaceAll('|', '¦'));
  if (!/^(https?:\/\/|mailto:)[^\s<>|]+$/i.test(address)) return words ?? escaped(address);
  const target = address.replaceAll('&', '&amp;');
  return words === null || words === '' ? `<${target}>` : `<${target}|${words}>`;
}

function isTable(lines: readonly string[], at: number): boolean {
  const rule = lines[at + 1] ?? '';
  return (
    (lines[at] ?? '').includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(rule) && rule.includes('-')
  );
}

/** A table's rows in columns of equal width; columns beyond 40 characters are left ragged. */
function table(lines: readonly string[]): string[] {
  const rows = lines.filter((_line, index) => index !== 1).map(cells);
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.min(40, Math.max(widths[index] ?? 0, cell.length));
  const drawn = rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [drawn[0] ?? '', widths.map((width) => '─'.repeat(width)).join('  '), ...drawn.slice(1)];
}

function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) =>
    cell
      .trim()
      .replaceAll('\\|', '|')
      .replaceAll(/\*\*|__|`/g, ''),
  );
}
