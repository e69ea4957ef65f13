/** What a definition gives a variable: text, a list from JSON, or `true` for a bare word such as `required`. */
export type Property = string | true | readonly unknown[];

/** One input variable of a prompt, such as `{{name | text:required}}`. Its name is data: it may be `__proto__`. */
export interface Variable {
  readonly name: string;
  /** As written; `text` for one without a definition. Whoever shows it decides what an unknown type is. */
  readonly type: string;
  readonly properties: ReadonlyMap<string, Property>;
}

/** A place in a text where a variable stands: `[start, end)` in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** What stands after the `|`, trimmed and never empty; null without one. */
  readonly definition: string | null;
}

/**
 * Finds where variables stand, in order, none within another (our reference, openwebui 6.2). Linear in the text's length, which
 * the web page's own expressions are not. A name has no white space, `|` or `}` in it, a definition no `}`; whatever is broken is
 * text. Where braces nest, the web page may ask for a name and then put its value nowhere; here only what is filled in is found.
 *
 * `mask` is scanned in place of `text` where given: the same length, with what must not be read as braces blotted out.
 */
export function findSpans(text: string, mask: string = text): Span[] {
  const spans: Span[] = [];
  let from = 0;
  while (true) {
    const brace = mask.indexOf('}', from);
    if (brace === -1 || brace + 1 >= mask.length) return spans;
    const span = mask[brace + 1] === '}' ? spanIn(text, mask.slice(from, brace), from) : null;
    if (span) spans.push(span);
    from = span ? brace + 2 : brace + 1;
  }
}

/** The variable that ends with `piece`, the leftmost where there is a choice. `}}` follows; `piece` stands at `from` in the text. */
function spanIn(text: string, piece: string, from: number): Span | null {
  const end = from + piece.length;
  let after = 0;
  for (let pipe = piece.indexOf('|'); pipe !== -1; pipe = piece.indexOf('|', after)) {
    const found = nameAtEnd(piece.slice(after, pipe));
    if (found) {
      const definition = text.slice(from + pipe + 1, end).trim();
      const at = from + after;
      return definition === '' ? null : { ...placed(text, found, at), end: end + 2, definition };
    }
    after = pipe + 1;
  }
  const found = nameAtEnd(piece.slice(after));
  return found && { ...placed(text, found, from + after), end: end + 2, definition: null };
}

function placed(text: string, found: Found, at: number): { start: number; name: string } {
  return { start: at + found.open, name: text.slice(at + found.first, at + found.last) };
}

interface Found {
  readonly open: number;
  readonly first: number;
  readonly last: number;
}

/** Reads a piece backwards: white space, a name without white space, white space, `{{`. */
function nameAtEnd(piece: string): Found | null {
  let last = piece.length;
  while (last > 0 && isSpace(piece, last - 1)) last--;
  let first = last;
  while (first > 0 && !isSpace(piece, first - 1)) first--;
  if (first === last) return null;
  let open = first;
  while (open > 0 && isSpace(piece, open - 1)) open--;
  if (open < first && piece.slice(0, open).endsWith('{{')) return { open: open - 2, first, last };
  const braces = piece.indexOf('{{', first);
  if (braces === -1 || braces + 2 >= last) return null;
  return { open: braces, first: braces + 2, last };
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text[at] ?? '');
}

/**
 * The variables to ask for: each name once, those with a definition first, in the order in which they stand. Of several
 * definitions of one name the last counts.
 */
export function variablesOf(spans: readonly Span[]): Variable[] {
  const found = new Map<string, Variable>();
  for (const { name, definition } of spans)
    if (definition !== null) found.set(name, { name, ...readDefinition(definition) });
  for (const { name } of spans) if (!found.has(name)) found.set(name, { name, type: 'text', properties: new Map() });
  return [...found.values()];
}

/**
 * Reads a definition: parts between colons, the first of which is the type (`textarea`, or `type=textarea`), the others
 * `key=value` or a bare key. Colons and equals signs within double quotes or brackets belong to a value; a backslash protects
 * the next character and stays.
 */
function readDefinition(definition: string): Pick<Variable, 'type' | 'properties'> {
  const [first = '', ...rest] = splitOutside(definition, ':');
  const named = splitOutside(first, '=');
  const type = named[0] === 'type' && named.length > 1 ? named.slice(1).join('=') : first;
  const properties = new Map<string, Property>();
  for (const part of rest) {
    const [key = '', ...values] = splitOutside(part, '=');
    if (key !== '') properties.set(key, values.length === 0 ? true : readValue(values.join('=')));
  }
  return { type: type.replace(/^"(.*)"$/s, '$1'), properties };
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    else if (char === separator && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

/** Quotes are taken off and nothing in them is changed; a list is read as JSON, or stays text where it is none. */
function readValue(written: string): Property {
  if (written.length >= 2 && written.startsWith('"') && written.endsWith('"')) return written.slice(1, -1);
  if (!written.startsWith('[')) return written;
  try {
    const list: unknown = JSON.parse(written);
    return Array.isArray(list) ? list : written;
  } catch {
    return written;
  }
}
