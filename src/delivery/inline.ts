/** Something in a line of text that must never be cut in two: [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: 'code' | 'link' | 'angle' | 'url' | 'emoji' | 'math' | 'mention';
}

/** Emphasis from its opening marker to behind its closing one; `to` is infinite while it is open. */
export interface Emphasis {
  readonly from: number;
  readonly to: number;
  /** `*`, `**`, `_`, `__`, `~~`. */
  readonly marker: string;
}

/** A construct that the text so far leaves half made. */
export interface Half {
  readonly from: number;
  /**
   * `code`: a backtick without its partner. `text`: `[…` without `]`. `address`: `[…](` without `)`. `angle`: `<` and a name.
   * `marker`: emphasis markers at the very end. `word`: an address or shortcode that may still grow.
   */
  readonly kind: 'code' | 'text' | 'address' | 'angle' | 'marker' | 'word' | 'math';
  /** The closing marker, for `code` and `math`. */
  readonly close: string;
}

/** What stands in one block of running text. All offsets are in the text that was scanned. */
export interface Inline {
  readonly spans: readonly Span[];
  readonly emphasis: readonly Emphasis[];
  /** Half-made constructs that reach the end of the block, outermost first. */
  readonly halves: readonly Half[];
}

interface Open {
  readonly char: string;
  readonly from: number;
  length: number;
}

const SPACE = /\s/;
const WORD = /[\p{L}\p{N}]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const URL_HERE = /https?:\/\/[^\s<>`]*[^\s<>`.,;:!?"'*_~)\]]/iy;
/** What a scan stops at; everything else is words. */
const SPECIAL = /[\\`<![$:@*_~]|https?:\/\//gi;
const EMOJI_HERE = /:[a-z0-9_+-]{1,48}:/iy;
const ANGLE_HERE = /<(?:[@#!:/a-zA-Z])[^<>\n]*>/y;
const MENTION_HERE = /@[\w.-]{1,64}/y;
const HALF_ANGLE = /<(?:[@#!:/a-zA-Z][^<>\n]*)?$/y;
const HALF_WORD = /(?:https?:\/\/[^\s<>`]*|:[a-z0-9_+-]{1,48}|@[\w.-]{1,64})$/iy;
/** An address or a link text longer than this is not waited for: UTF-16 units. */
const LONG = 2_048;

/**
 * Scans one block of running text, `text[from, to)`. `growing`: the block may go on behind `to`. Linear.
 * Emphasis follows CommonMark's flanking rules, a little simplified.
 */
export function scanInline(text: string, from: number, to: number, growing: boolean): Inline {
  const spans: Span[] = [];
  const emphasis: Emphasis[] = [];
  const halves: Half[] = [];
  const open: Open[] = [];
  const missing = new Set<number>();
  let noBracket = false;
  let i = from;

  const match = (pattern: RegExp): number => {
    pattern.lastIndex = i;
    const found = pattern.exec(text);
    const end = found ? i + found[0].length : i;
    return end <= to ? end : i;
  };
  const span = (kind: Span['kind'], end: number): void => {
    spans.push({ from: i, to: end, kind });
    i = end;
  };

  for (;;) {
    SPECIAL.lastIndex = i;
    const special = SPECIAL.exec(text);
    if (!special || special.index >= to) break;
    i = special.index;
    const char = text.charAt(i);
    switch (char) {
      case '\\': {
        const next = text.charAt(i + 1);
        const close = next === '(' ? '\\)' : next === '[' ? '\\]' : '';
        const end = close ? text.indexOf(close, i + 2) : -1;
        if (close && end >= 0 && end + 2 <= to) span('math', end + 2);
        else i += 2;
        break;
      }
      case '`': {
        const run = runLength(text, i, to);
        const end = missing.has(run) ? -1 : codeEnd(text, i + run, to, run);
        if (end >= 0) span('code', end);
        else {
          if (!missing.has(run)) halves.push({ from: i, kind: 'code', close: '`'.repeat(run) });
          missing.add(run);
          i += run;
        }
        break;
      }
      case '<': {
        const end = match(ANGLE_HERE);
        if (end > i) span('angle', end);
        else {
          HALF_ANGLE.lastIndex = i;
          if (to === text.length && to - i < LONG && HALF_ANGLE.test(text)) {
            halves.push({ from: i, kind: 'angle', close: '' });
          }
          i += 1;
        }
        break;
      }
      case '!':
      case '[': {
        const bracket = char === '[' ? i : i + 1;
        if (text.charAt(bracket) !== '[' || noBracket) {
          i += 1;
          break;
        }
        const link = linkEnd(text, bracket, to, growing);
        if (link.state === 'whole') span('link', link.end);
        else {
          if (link.state === 'text') {
            noBracket = true;
            halves.push({ from: i, kind: 'text', close: '' });
          } else if (link.state === 'address') halves.push({ from: i, kind: 'address', close: '' });
          i = bracket + 1;
        }
        break;
      }
      case '$': {
        const double = text.startsWith('$$', i);
        const end = double ? text.indexOf('$$', i + 2) : -1;
        if (end >= 0 && end + 2 <= to) span('math', end + 2);
        else {
          if (double) halves.push({ from: i, kind: 'math', close: '$$' });
          i += double ? 2 : 1;
        }
        break;
      }
      case 'h':
      case 'H': {
        const end = i > from && WORD.test(text.charAt(i - 1)) ? i : match(URL_HERE);
        if (end > i) span('url', end);
        else i += 1;
        break;
      }
      case ':': {
        const end = match(EMOJI_HERE);
        if (end > i) span('emoji', end);
        else i += 1;
        break;
      }
      case '@': {
        const end = match(MENTION_HERE);
        if (end > i) span('mention', end);
        else i += 1;
        break;
      }
      case '*':
      case '_':
      case '~': {
        const run = runLength(text, i, to);
        if (char !== '~' || run === 2) delimiter(char, run);
        i += run;
        break;
      }
      default:
        i += 1;
    }
  }

  function delimiter(char: string, run: number): void {
    const before = i > from ? text.charAt(i - 1) : ' ';
    const after = i + run < to ? text.charAt(i + run) : ' ';
    const left = !SPACE.test(after) && (!PUNCTUATION.test(after) || SPACE.test(before) || PUNCTUATION.test(before));
    const right = !SPACE.test(before) && (!PUNCTUATION.test(before) || SPACE.test(after) || PUNCTUATION.test(after));
    const opens = char === '_' ? left && (!right || PUNCTUATION.test(before)) : left;
    const closes = char === '_' ? right && (!left || PUNCTUATION.test(after)) : right;
    let rest = run;
    let end = i;
    while (closes && rest > 0) {
      const index = open.findLastIndex((entry) => entry.char === char);
      const entry = open[index];
      if (!entry) break;
      const both = opens || entry.length < 1;
      // CommonMark's rule of three keeps `**a*b` from closing across kinds.
      if (both && (entry.length + run) % 3 === 0 && (entry.length % 3 !== 0 || run % 3 !== 0)) break;
      const used = rest >= 2 && entry.length >= 2 ? 2 : 1;
      open.length = index + 1;
      entry.length -= used;
      rest -= used;
      end += used;
      emphasis.push({ from: entry.from + entry.length, to: end, marker: char.repeat(used) });
      if (entry.length === 0) open.pop();
    }
    if (rest > 0 && opens) open.push({ char, from: end, length: rest });
  }

  if (!growing) return { spans, emphasis, halves: [] };
  for (const entry of open) {
    for (let left = entry.length, at = entry.from; left > 0; ) {
      const used = entry.char === '~' || left % 2 === 0 ? 2 : 1;
      emphasis.push({ from: at, to: Number.POSITIVE_INFINITY, marker: entry.char.repeat(used) });
      at += used;
      left -= used;
    }
  }
  const trailing = trailingHalf(text, from, to, spans);
  if (trailing) halves.push(trailing);
  halves.sort((a, b) => a.from - b.from);
  return { spans, emphasis, halves };
}

/** Markers, an address or a shortcode at the very end of the block, which the next character may change. */
function trailingHalf(text: string, from: number, to: number, spans: readonly Span[]): Half | null {
  let start = to;
  while (start > from && '*_~`'.includes(text.charAt(start - 1))) start -= 1;
  const inside = spans.some((span) => span.to > start);
  if (start < to && !inside && !(start > from && text.charAt(start - 1) === '\\'))
    return { from: start, kind: 'marker', close: '' };
  let word = to;
  while (word > from && to - word < LONG && !SPACE.test(text.charAt(word - 1))) word -= 1;
  for (let at = word; at < to; at += 1) {
    const char = text.charAt(at);
    if (char !== ':' && char !== '@' && char !== 'h') continue;
    if (at > word && WORD.test(text.charAt(at - 1))) continue;
    HALF_WORD.lastIndex = at;
    if (to === text.length && HALF_WORD.test(text)) {
      return spans.some((span) => span.from < at && span.to > at) ? null : { from: at, kind: 'word', close: '' };
    }
  }
  return null;
}

function runLength(text: string, at: number, to: number): number {
  const char = text.charAt(at);
  let end = at + 1;
  while (end < to && text.charAt(end) === char) end += 1;
  return end - at;
}

/** Behind the closing run of exactly `run` backticks, or -1. */
function codeEnd(text: string, from: number, to: number, run: number): number {
  for (let at = text.indexOf('`', from); at >= 0 && at < to; ) {
    const length = runLength(text, at, to);
    if (length === run) return at + length;
    at = text.indexOf('`', at + length);
  }
  return -1;
}

interface LinkEnd {
  /** `none`: no link. `text`, `address`: it may become one, the end came first. */
  readonly state: 'whole' | 'none' | 'text' | 'address';
  readonly end: number;
}

/** How the link whose `[` stands at `at` ends. */
function linkEnd(text: string, at: number, to: number, growing: boolean): LinkEnd {
  let depth = 0;
  let i = at;
  for (; i < to; i += 1) {
    const char = text.charAt(i);
    if (char === '\\') i += 1;
    else if (char === '`') {
      const run = runLength(text, i, to);
      const end = codeEnd(text, i + run, to, run);
      i = (end >= 0 ? end : i + run) - 1;
    } else if (char === '[') depth += 1;
    else if (char === ']') {
      depth -= 1;
      if (depth === 0) break;
    }
    if (i - at > LONG) return { state: 'none', end: at };
  }
  if (i >= to) return { state: growing ? 'text' : 'none', end: at };
  const after = text.charAt(i + 1);
  if (i + 1 >= text.length && growing) return { state: 'address', end: at };
  if (after === '[') {
    const end = text.indexOf(']', i + 2);
    if (end >= 0 && end < to) return { state: 'whole', end: end + 1 };
  }
  // A citation such as [3] holds together too.
  if (after !== '(') return i - at <= 6 ? { state: 'whole', end: i + 1 } : { state: 'none', end: at };
  let parens = 0;
  for (let k = i + 1; k < to; k += 1) {
    const char = text.charAt(k);
    if (char === '\\') k += 1;
    else if (char === '(') parens += 1;
    else if (char === ')') {
      parens -= 1;
      if (parens === 0) return { state: 'whole', end: k + 1 };
    } else if (char === '\n' && text.charAt(k - 1) === '\n') return { state: 'none', end: at };
    if (k - i > LONG) return { state: 'none', end: at };
  }
  return { state: growing ? 'address' : 'none', end: at };
}
