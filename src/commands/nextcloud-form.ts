import * as z from 'zod';
import { type Field, type FormValue, field } from '../chat/forms.ts';
import type { Slot, TaskType } from '../nextcloud/task-types.ts';
import { mayBeEmpty, takesFiles } from './nextcloud-input.ts';
import type { OwnForm } from './registry.ts';
import { isYes } from './registry.ts';
import { type Given, storedGiven } from './task-order.ts';

/** What a form of a task needs to know when it is sent in. Field `f0` stands for the first of `keys`, and so on. */
export interface TaskNote {
  readonly type: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** What is settled and not asked for any more. */
  readonly given: readonly (readonly [key: string, given: Given])[];
  readonly goOn: boolean;
  /** Shows what may be left out, too. */
  readonly more: boolean;
  readonly private: boolean;
}

const noteShape = z.object({
  type: z.string(),
  name: z.string(),
  keys: z.array(z.string()),
  given: z.array(z.tuple([z.string(), storedGiven])),
  goOn: z.boolean(),
  more: z.boolean(),
  private: z.boolean(),
}) satisfies z.ZodType<TaskNote>;

const MORE = 'more';
/** UTF-16 units of a label or a hint; adapters cut further. */
const HINT = 150;

/** Reads the note of a form that was sent in. */
export function readNote(json: string): TaskNote {
  return noteShape.parse(JSON.parse(json));
}

/**
 * The form of a task: what the server needs, then, where there is more, a switch that shows the rest. `given` fills it in.
 */
export function taskForm(
  type: TaskType,
  note: Omit<TaskNote, 'keys' | 'type'>,
  given: ReadonlyMap<string, FormValue>,
  errors: ReadonlyMap<string, string>,
): OwnForm {
  const settled = new Set(note.given.map(([key]) => key));
  const slots = [...type.input, ...(note.more ? type.optional : [])].filter((slot) => !settled.has(slot.key));
  const keys = slots.map((slot) => slot.key);
  const fields = slots.map((slot, index) => fieldOf(slot, `f${index}`, given.get(slot.key)));
  if (!note.more && type.optional.length > 0) fields.push(moreField(type.optional));
  const named = new Map([...errors].map(([key, words]) => [`f${keys.indexOf(key)}`, words] as const));
  return {
    title: type.name,
    intro: type.description === '' ? null : type.description.slice(0, 500),
    submit: 'Start',
    fields,
    errors: named,
    note: JSON.stringify({ ...note, type: type.id, keys }),
  };
}

/** What was sent in, by slot key, and whether more was wanted. */
export function sentValues(
  note: TaskNote,
  values: ReadonlyMap<string, FormValue>,
): { readonly values: ReadonlyMap<string, FormValue>; readonly more: boolean } {
  const found = new Map<string, FormValue>();
  for (const [index, key] of note.keys.entries()) {
    const value = values.get(`f${index}`);
    if (value !== undefined) found.set(key, value);
  }
  return { values: found, more: isYes(values.get(MORE)) };
}

/** A settled value as a form shows it, where it can. */
export function asFormValue(given: Given): FormValue | null {
  if ('files' in given) return null;
  const { value } = given;
  return typeof value === 'object' ? value.join('\n') : String(value);
}

function fieldOf(slot: Slot, name: string, given: FormValue | undefined): Field {
  const { kind, list, fallback } = slot;
  const isFile = takesFiles(slot);
  const initial =
    given ?? (fallback === null ? null : typeof fallback === 'object' ? fallback.join('\n') : String(fallback));
  return field({
    name,
    type: isFile ? 'file' : kind === 'enum' ? 'choice' : kind === 'number' && !list ? 'number' : 'longText',
    label: slot.name,
    hint: hintOf(slot),
    required: slot.required && !mayBeEmpty(slot),
    max: isFile && !list ? 1 : null,
    initial: isFile ? null : initial,
    choices: slot.choices.map(({ label, value }) => ({ label, value, hint: null })),
  });
}

function hintOf({ description, list, kind }: Slot): string | null {
  const how = list && kind === 'text' ? 'One on each line.' : list && kind === 'number' ? 'Parted by spaces.' : '';
  const text = [how, description].filter((part) => part !== '').join(' ');
  return text === '' ? null : text.slice(0, HINT);
}

function moreField(optional: readonly Slot[]): Field {
  return field({
    name: MORE,
    type: 'toggle',
    label: 'More options',
    hint: `Shows what else can be set: ${optional.map((slot) => slot.name).join(', ')}`.slice(0, HINT),
  });
}
