import type { OutputSlot, TaskOrder } from '../commands/task-order.ts';
import type { Task } from '../nextcloud/task.ts';
import type { Value } from '../nextcloud/task-types.ts';
import type { Result } from './state.ts';

/** UTF-16 units of a result that are shown; more is left to Nextcloud. */
const LONGEST = 400_000;
/** Files of one result that are posted. */
const MOST_FILES = 10;

const WORDS = { image: 'image', audio: 'recording', video: 'video', file: 'file' } as const;

/**
 * What a finished task comes to: its texts as they are, lists as lists, and its files by their ids. Slots stand in the order of the
 * type; those that the order does not know come last, as text. Pure.
 */
export function resultOf(order: Pick<TaskOrder, 'output'>, task: Pick<Task, 'output'>): Result {
  const output = new Map(Object.entries(task.output ?? {}));
  const known = new Set(order.output.map((slot) => slot.key));
  const strays = [...output.keys()].filter((key) => !known.has(key));
  const slots: OutputSlot[] = [
    ...order.output,
    ...strays.map((key) => ({ key, name: key, kind: 'text', list: Array.isArray(output.get(key)) }) as const),
  ];
  const texts: { name: string; text: string; bare: boolean }[] = [];
  const files: { id: number; kind: Result['files'][number]['kind'] }[] = [];
  for (const slot of slots) {
    const value = output.get(slot.key);
    if (value === undefined) continue;
    const { kind } = slot;
    if (kind === 'image' || kind === 'audio' || kind === 'video' || kind === 'file') {
      const ids = many(value)
        .map(Number)
        .filter((id) => Number.isSafeInteger(id) && id > 0);
      files.push(...ids.map((id) => ({ id, kind })));
    } else {
      const text = Array.isArray(value) ? listOf(value) : String(value).trim();
      if (text !== '') texts.push({ name: slot.name, text, bare: !Array.isArray(value) });
    }
  }
  const shown = texts.map(({ name, text }) => (texts.length === 1 ? text : `**${name}**\n\n${text}`));
  const blocks = [...shown, ...below(files)];
  const whole = blocks.join('\n\n');
  const cut =
    whole.length > LONGEST ? `${whole.slice(0, LONGEST).toWellFormed()}…\n\n*The rest stands in Nextcloud.*` : whole;
  const [only] = texts;
  return {
    text:
      cut === '' ? 'Nextcloud is done, but there is nothing in its answer. Try again, or put it in other words.' : cut,
    bare: texts.length === 1 && only?.bare ? only.text.slice(0, LONGEST) : '',
    files: files.slice(0, MOST_FILES),
  };
}

function many(value: Value): readonly (string | number)[] {
  return typeof value === 'object' ? value : [value];
}

/** A list of texts as a list; further lines of an entry stay in it. */
function listOf(values: readonly (string | number)[]): string {
  return values
    .map((value) => String(value).trim())
    .filter((text) => text !== '')
    .map((text) => `- ${text.replaceAll('\n', '\n  ')}`)
    .join('\n');
}

function below(files: readonly { readonly kind: Result['files'][number]['kind'] }[]): string[] {
  if (files.length === 0) return [];
  const kinds = [...new Set(files.map(({ kind }) => kind))];
  const [kind] = kinds;
  const word = kinds.length === 1 && kind ? WORDS[kind] : 'file';
  if (files.length === 1) return [`The ${word} stands below.`];
  if (files.length <= MOST_FILES) return [`${files.length} ${word}s stand below.`];
  return [`The first ${MOST_FILES} of ${files.length} ${word}s stand below; the others are in Nextcloud.`];
}
