/**
 * Every object and list in a text, in order, read as language models write JSON: single or curly quotes, apostrophes inside single
 * quotes, names without quotes, trailing commas, Python's `None`, `True`, `False`, line ends inside strings; depth at most 20. What
 * stands between them, prose with braces too, is passed over. Looks at the first 20,000 UTF-16 units and 50 brackets.
 */
export function jsonIn(text: string): unknown[] {
  const found: unknown[] = [];
  const brackets = /[{[]/g;
  const reader: Reader = { text: text.slice(0, 20_000), at: 0 };
  for (let tries = 0; tries < 50; tries += 1) {
    const next = brackets.exec(reader.text);
    if (next === null) break;
    reader.at = next.index;
    const value = readValue(reader, 0);
    if (value === undefined) continue;
    found.push(value);
    brackets.lastIndex = reader.at;
  }
  return found;
}

interface Reader {
  readonly text: string;
  at: number;
}

const closers: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’', '`': '`', '«': '»' };
const words: Readonly<Record<string, unknown>> = {
  null: null,
  None: null,
  true: true,
  True: true,
  false: false,
  False: false,
};
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '', b: '', f: '' };

function readValue(reader: Reader, depth: number): unknown {
  skipSpace(reader);
  const first = reader.text[reader.at] ?? '';
  if (depth > 20 || first === '') return undefined;
  if (first === '{') return readObject(reader, depth);
  if (first === '[') return readArray(reader, depth);
  if (first in closers) return readString(reader);
  const bare = /[^\s,:{}[\]]+/y;
  bare.lastIndex = reader.at;
  const word = bare.exec(reader.text)?.[0];
  if (word === undefined) return undefined;
  const value = Object.hasOwn(words, word) ? words[word] : Number(word);
  if (typeof value === 'number' && Number.isNaN(value)) return undefined;
  reader.at += word.length;
  return value;
}

function readObject(reader: Reader, depth: number): Record<string, unknown> | undefined {
  const object: [string, unknown][] = [];
  reader.at += 1;
  for (;;) {
    skipSpace(reader);
    if (takes(reader, '}')) return Object.fromEntries(object);
    const name = readName(reader);
    skipSpace(reader);
    if (name === undefined || !takes(reader, ':')) return undefined;
    const value = readValue(reader, depth + 1);
    if (value === undefined) return undefined;
    object.push([name, value]);
    skipSpace(reader);
    if (!takes(reader, ',') && reader.text[reader.at] !== '}') return undefined;
  }
}

function readArray(reader: Reader, depth: number): unknown[] | undefined {
  const list: unknown[] = [];
  reader.at += 1;
  for (;;) {
    skipSpace(reader);
    if (takes(reader, ']')) return list;
    const value = readValue(reader, depth + 1);
    if (value === undefined) return undefined;
    list.push(value);
    skipSpace(reader);
    if (!takes(reader, ',') && reader.text[reader.at] !== ']') return undefined;
  }
}

function readName(reader: Reader): string | undefined {
  if ((reader.text[reader.at] ?? '') in closers) return readString(reader);
  const name = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
  name.lastIndex = reader.at;
  const found = name.exec(reader.text)?.[0];
  reader.at += found?.length ?? 0;
  return found;
}

/** A quote ends a string only where one may end: an apostrophe in a word does not. */
function readString(reader: Reader): string | undefined {
  const { text } = reader;
  const open = text[reader.at] ?? '';
  const close = closers[open];
  let value = '';
  for (let at = reader.at + 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      const next = text[at + 1] ?? '';
      const code = next === 'u' ? /^[0-9a-f]{4}/i.exec(text.slice(at + 2, at + 6))?.[0] : undefined;
      value += code === undefined ? (escapes[next] ?? next) : String.fromCharCode(Number.parseInt(code, 16));
      at += code === undefined ? 1 : 5;
    } else if ((char === close || char === open) && (open === '"' || endsString(text, at + 1))) {
      reader.at = at + 1;
      return value;
    } else value += char;
  }
  return undefined;
}

function endsString(text: string, at: number): boolean {
  const rest = /\s*([,:}\]]|$)/y;
  rest.lastIndex = at;
  return rest.test(text);
}

function takes(reader: Reader, char: string): boolean {
  if (reader.text[reader.at] !== char) return false;
  reader.at += 1;
  return true;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}
