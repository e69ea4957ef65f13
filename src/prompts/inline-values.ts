/** What was typed after a prompt's name: values of its variables, and the rest as it was typed. */
export interface InlineValues {
  readonly values: ReadonlyMap<string, string>;
  readonly input: string;
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly name: string | null;
  readonly value: string;
}

/**
 * Takes `name=value` and `name="two words"` from the beginning and the end of a line where the name is one of the prompt's; what
 * stands between is the input, to the letter. In quotes a backslash protects a quote or a backslash. Names are matched as they
 * are, else without regard to case. Linear in the line's length. Pure.
 */
export function readInlineValues(line: string, names: Iterable<string>): InlineValues {
  const known = new Map<string, string>();
  for (const name of names) {
    if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), name);
  }
  for (const name of names) known.set(name, name);
  const words = wordsOf(line, known);
  const values = new Map<string, string>();
  let from = 0;
  let to = words.length;
  while (from < to && words[from]?.name != null) from++;
  while (to > from && words[to - 1]?.name != null) to--;
  for (const { name, value } of [...words.slice(0, from), ...words.slice(to)])
    if (name !== null) values.set(name, value);
  const first = words[from];
  const last = words[to - 1];
  return { values, input: first && last && to > from ? line.slice(first.start, last.end) : '' };
}

function wordsOf(line: string, known: ReadonlyMap<string, string>): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && isSpace(line, at)) at++;
    if (at >= line.length) return words;
    const start = at;
    let equals = -1;
    while (at < line.length && !isSpace(line, at) && equals === -1) {
      if (line[at] === '=') equals = at;
      at++;
    }
    const written = equals === -1 ? '' : line.slice(start, equals);
    const name = known.get(written) ?? known.get(written.toLowerCase()) ?? null;
    if (name !== null && line[at] === '"') {
      const quoted = readQuoted(line, at);
      words.push({ start, end: quoted.end, name, value: quoted.value });
      at = quoted.end;
      continue;
    }
    const from = at;
    while (at < line.length && !isSpace(line, at)) at++;
    words.push({ start, end: at, name, value: line.slice(from, at) });
  }
}

/** A quote that is not closed goes to the end of the line. */
function readQuoted(line: string, at: number): { value: string; end: number } {
  let value = '';
  let from = at + 1;
  for (let i = from; i < line.length; i++) {
    const char = line[i];
    if (char === '"') return { value: value + line.slice(from, i), end: i + 1 };
    if (char === '\\' && (line[i + 1] === '"' || line[i + 1] === '\\')) {
      value += line.slice(from, i);
      from = ++i;
    }
  }
  return { value: value + line.slice(from), end: line.length };
}

function isSpace(line: string, at: number): boolean {
  return /\s/.test(line[at] ?? '');
}
