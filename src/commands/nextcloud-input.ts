import type { FormValue } from '../chat/forms.ts';
import type { FileRef } from '../chat/messages.ts';
import type { Slot, TaskType } from '../nextcloud/task-types.ts';
import type { Given } from './task-order.ts';

/** What was put in for a slot: a value, nothing, or a sentence about what is wrong with it. */
export type Read = { readonly given: Given } | { readonly nothing: true } | { readonly wrong: string };

const NOTHING: Read = { nothing: true };
const MB = 1_048_576;
/** Bytes of one text (our reference, nextcloud 3 and 4). */
const OLD_BYTES = 64_000;
const NEW_BYTES = 512_000;

const KINDS = { file: 'a file', image: 'an image', audio: 'a recording', video: 'a video' } as const;
const ENDINGS = {
  image: /\.(png|jpe?g|gif|webp|heic|avif|bmp|tiff?|svg)$/i,
  audio: /\.(mp3|m4a|ogg|oga|opus|wav|flac|aac|webm|mp4|amr|mpga)$/i,
  video: /\.(mp4|webm|mov|mkv|avi|m4v|ogv)$/i,
} as const;

/** Whether a file may go into a slot of this kind, by what the platform says of it: a claim, but enough to say no before anything is sent. */
export function fits(kind: Slot['kind'], { name, type }: Pick<FileRef, 'name' | 'type'>): boolean {
  if (kind === 'file') return true;
  if (kind !== 'image' && kind !== 'audio' && kind !== 'video') return false;
  const [main] = type.toLowerCase().split('/');
  if (main === kind || (kind === 'audio' && main === 'video')) return true;
  return (type === '' || main === 'application') && ENDINGS[kind].test(name);
}

/** Files among what was sent in for a slot. */
function filesIn(value: FormValue | undefined): readonly FileRef[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object') : [];
}

/** Whether a slot holds files. */
export function takesFiles(slot: Pick<Slot, 'kind'>): boolean {
  const { kind } = slot;
  return kind === 'file' || kind === 'image' || kind === 'audio' || kind === 'video';
}

/** Whether a list of nothing is an answer: a chat that begins has no history. */
export function mayBeEmpty(slot: Pick<Slot, 'kind' | 'list'>): boolean {
  return slot.list && !takesFiles(slot);
}

/** What is said where there are more files than a kind of task takes. */
export const ONE_FILE = 'This takes one file at a time. Please choose one.';

/** Reads what was typed or chosen for a slot. Pure. */
export function readSlot(slot: Slot, typed: FormValue | undefined, most: { readonly fileBytes: number }): Read {
  if (takesFiles(slot)) return readFiles(slot, filesIn(typed), most.fileBytes);
  const text = typeof typed === 'string' ? typed : '';
  if (text.trim() === '') {
    if (!slot.required) return NOTHING;
    return mayBeEmpty(slot) ? { given: { value: [] } } : { wrong: 'Please fill this in.' };
  }
  switch (slot.kind) {
    case 'enum':
      return readChoice(slot, text);
    case 'number':
      return slot.list ? readNumbers(text) : readNumber(text);
    default:
      return readText(slot, text);
  }
}

/** The longest text that this server's type takes, in bytes. */
export function longest({ id }: Pick<TaskType, 'id'>): number {
  return id.includes('\\') ? OLD_BYTES : NEW_BYTES;
}

/** What is said of a text that is too long for this type; null for the others. */
export function tooLongFor(type: Pick<TaskType, 'id'>, text: string): string | null {
  const bytes = Buffer.byteLength(text);
  const most = longest(type);
  if (bytes <= most) return null;
  const [is, may] = [bytes, most].map((count) => `${Math.ceil(count / 1000).toLocaleString('en')} kB`);
  return `That text has ${is}, and this Nextcloud takes ${may} at once. Please shorten it, or send it in parts.`;
}

function readText(slot: Slot, text: string): Read {
  if (!slot.list) return { given: { value: text } };
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return { given: { value: lines } };
}

function readNumber(text: string): Read {
  const number = Number(text.trim().replace(',', '.'));
  return Number.isFinite(number) ? { given: { value: number } } : { wrong: 'Please write a number.' };
}

function readNumbers(text: string): Read {
  const numbers = text
    .trim()
    .split(/[\s;]+|,\s+/)
    .map((one) => Number(one.replace(',', '.')));
  return numbers.every(Number.isFinite)
    ? { given: { value: numbers } }
    : { wrong: 'Please write numbers only, parted by spaces, such as 1 2 3.' };
}

function readChoice(slot: Slot, text: string): Read {
  const found = choiceOf(slot, text);
  if (found !== null) return { given: { value: found } };
  const some = slot.choices.slice(0, 8).map(({ label }) => label);
  return {
    wrong: `There is no such choice. Possible are ${some.join(', ')}${slot.choices.length > 8 ? ' and more' : ''}.`,
  };
}

/** The value that somebody means by a choice's value, its label, or the beginning of one; null for none, or more than one. */
export function choiceOf(slot: Pick<Slot, 'choices'>, typed: string): string | null {
  const wanted = typed.trim().toLowerCase();
  const exact = slot.choices.find(
    ({ label, value: own }) => own.toLowerCase() === wanted || label.toLowerCase() === wanted,
  );
  if (exact) return exact.value;
  const near = slot.choices.filter(({ label }) => label.toLowerCase().startsWith(wanted));
  return near.length === 1 || (near.length > 1 && wanted.length > 2) ? (near[0]?.value ?? null) : null;
}

function readFiles(slot: Slot, files: readonly FileRef[], fileBytes: number): Read {
  if (files.length === 0) return slot.required ? { wrong: 'Please choose a file.' } : NOTHING;
  const wrong = files.map((one) => wrongFile(slot, one, fileBytes)).find((words) => words !== null);
  if (wrong) return { wrong };
  if (!slot.list && files.length > 1) return { wrong: ONE_FILE };
  return { given: { files, list: slot.list } };
}

/** What is wrong with a file for a slot; null when nothing is. */
export function wrongFile({ kind }: Slot, ref: FileRef, fileBytes: number): string | null {
  const name = `“${ref.name.slice(0, 80)}”`;
  if (kind !== 'file' && kind !== 'image' && kind !== 'audio' && kind !== 'video') return null;
  if (!fits(kind, ref)) return `${name} is not ${KINDS[kind]}, which is what this needs.`;
  if (ref.size !== null && ref.size > fileBytes)
    return `${name} has ${Math.ceil(ref.size / MB)} MB; I can send ${Math.floor(fileBytes / MB)} MB. Please send a shorter or smaller one.`;
  return null;
}
