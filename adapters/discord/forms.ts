import { ComponentType, TextInputStyle } from 'discord.js';
import type { Choice, Field, Form, FormValue, FormValues } from '../../src/chat/forms.ts';
import type { FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { Body } from '../../src/chat/view.ts';
import { limits } from './limits.ts';
import { fileOf } from './parse.ts';
import { cut } from './render.ts';
import type { WireAttachment, WireField } from './wire.ts';

/** What fits in one step of a modal (our reference, discord 1.7 and 1.8). */
const FIELDS = limits.formFields ?? 5;
const LABEL = 45;
const HINT = 100;
const TEXT = 4_000;
const OPTIONS = 25;
const RADIOS = 10;
const CUSTOM_ID = 100;
/** What is chosen in a list of what was found to type anew: no choice of anybody's. */
const SEARCH = '…';
const AGAIN: Choice = { label: 'Another one: search again', value: SEARCH, hint: null };

/** A form that somebody has open: what was filled in so far. */
export interface OpenForm {
  form: Form;
  readonly values: Map<string, FormValue>;
  readonly private: boolean;
}

/** Forms that are open now. They may be lost: then the core is asked, which keeps its sessions in the store. */
export interface OpenForms {
  get(id: string): OpenForm | undefined;
  keep(form: Form, isPrivate: boolean): void;
  delete(id: string): void;
}

/** How many steps a form takes. */
export function stepsOf(form: Form): number {
  return Math.max(1, Math.ceil(shown(form).length / FIELDS));
}

/** The step that a field stands in. */
export function stepOf(form: Form, name: string): number {
  return Math.max(0, Math.floor(shown(form).findIndex((field) => field.name === name) / FIELDS));
}

/**
 * Fields that a modal can show. A text that is longer than Discord's boxes is left out: it stays as it was typed, since the
 * session has it, and is not cut.
 */
function shown(form: Form): readonly Field[] {
  return form.fields.filter((field) => !isLong(field));
}

function isLong({ initial }: Field): boolean {
  return typeof initial === 'string' && initial.length > TEXT;
}

/**
 * The form with lists where something must be chosen, or several may be, that is suggested elsewhere: a modal cannot ask while
 * somebody types, and nobody knows names by heart. Only where a list holds all there is, or all that fits what was typed before: then it leads back to
 * typing, too. Other fields that may stay empty take what is typed, which may be new. Pure but for `suggest`.
 */
export function offering(form: Form, suggest: (option: string, typed: string) => readonly Choice[]): Form {
  const fields = form.fields.map((field) => {
    const listed = field.type === 'multi' || (field.type === 'choice' && field.required);
    if (field.suggest === null || !listed || field.choices.length > 0) return field;
    const all = suggest(field.suggest, '');
    const chosen = [field.initial].flat().filter((one) => typeof one === 'string' && one !== '');
    const known = chosen.every((one) => all.some(({ value }) => value === one));
    // As many as fit may not be all.
    if (all.length < OPTIONS) return known ? { ...field, choices: all } : field;
    const typed = typeof field.initial === 'string' && field.initial !== SEARCH ? field.initial : '';
    const found = typed === '' ? [] : suggest(field.suggest, typed);
    return found.length > 0 && found.length < OPTIONS ? { ...field, choices: [...found, AGAIN] } : field;
  });
  return { ...form, fields };
}

/** A step of a form as a modal, or null when it has no field. Pure. */
export function modalOf(form: Form, step: number, isPrivate: boolean): object | null {
  const fields = shown(form).slice(step * FIELDS, (step + 1) * FIELDS);
  if (fields.length === 0) return null;
  const steps = stepsOf(form);
  const title = steps > 1 ? `${form.title} (${step + 1} of ${steps})` : form.title;
  const complaints = Object.entries(form.errors).map(([name, what]) => `${labelOf(form, name)}: ${what}`);
  const kept = form.fields
    .filter(isLong)
    .map((field) => `${field.label} is too long to be shown here. It stays as it is.`);
  const intro = [...complaints, ...(step === 0 && form.intro ? [form.intro] : []), ...kept].join('\n');
  const top =
    intro !== '' && fields.length < FIELDS ? [{ type: ComponentType.TextDisplay, content: cut(intro, TEXT) }] : [];
  return {
    custom_id: formId(form.id, step, isPrivate),
    title: titleOf(title),
    components: [...top, ...fields.map((field, index) => label(form, field, step * FIELDS + index))],
  };
}

/** Which step it is stays to be read, however long the name before it. */
function titleOf(title: string): string {
  const [step = ''] = /(?: \(\d{1,2} of \d{1,2}\))?$/.exec(title) ?? [];
  const name = step === '' ? title : title.slice(0, -step.length);
  return `${cut(name, LABEL - step.length) || '…'}${step}`;
}

function labelOf(form: Form, name: string): string {
  return form.fields.find((field) => field.name === name)?.label ?? name;
}

function label(form: Form, field: Field, index: number): object {
  const hint = form.errors[field.name] ?? field.hint ?? formatOf(field);
  return {
    type: ComponentType.Label,
    label: cut(field.label, LABEL) || '…',
    ...(hint && { description: cut(hint, HINT) }),
    component: component(field, index),
  };
}

/** How a value is to be written where Discord has no field of its own for it. */
function formatOf(field: Field): string | null {
  const formats: Partial<Record<Field['type'], string>> = {
    date: 'YYYY-MM-DD',
    time: 'HH:MM',
    datetime: 'YYYY-MM-DDTHH:MM',
    month: 'YYYY-MM',
    color: '#RRGGBB',
    email: 'name@example.org',
    url: 'https://…',
  };
  const range = [field.min === null ? '' : `from ${field.min}`, field.max === null ? '' : `to ${field.max}`].filter(
    Boolean,
  );
  if (field.type === 'number' || field.type === 'range')
    return range.length > 0 ? `A number ${range.join(' ')}` : 'A number';
  return formats[field.type] ?? null;
}

type Kind = 't' | 'b' | 'm' | 'f' | 's';

/** The kind of a value stands before the field's name, so that what was sent in can be read after a restart too. */
function customId(kind: Kind, field: Field, index: number): string {
  return `${kind}.${field.name.length <= CUSTOM_ID - 2 ? field.name : `#${index}`}`;
}

/**
 * The choices that a list can hold: all of them, or of too many those that fit what was typed, with a way back to typing. None
 * where neither is few enough: then it is typed.
 */
function listed({ choices, initial, type }: Field): readonly Choice[] {
  const possible = choices.filter((choice) => choice.value !== '' && choice.value.length <= 100);
  if (possible.length < choices.length || choices.length <= OPTIONS) {
    return possible.length === choices.length ? possible : [];
  }
  const typed = type === 'choice' && typeof initial === 'string' ? initial.trim().toLowerCase() : '';
  if (typed === '' || typed === SEARCH) return [];
  const found = possible.filter(({ label, value }) => value === initial || label.toLowerCase().includes(typed));
  return found.length > 0 && found.length < OPTIONS ? [...found, AGAIN] : [];
}

function component(field: Field, index: number): object {
  const { required, initial } = field;
  const choices = listed(field);
  const few = choices.length > 0;
  const chosen = (value: string) => (Array.isArray(initial) ? initial.some((one) => one === value) : initial === value);
  const options = choices.map(({ label, value, hint }) => ({
    label: cut(label, 100) || value,
    value,
    ...(hint && { description: cut(hint, 100) }),
    ...(chosen(value) && { default: true }),
  }));
  if (field.type === 'toggle')
    return {
      type: ComponentType.Checkbox,
      custom_id: customId('b', field, index),
      default: initial === true || initial === 'yes' || initial === 'true',
    };
  if (field.type === 'user')
    return {
      type: ComponentType.UserSelect,
      custom_id: customId('t', field, index),
      required,
      min_values: required ? 1 : 0,
      max_values: 1,
    };
  if (field.type === 'file')
    return {
      type: ComponentType.FileUpload,
      custom_id: customId('f', field, index),
      required,
      min_values: required ? 1 : 0,
      max_values: Math.min(10, Math.max(1, field.max ?? 10)),
    };
  if (field.type === 'choice' && few) {
    const type =
      field.suggest === null && options.length >= 2 && options.length <= RADIOS
        ? ComponentType.RadioGroup
        : ComponentType.StringSelect;
    return {
      type,
      custom_id: customId('t', field, index),
      required,
      options,
      ...(type === ComponentType.StringSelect && { min_values: required ? 1 : 0, max_values: 1 }),
    };
  }
  if (field.type === 'multi' && few) {
    const type = options.length <= RADIOS ? ComponentType.CheckboxGroup : ComponentType.StringSelect;
    return {
      type,
      custom_id: customId('m', field, index),
      required,
      options,
      min_values: required ? 1 : 0,
      max_values: options.length,
    };
  }
  return textInput(field, index);
}

function textInput(field: Field, index: number): object {
  const kind: Kind = field.type === 'secret' ? 's' : field.type === 'multi' ? 'm' : 't';
  const value =
    typeof field.initial === 'string'
      ? field.initial
      : Array.isArray(field.initial)
        ? field.initial.filter((one) => typeof one === 'string').join(', ')
        : '';
  const offered = field.choices.map((choice) => choice.label).join(', ');
  const many = field.choices.length > OPTIONS ? 'Type a part of it. ' : '';
  const placeholder = field.placeholder ?? (offered === '' ? formatOf(field) : `${many}One of: ${offered}`);
  // What was typed already may be longer than is asked for: it can be shortened, and is not cut.
  const max = Math.min(TEXT, Math.max(1, field.maxLength ?? TEXT, value.length));
  return {
    type: ComponentType.TextInput,
    custom_id: customId(kind, field, index),
    style: field.type === 'longText' ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: field.required,
    max_length: max,
    ...(value !== '' && value !== SEARCH && kind !== 's' && { value: cut(value, max) }),
    ...(placeholder && { placeholder: cut(placeholder, HINT) }),
  };
}

function formId(id: string, step: number, isPrivate: boolean): string {
  return `form:${isPrivate ? 'p' : 'o'}:${step}:${id}`;
}

/** Which form, which step and whether its answer is private; null for what is no form of ours. */
export function readFormId(customId: string): { id: string; step: number; private: boolean } | null {
  const match = /^form:([po]):(\d{1,2}):(.{1,90})$/.exec(customId);
  const id = match?.[3];
  return id === undefined ? null : { id, step: Number(match?.[2]), private: match?.[1] === 'p' };
}

/** The values of a step that was sent in. `open` is the form when it is still known. */
export function valuesOf(
  fields: readonly WireField[],
  files: Readonly<Record<string, WireAttachment>>,
  open: OpenForm | undefined,
): FormValues {
  const values = new Map<string, FormValue>();
  for (const field of fields) {
    const match = /^([tbmfs])\.(.+)$/s.exec(field.custom_id ?? '');
    const known = match?.[2]?.startsWith('#') ? open && shown(open.form)[Number(match[2].slice(1))]?.name : undefined;
    const name = known ?? match?.[2];
    if (name === undefined) continue;
    const asked = open?.form.fields.find((one) => one.name === name);
    const text = typeof field.value === 'string' ? field.value : (field.values?.[0] ?? '');
    if (match?.[1] === 'b') values.set(name, field.value === true);
    else if (match?.[1] === 'f') values.set(name, filesOf(field.values ?? [], files));
    else if (match?.[1] === 's') values.set(name, new Secret(text));
    else if (match?.[1] === 'm') {
      const list =
        field.values ??
        text
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== '');
      values.set(
        name,
        list.map((one) => chosenBy(asked, one)),
      );
    } else values.set(name, chosenBy(asked, text));
  }
  return values;
}

/** What was typed, or the value behind the label that was typed where choices were too many to be shown. */
function chosenBy(field: Field | undefined, typed: string): string {
  const wanted = typed.trim().toLowerCase();
  return field?.choices.find((choice) => choice.label.toLowerCase() === wanted)?.value ?? typed;
}

function filesOf(ids: readonly string[], files: Readonly<Record<string, WireAttachment>>): FileRef[] {
  return ids.flatMap((id) => (files[id] ? [fileOf(files[id])] : []));
}

/** A note with a button that opens a step of a form: a form cannot follow a form, nor show what is wrong at its fields. */
export function noteOf(form: Form, step: number, words: string): Body {
  const wrong = Object.entries(form.errors).map(([name, what]) => `- **${labelOf(form, name)}**: ${what}`);
  const button = wrong.length > 0 ? 'Fix it' : step > 0 ? 'Continue' : 'Open the form';
  return {
    markdown: [words, ...wrong].join('\n'),
    controls: {
      buttons: [{ id: `fill:${form.id}:${step}`, label: button, style: 'primary', role: 'other' }],
      menu: null,
    },
  };
}
