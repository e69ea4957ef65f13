import { cleanText } from './compose.ts';

/** UTF-16 units of one file's text in a message, and of all files' in one question. */
const FILE_UNITS = 40_000;
const ALL_UNITS = 100_000;

/** A file that goes to the model as text. */
export interface FileText {
  readonly name: string;
  readonly text: string;
}

/** A message with the text of files below it, each under its name, cut where it is long. Pure. */
export function withFileTexts(message: string, files: readonly FileText[]): string {
  let left = ALL_UNITS;
  const blocks = files.map(({ name, text }) => {
    const whole = cleanText(text).trim();
    const shown = whole.slice(0, Math.max(0, Math.min(FILE_UNITS, left))).toWellFormed();
    left -= shown.length;
    const part = shown.length < whole.length ? ` (the first ${shown.length.toLocaleString('en')} characters)` : '';
    const fence = fenceFor(shown);
    return `File “${plainName(name)}”${part}:\n\n${fence}\n${shown}\n${fence}`;
  });
  return [message, ...blocks].join('\n\n');
}

/** A file's name as it may stand in a sentence: one line, at most 80 UTF-16 units. Pure. */
export function plainName(name: string): string {
  return cleanText(name).replaceAll(/\s+/g, ' ').trim().slice(0, 80);
}

/** Longer than any run of backticks in the text, so that the text cannot end it. */
function fenceFor(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  return '`'.repeat(longest + 1);
}
