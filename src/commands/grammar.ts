import type { CommandSpec, OptionSpec } from '../chat/commands.ts';

/** The first word of a line and what follows it. */
export function firstWord(line: string): { word: string; rest: string } {
  const trimmed = line.trimStart();
  const end = trimmed.search(/\s/);
  return end === -1
    ? { word: trimmed.trimEnd(), rest: '' }
    : { word: trimmed.slice(0, end), rest: trimmed.slice(end).trim() };
}

/**
 * Reads the options of a command from one typed line. Pure.
 *
 * - `name=value` and `name="two words"` set the option of that name, wherever they stand before the rest begins.
 *   In quotes a backslash keeps the next character as it is. A name the command does not have, or that is set, is ordinary text.
 * - A bare word goes to the next option not yet set, in order; where the command takes a `rest`, only to required ones. One that is
 *   none of the next option's choices belongs to the word before it: names of models have spaces.
 * - A `rest` option takes everything from the first word that found no other place, exactly as typed; but `name=value` may also stand
 *   at the very end of its last line, where people who type a question first put it.
 *
 * Never fails: whatever has no place is `extra`, and what is missing or wrong is for {@link checkOptions} to say.
 */
export function readOptions(spec: CommandSpec, line: string): { options: Map<string, string>; extra: string } {
  const options = new Map<string, string>();
  const rest = spec.options.find((option) => option.type === 'rest') ?? null;
  let at = 0;
  let last: string | null = null;
  while (true) {
    while (at < line.length && /\s/.test(line[at] ?? '')) at++;
    if (at >= line.length) return { options, extra: '' };
    const named = readNamed(spec, line, at, options);
    if (named) {
      options.set(named.name, named.value);
      at = named.end;
      last = null;
      continue;
    }
    const next = spec.options.find(
      (option) =>
        option.type !== 'rest' && option.type !== 'file' && !options.has(option.name) && (option.required || !rest),
    );
    if (!next) {
      if (!rest) return { options, extra: line.slice(at).trimEnd() };
      const remaining = withoutLastNamed(spec, line.slice(at).trimEnd(), options);
      const named = options.get(rest.name);
      options.set(rest.name, named === undefined ? remaining : `${named} ${remaining}`);
      return { options, extra: '' };
    }
    const word = readWord(line, at);
    at = word.end;
    const before = last === null ? undefined : options.get(last);
    if (last !== null && before !== undefined && isNoChoiceOf(next, word.value)) {
      options.set(last, `${before} ${word.value}`);
      continue;
    }
    options.set(next.name, word.value);
    last = next.type === 'word' ? next.name : null;
  }
}

/** Sets the options that are named at the end of a text's last line, and gives the text without them. */
function withoutLastNamed(spec: CommandSpec, text: string, options: Map<string, string>): string {
  let left = text;
  for (;;) {
    const match = /[ \t]+([\p{L}\p{N}_-]{1,80}=(?:[^\s"]+|"[^"\\\n]*"))$/u.exec(left.slice(-LAST_NAMED_UNITS));
    const named = match?.[1] ? readNamed(spec, match[1], 0, options) : null;
    const option = spec.options.find(({ name, type }) => name === named?.name && type !== 'rest' && type !== 'file');
    if (!match || !named || !option || checkText(option, named.value) !== null) return left;
    options.set(named.name, named.value);
    left = left.slice(0, left.length - match[0].length);
  }
}

/** Longer words at the end are text. */
const LAST_NAMED_UNITS = 300;

function isNoChoiceOf({ type, required, choices }: OptionSpec, word: string): boolean {
  return type === 'choice' && !required && !choices.some((choice) => choice.value === word);
}

function readNamed(
  spec: CommandSpec,
  line: string,
  at: number,
  set: ReadonlyMap<string, string>,
): { name: string; value: string; end: number } | null {
  const match = /^([\p{L}\p{N}_-]+)=/u.exec(line.slice(at, at + 80));
  const name = match?.[1]?.toLowerCase();
  if (!match || !name || set.has(name) || !spec.options.some((option) => option.name === name)) return null;
  const word = readWord(line, at + match[0].length);
  return { name, value: word.value, end: word.end };
}

function readWord(line: string, at: number): { value: string; end: number } {
  if (line[at] !== '"') {
    let end = at;
    while (end < line.length && !/\s/.test(line[end] ?? '')) end++;
    return { value: line.slice(at, end), end };
  }
  let value = '';
  for (let i = at + 1; i < line.length; i++) {
    const char = line[i] ?? '';
    if (char === '\\' && i + 1 < line.length) value += line[++i] ?? '';
    else if (char === '"') return { value, end: i + 1 };
    else value += char;
  }
  return { value, end: line.length };
}

/** What is wrong with the options of a call, by option name, each a sentence for the person. Empty when all is well. */
export function checkOptions(spec: CommandSpec, options: ReadonlyMap<string, unknown>): Record<string, string> {
  const wrong = new Map<string, string>();
  for (const option of spec.options) {
    const value = options.get(option.name);
    const empty =
      value === undefined ||
      (typeof value === 'string' && value.trim() === '') ||
      (Array.isArray(value) && value.length === 0);
    if (empty) {
      if (option.required) wrong.set(option.name, 'Please fill this in.');
      continue;
    }
    const complaint = typeof value === 'string' ? checkText(option, value) : null;
    if (complaint) wrong.set(option.name, complaint);
  }
  return Object.fromEntries(wrong);
}

function checkText(option: OptionSpec, value: string): string | null {
  if (option.type === 'integer' && !/^-?\d{1,15}$/.test(value)) return 'Please write a whole number.';
  if (option.type === 'toggle' && !/^(yes|no|true|false|on|off)$/i.test(value)) return 'Please write yes or no.';
  if (option.type === 'choice' && !option.choices.some((choice) => choice.value === value)) {
    return `Please choose one of: ${option.choices.map((choice) => choice.value).join(', ')}.`;
  }
  return null;
}
