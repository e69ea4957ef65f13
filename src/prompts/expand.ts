import { findSpans, type Span, type Variable, variablesOf } from './grammar.ts';

/** A prompt's text with its system variables filled in, and what is left to ask for. */
export interface Template {
  readonly text: string;
  readonly spans: readonly Span[];
  readonly variables: readonly Variable[];
}

const SYSTEM = /\{\{([A-Z_]+)\}\}/g;

/**
 * Reads a prompt: system variables first, in their exact spelling and wherever they stand, in definitions too. What stands in
 * their values is never read as a variable. One that is not in `system` becomes a field like any other. Pure.
 */
export function readTemplate(content: string, system: ReadonlyMap<string, string>): Template {
  let text = '';
  let mask = '';
  let from = 0;
  for (const match of content.matchAll(SYSTEM)) {
    const value = system.get(match[1] ?? '');
    if (value === undefined) continue;
    const between = content.slice(from, match.index);
    text += between + value;
    mask += between + 'x'.repeat(value.length);
    from = match.index + match[0].length;
  }
  text += content.slice(from);
  mask += content.slice(from);
  const spans = findSpans(text, mask);
  return { text, spans, variables: variablesOf(spans) };
}

/**
 * The prompt with every variable replaced by its value, in a single pass: values are put in as they are and not read again.
 * A variable without a value becomes nothing, as on the web page. Pure.
 */
export function fillTemplate({ text, spans }: Template, values: ReadonlyMap<string, string>): string {
  let filled = '';
  let from = 0;
  for (const { start, end, name } of spans) {
    filled += text.slice(from, start) + (values.get(name) ?? '').replaceAll('\r\n', '\n');
    from = end;
  }
  return filled + text.slice(from);
}

/** All variables that a prompt names, as if no system variable had a value. */
export function variablesOfContent(content: string): readonly Variable[] {
  return readTemplate(content, new Map()).variables;
}
