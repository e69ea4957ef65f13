import { problemOf } from '../chat/errors.ts';
import type { FormValue } from '../chat/forms.ts';
import type { FileRef } from '../chat/messages.ts';
import { typeFor } from '../nextcloud/short-forms.ts';
import type { Slot, TaskType } from '../nextcloud/task-types.ts';
import { say } from './command.ts';
import type { Desk } from './desk.ts';
import type { NextcloudDesk } from './nextcloud-desk.ts';
import { asFormValue, readNote, sentValues, type TaskNote, taskForm } from './nextcloud-form.ts';
import { fits, longest, ONE_FILE, readSlot, takesFiles, tooLongFor, wrongFile } from './nextcloud-input.ts';
import type { Call, Filled, Outcome } from './registry.ts';
import { isYes } from './registry.ts';
import type { Given, TaskOrder } from './task-order.ts';

/** What a command wants done, before its input has been gathered. */
export interface Wanted {
  readonly type: TaskType;
  /** The short form, or the type's name. */
  readonly name: string;
  /** What follows the name in the line that others see; empty for nothing. */
  readonly about: string;
  /** What is settled already, by slot key. */
  readonly given: ReadonlyMap<string, Given>;
  /** What was typed. */
  readonly text: string;
  /** A transcript goes on into a summary by itself. */
  readonly goOn: boolean;
}

/** Words for where only the asker may see what comes of it, and nothing but a message was written. */
const NOT_BY_MESSAGE =
  'A result that only you see needs the slash command: type `/nextcloud …` where you write messages, or write to me privately.';
const LONG_RECORDINGS = 'Long recordings often fail: try a shorter one.';
/** UTF-16 units of what was typed that others are shown. */
const SHOWN = 60;

/** Has a task done with what was typed, replied to or attached; asks for what is missing with a form. Throws a `Failure`. */
export async function order(call: Call, desk: Desk, nextcloud: NextcloudDesk, wanted: Wanted): Promise<Outcome> {
  const isPrivate = isYes(call.options.get('private'));
  if (isPrivate && call.trigger === null && call.place.kind !== 'direct') return say(NOT_BY_MESSAGE);
  const gathered = await gather(call, desk, nextcloud, wanted);
  if (typeof gathered === 'string') return say(gathered);
  const missing = wanted.type.input.some((slot) => slot.required && !gathered.has(slot.key));
  const note = { name: wanted.name, given: [], goOn: wanted.goOn, more: false, private: isPrivate };
  if (missing) {
    // Files cannot be shown in a form again: they are settled. Everything else can still be changed.
    const files = [...gathered].filter(([, given]) => 'files' in given);
    return { do: 'form', form: taskForm(wanted.type, { ...note, given: files }, shown(gathered), new Map()) };
  }
  return ready(call, nextcloud, wanted.type, gathered, { ...note, about: wanted.about });
}

/** The form was sent in: the type may have changed since it was opened. Throws a `Failure`. */
export async function sentIn(call: Call, nextcloud: NextcloudDesk, filled: Filled): Promise<Outcome> {
  const note = readNote(filled.note);
  const type = (await nextcloud.types(call.author)).find(({ id }) => id === note.type);
  if (!type) return say(`Nextcloud does not offer “${note.name}” any more. \`/nextcloud types\` shows what it does.`);
  const sent = sentValues(note, filled.values);
  const given = new Map<string, Given>(note.given);
  const errors = new Map<string, string>();
  for (const slot of [...type.input, ...type.optional]) {
    if (given.has(slot.key) || !note.keys.includes(slot.key)) continue;
    const read = readSlot(slot, sent.values.get(slot.key), nextcloud);
    if ('wrong' in read) errors.set(slot.key, read.wrong);
    if ('given' in read) given.set(slot.key, read.given);
  }
  for (const [key, one] of given) {
    const long = textsOf(one)
      .map((text) => tooLongFor(type, text))
      .find((words) => words !== null);
    if (long) errors.set(key, long);
  }
  if (sent.more && !note.more) {
    const files = [...given].filter(([, one]) => 'files' in one);
    return {
      do: 'form',
      form: taskForm(type, { ...note, given: files, more: true }, shown(given, sent.values), new Map()),
    };
  }
  // The type may need something by now that the form did not ask for.
  const missing = type.input.some((slot) => slot.required && !given.has(slot.key));
  if (missing || errors.size > 0) return { do: 'form', form: taskForm(type, note, sent.values, errors) };
  return ready(call, nextcloud, type, given, { ...note, about: '' });
}

/** The order, when everything is there and right. */
async function ready(
  call: Call,
  nextcloud: NextcloudDesk,
  type: TaskType,
  given: ReadonlyMap<string, Given>,
  how: Pick<TaskNote, 'name' | 'goOn' | 'private'> & { readonly about: string },
): Promise<Outcome> {
  const made = {
    type: type.id,
    name: how.name,
    input: [...given],
    output: type.output.map(outputOf),
    hint: hintFor(type),
  };
  const chain = type.input.some(({ kind }) => kind === 'audio') ? await summaryOrder(call, nextcloud) : null;
  return {
    do: 'task',
    order: { ...made, chain, goOn: how.goOn && chain !== null },
    account: await nextcloud.account(call.author),
    announce: `${call.author.name} ran Nextcloud: ${how.name}${how.about}`.toWellFormed(),
    private: how.private,
  };
}

/** What a transcript can go on into; null where the server makes no summaries. */
async function summaryOrder(call: Call, nextcloud: NextcloudDesk): Promise<TaskOrder | null> {
  const types = await nextcloud.types(call.author);
  const id = typeFor('summarize', types);
  const type = types.find((one) => one.id === id);
  if (!type) return null;
  return {
    type: type.id,
    name: 'summarize',
    input: [],
    output: type.output.map(outputOf),
    hint: null,
    chain: null,
    goOn: false,
  };
}

/** What there is to work on: typed, replied to, the whole thread, attached. A sentence where some of it cannot be used. */
async function gather(
  call: Call,
  desk: Desk,
  nextcloud: NextcloudDesk,
  { type, given: settled, text }: Wanted,
): Promise<Map<string, Given> | string> {
  const given = new Map(settled);
  const main = mainText(type);
  const left: FileRef[] = [];
  for (const file of [...call.files, ...(call.target?.files ?? [])]) {
    const slot = type.input.find((one) => takesFiles(one) && fits(one.kind, file) && (one.list || !given.has(one.key)));
    const wrong = slot ? wrongFile(slot, file, nextcloud.fileBytes) : null;
    if (wrong) return wrong;
    if (!slot) left.push(file);
    else {
      const before = given.get(slot.key);
      given.set(slot.key, { files: before && 'files' in before ? [...before.files, file] : [file], list: slot.list });
    }
  }
  const fileSlot = type.input.find((one) => takesFiles(one));
  if (fileSlot && left.some((file) => fits(fileSlot.kind, file))) return ONE_FILE;
  const [stray] = left;
  // What was attached for it, and nothing else, must be of use; what stood on a message replied to need not be.
  if (stray && fileSlot && !given.has(fileSlot.key)) return wrongFile(fileSlot, stray, nextcloud.fileBytes) ?? '';
  if (!main || given.has(main.key)) return given;
  const typed = [text, await writtenHere(call, desk)].filter((part) => part.trim() !== '');
  // A picture beside the words is none of a text's business; alone it cannot be worked on.
  const written = await readFiles(typed.length > 0 ? left.filter(isText) : left, desk, type);
  if (typeof written === 'string') return written;
  const parts = [...typed, ...written].map((part) => part.trim());
  if (parts.length > 0) {
    const whole = parts.join('\n\n');
    const long = tooLongFor(type, whole);
    if (long) return long;
    given.set(main.key, { value: main.list ? parts : whole });
  }
  return given;
}

/** The slot that typed text goes into. */
function mainText(type: TaskType): Slot | null {
  const texts = type.input.filter(({ kind }) => kind === 'text');
  return texts.find(({ key }) => key === 'input') ?? texts[0] ?? null;
}

/** The whole thread where it was asked for, else the message it was used on or that was replied to. */
async function writtenHere(call: Call, desk: Desk): Promise<string> {
  if (call.options.get('on') === 'thread') return desk.transcript(call.target?.ref.place ?? call.conversation);
  return call.target?.text ?? '';
}

/** Attached files of text as text. A sentence about one that is none. */
async function readFiles(files: readonly FileRef[], desk: Desk, type: TaskType): Promise<readonly string[] | string> {
  const texts: string[] = [];
  for (const file of files) {
    if (!isText(file)) {
      return `I cannot read text out of “${file.name.slice(0, 80)}”. Send a text file; a recording can be turned into text with \`/nextcloud transcribe\`.`;
    }
    try {
      const { bytes } = await desk.download(file, longest(type));
      texts.push(new TextDecoder().decode(bytes));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.kind !== 'too-large') return problem.say;
      return `“${file.name.slice(0, 80)}” has more than ${longest(type) / 1000} kB, which is what this Nextcloud takes at once. Please send it in parts.`;
    }
  }
  return texts;
}

function isText({ name, type }: FileRef): boolean {
  return type.startsWith('text/') || /\.(txt|md|markdown|csv|json|log|org|rst|tex|srt|vtt|html?|ya?ml)$/i.test(name);
}

function shown(
  given: ReadonlyMap<string, Given>,
  typed: ReadonlyMap<string, FormValue> = new Map(),
): Map<string, FormValue> {
  const values = new Map(typed);
  for (const [key, one] of given) {
    const value = asFormValue(one);
    if (value !== null) values.set(key, value);
  }
  return values;
}

function textsOf(given: Given): readonly string[] {
  if ('files' in given) return [];
  const values = typeof given.value === 'object' ? given.value : [given.value];
  return values.filter((value) => typeof value === 'string');
}

function outputOf({ key, name, kind, list }: Slot) {
  return { key, name, kind, list };
}

function hintFor(type: TaskType): string | null {
  return type.input.some(({ kind }) => kind === 'audio') ? LONG_RECORDINGS : null;
}

/** What was typed in few words, for the line that others see. */
export function shortly(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  return ` (${line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line})`;
}
