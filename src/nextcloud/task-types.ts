import * as z from 'zod';
import { asAccount } from './account.ts';
import { type Api, withApi } from './api.ts';
import type { Nextcloud } from './connection.ts';
import { field, fieldsOf, number, text } from './fields.ts';

/** A value in a slot: text, an enum's value, a number, or a Nextcloud file id; a list of those where the slot is one. */
export type Value = string | number | readonly (string | number)[];

/** Values by slot key. Has no prototype, so that every key is data. */
export type Values = Readonly<Record<string, Value>>;

/** What a slot holds. `file`, `image`, `audio` and `video` are numeric Nextcloud file ids. */
export type SlotKind = 'text' | 'number' | 'enum' | 'file' | 'image' | 'audio' | 'video';

/** One input or output of a task type. */
export interface Slot {
  readonly key: string;
  /** In the account's language. */
  readonly name: string;
  readonly description: string;
  readonly kind: SlotKind;
  /** Whether it holds a list of such values. */
  readonly list: boolean;
  /** What an enum offers, never nothing; empty for all others. */
  readonly choices: readonly { readonly label: string; readonly value: string }[];
  /** What the server fills in when it is left out; null when nothing. */
  readonly fallback: Value | null;
  /** Whether a task is refused without it. */
  readonly required: boolean;
}

/** A kind of task that this server offers. */
export interface TaskType {
  /** `core:text2text:summary`, or a PHP class name from the older API. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Slots of every server that has the type. Those with a fallback may be left out. */
  readonly input: readonly Slot[];
  /** Slots that this server's provider adds. */
  readonly optional: readonly Slot[];
  readonly output: readonly Slot[];
  /** A building block of other types, not for people. */
  readonly internal: boolean;
}

/** The task types of this server, internal ones among them. Empty when nobody runs any for this account. Fails like `apiOf`. */
export async function taskTypes(nc: Nextcloud, options: { readonly signal?: AbortSignal } = {}): Promise<TaskType[]> {
  return await withApi(nc, async (api) => {
    const call = { method: 'GET', path: `/${api}/tasktypes`, signal: options.signal } as const;
    return parseTaskTypes(api, await asAccount(nc, call, z.unknown()));
  });
}

/** Task types out of `ocs.data`. Types and slots of a kind not known here are left out. Pure. */
export function parseTaskTypes(api: Api, data: unknown): TaskType[] {
  const types = field(data, 'types');
  if (api === 'taskprocessing') return fieldsOf(types).flatMap(([id, type]) => newer(id, type) ?? []);
  return Array.isArray(types) ? types.flatMap((type) => older(type) ?? []) : [];
}

const plain = { kind: 'text', list: false, choices: [], fallback: null, description: '' } as const;

function older(type: unknown): TaskType | null {
  const id = text(field(type, 'id'));
  if (id === '') return null;
  return {
    id,
    name: text(field(type, 'name')) || id,
    description: text(field(type, 'description')),
    input: [{ ...plain, key: 'input', name: 'Text', required: true }],
    optional: [],
    output: [{ ...plain, key: 'output', name: 'Answer', required: false }],
    internal: false,
  };
}

function newer(id: string, type: unknown): TaskType | null {
  const input = slots(type, 'inputShape', true);
  // A required slot that we cannot fill makes the whole type useless.
  if (input.length < fieldsOf(field(type, 'inputShape')).length) return null;
  return {
    id,
    name: text(field(type, 'name')) || id,
    description: text(field(type, 'description')),
    input,
    optional: slots(type, 'optionalInputShape', false),
    output: [...slots(type, 'outputShape', false), ...slots(type, 'optionalOutputShape', false)],
    internal: field(type, 'isInternal') === true,
  };
}

function slots(type: unknown, shape: string, required: boolean): Slot[] {
  const choices = field(type, `${shape}EnumValues`);
  const defaults = field(type, `${shape}Defaults`);
  return fieldsOf(field(type, shape)).flatMap(([key, slot]) => {
    const known = kinds.get(text(field(slot, 'type')));
    if (known === undefined) return [];
    const fallback = slotValue(field(defaults, key));
    const offered = choicesOf(field(choices, key));
    // Where nobody tells what there is to choose from, the value can still be typed.
    const kind = known.kind === 'enum' && offered.length === 0 ? 'text' : known.kind;
    return {
      key,
      name: text(field(slot, 'name')) || key,
      description: text(field(slot, 'description')),
      kind,
      list: known.list,
      choices: offered,
      fallback,
      required: required && fallback === null,
    };
  });
}

const kinds: ReadonlyMap<string, { readonly kind: SlotKind; readonly list: boolean }> = new Map([
  ['Text', { kind: 'text', list: false }],
  ['Number', { kind: 'number', list: false }],
  ['Enum', { kind: 'enum', list: false }],
  ['File', { kind: 'file', list: false }],
  ['Image', { kind: 'image', list: false }],
  ['Audio', { kind: 'audio', list: false }],
  ['Video', { kind: 'video', list: false }],
  ['ListOfTexts', { kind: 'text', list: true }],
  ['ListOfNumbers', { kind: 'number', list: true }],
  ['ListOfFiles', { kind: 'file', list: true }],
  ['ListOfImages', { kind: 'image', list: true }],
  ['ListOfAudios', { kind: 'audio', list: true }],
  ['ListOfVideos', { kind: 'video', list: true }],
]);

function choicesOf(value: unknown): Slot['choices'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const raw = field(item, 'value');
    // An empty value is the same as nothing chosen, and no platform can show it.
    if ((typeof raw !== 'string' && typeof raw !== 'number') || raw === '') return [];
    return { label: text(field(item, 'name')) || String(raw), value: String(raw) };
  });
}

/** A slot's value out of untrusted data; null when it is none. */
export function slotValue(value: unknown): Value | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return number(Number(value));
  if (!Array.isArray(value)) return null;
  return value.flatMap((item: unknown) => (typeof item === 'string' || typeof item === 'number' ? item : []));
}
