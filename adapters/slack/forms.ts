import * as z from 'zod';
import type { Trigger } from '../../src/chat/events.ts';
import type { Choice, Field, Form } from '../../src/chat/forms.ts';
import { type Block, context, sections } from './blocks.ts';
import { slackFailure } from './errors.ts';
import { LABEL_UNITS, OPTION_VALUE_UNITS, OPTIONS, VIEW_FIELDS, VIEW_TITLE_UNITS } from './limits.ts';
import { secondsAt } from './local-time.ts';
import { literal } from './mrkdwn.ts';
import { cut, plain } from './words.ts';

/** A modal, as Slack takes it. */
export interface View {
  readonly type: 'modal' | 'home';
  readonly blocks: readonly Block[];
  readonly [key: string]: unknown;
}

/** What a modal carries with it until it comes back. No secret: people can read it. */
const carried = z.object({
  title: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
  /** Only the asker sees what comes of it. */
  private: z.boolean(),
});
/** {@link carried} as it is read. */
export type Carried = z.output<typeof carried>;

/** Marks a modal's `callback_id` as a form's. */
export const FORM = 'form:';
/** Slack's limits of one input (our reference, slack 2.3). */
const INPUT_UNITS = 3_000;
const LABEL_MOST = 2_000;
/** Files of one field. */
const FILES = 10;

/** A form as a modal. `zone` is the person's time zone, for times that are filled in already. Throws when it has too many fields. */
export function formView(form: Form, trigger: Pick<Trigger, 'place' | 'private'>, zone: string | null): View {
  if (form.fields.length > VIEW_FIELDS) throw slackFailure('invalid', `a form of ${form.fields.length} fields`);
  const { channel, thread, kind } = trigger.place;
  const carries = { title: cut(form.title, 100), channel, thread, kind, private: trigger.private } satisfies Carried;
  const complaints = Object.entries(form.errors).map(([name, complaint]) => {
    const label = form.fields.find((field) => field.name === name)?.label ?? name;
    return `• *${literal(label)}*: ${literal(complaint)}`;
  });
  return {
    type: 'modal',
    callback_id: `${FORM}${form.id}`,
    private_metadata: JSON.stringify(carries),
    title: plain(form.title, VIEW_TITLE_UNITS),
    submit: plain(form.submit, VIEW_TITLE_UNITS),
    close: plain('Cancel', VIEW_TITLE_UNITS),
    blocks: [
      ...(complaints.length > 0 ? [context(`:warning: Please look at:\n${complaints.join('\n')}`)] : []),
      ...(form.intro ? sections(form.intro, INPUT_UNITS) : []),
      ...form.fields.map((field, index) => (isLong(field) ? unshown(field) : inputBlock(field, index, zone))),
    ],
  };
}

/** Reads what a modal carried; null when it is not one of ours. */
export function readCarried(metadata: string): Carried | null {
  if (!metadata.startsWith('{')) return null;
  const read = carried.safeParse(JSON.parse(metadata));
  return read.success ? read.data : null;
}

/** The block of a field is found again by its number and name; the kind of field stands in the element's `action_id`. */
function blockId(index: number, name: string): string {
  return `${index}:${name}`.slice(0, 255);
}

/** The `action_id` of a field: its type, and the option whose suggestions it asks for. */
function actionId(field: Field): string {
  return field.suggest === null ? field.type : `${field.type}:${field.suggest}`;
}

/** A text that is longer than Slack's inputs is not shown, so that sending the form does not cut it: who made the form has it. */
function isLong({ initial }: Field): boolean {
  return typeof initial === 'string' && initial.length > INPUT_UNITS;
}

function unshown({ label, initial }: Field): Block {
  const units = String(initial).length.toLocaleString('en');
  return context(`*${literal(label)}* has ${units} characters, more than fit here. It stays as it is.`);
}

function inputBlock(field: Field, index: number, zone: string | null): Block {
  const hint = [field.hint, HINTS[field.type]].filter((part) => part).join(' ');
  return {
    type: 'input',
    block_id: blockId(index, field.name),
    label: plain(field.label, LABEL_MOST),
    ...(hint && { hint: plain(hint, LABEL_MOST) }),
    optional: field.type === 'toggle' || !field.required,
    element: { action_id: actionId(field), ...element(field, zone) },
  };
}

const HINTS: Partial<Record<Field['type'], string>> = {
  month: 'Write it as year and month, such as 2026-11.',
  color: 'Write it as #RRGGBB, such as #3366cc.',
  secret: 'Slack shows what you type here; nobody sees it once it is sent.',
};

function element(field: Field, zone: string | null): Record<string, unknown> {
  const first = typeof field.initial === 'string' && field.initial !== '' ? field.initial : null;
  const placeholder = field.placeholder ? { placeholder: plain(field.placeholder, 150) } : {};
  switch (field.type) {
    case 'text':
    case 'month':
    case 'color':
      return { type: 'plain_text_input', ...placeholder, ...typed(field, first) };
    case 'longText':
      return { type: 'plain_text_input', multiline: true, ...placeholder, ...typed(field, first) };
    case 'secret':
      return { type: 'plain_text_input', ...placeholder, ...typed(field, null) };
    case 'number':
    case 'range':
      return {
        type: 'number_input',
        is_decimal_allowed: field.step === null || !Number.isInteger(field.step),
        ...(field.min !== null && { min_value: String(field.min) }),
        ...(field.max !== null && { max_value: String(field.max) }),
        ...placeholder,
        ...(first !== null && !Number.isNaN(Number(first)) && { initial_value: first }),
      };
    case 'url':
      return { type: 'url_text_input', ...placeholder, ...(first && { initial_value: cut(first, INPUT_UNITS) }) };
    case 'email':
      return { type: 'email_text_input', ...placeholder, ...(first && { initial_value: cut(first, INPUT_UNITS) }) };
    case 'toggle': {
      const yes = [option({ label: 'Yes', value: 'yes', hint: null })];
      const on = field.initial === true || (first !== null && /^(yes|true|on)$/i.test(first));
      return { type: 'checkboxes', options: yes, ...(on && { initial_options: yes }) };
    }
    case 'date':
      return { type: 'datepicker', ...(first && isDate(first) && { initial_date: first }) };
    case 'time':
      return { type: 'timepicker', ...(first && /^([01]\d|2[0-3]):[0-5]\d$/.test(first) && { initial_time: first }) };
    case 'datetime': {
      const seconds = first ? secondsAt(first, zone) : null;
      const possible = seconds !== null && seconds >= 1_000_000_000 && seconds <= 9_999_999_999;
      return { type: 'datetimepicker', ...(possible && { initial_date_time: seconds }) };
    }
    case 'user':
      return {
        type: 'users_select',
        ...placeholder,
        ...(first && /^[UW][A-Z0-9]+$/.test(first) && { initial_user: first }),
      };
    case 'file':
      return { type: 'file_input', max_files: Math.min(field.max ?? FILES, FILES) };
    case 'choice':
    case 'multi':
      return select(field, placeholder);
  }
}

function typed(field: Field, first: string | null) {
  // What was typed already may be longer than is asked for: it can be shortened, and is not cut.
  const most = Math.min(Math.max(field.maxLength ?? INPUT_UNITS, first?.length ?? 0), INPUT_UNITS);
  return { ...(most > 0 && { max_length: most }), ...(first !== null && { initial_value: first.toWellFormed() }) };
}

/** A list: Slack's own while it is short and known, else one that asks while the person types. */
function select(field: Field, placeholder: object): Record<string, unknown> {
  const many = field.type === 'multi';
  const known = field.choices.filter(fits);
  const chosen = (Array.isArray(field.initial) ? field.initial : [field.initial]).flatMap((value) => {
    if (typeof value !== 'string' || value === '') return [];
    const choice = known.find((one) => one.value === value);
    // Suggested values need not be among the first few; others that are not offered cannot be chosen.
    return choice
      ? [option(choice)]
      : field.suggest !== null && value.length <= OPTION_VALUE_UNITS
        ? [option({ label: value, value, hint: null })]
        : [];
  });
  const initial = many
    ? chosen.length > 0 && { initial_options: chosen }
    : chosen[0] !== undefined && { initial_option: chosen[0] };
  if (field.suggest !== null || known.length === 0) {
    return {
      type: many ? 'multi_external_select' : 'external_select',
      min_query_length: 0,
      ...placeholder,
      ...initial,
    };
  }
  const type = many ? 'multi_static_select' : 'static_select';
  if (known.length <= OPTIONS) return { type, options: known.map(option), ...placeholder, ...initial };
  const groups = Array.from({ length: Math.min(OPTIONS, Math.ceil(known.length / OPTIONS)) }, (_none, index) => {
    const part = known.slice(index * OPTIONS, (index + 1) * OPTIONS);
    return { label: plain(`${part[0]?.label ?? ''} …`, LABEL_UNITS), options: part.map(option) };
  });
  return { type, option_groups: groups, ...placeholder, ...initial };
}

function fits(choice: Choice): boolean {
  return choice.value !== '' && choice.value.length <= OPTION_VALUE_UNITS;
}

/** An option of a list. */
function option(choice: Choice) {
  return {
    text: plain(choice.label, LABEL_UNITS),
    value: choice.value,
    ...(choice.hint && { description: plain(choice.hint, LABEL_UNITS) }),
  };
}

/** Options of an answer to somebody who types: those that Slack takes, at most {@link OPTIONS}. */
export function options(choices: readonly Choice[]) {
  return choices.filter(fits).slice(0, OPTIONS).map(option);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
