import type { FileRef } from './messages.ts';
import type { Secret } from './secret.ts';

/** One choice of a list. `label` is what is read (the adapter cuts it to its limit), `value` what comes back. */
export interface Choice {
  readonly label: string;
  readonly value: string;
  readonly hint: string | null;
}

/** The kinds of field a form can have. An adapter maps each to the best its platform has. */
export const FIELD_TYPES = [
  'text',
  'longText',
  'number',
  'range',
  'toggle',
  'choice',
  'multi',
  'date',
  'time',
  'datetime',
  'month',
  'url',
  'email',
  'color',
  'user',
  'file',
  'secret',
] as const;
/** One of {@link FIELD_TYPES}. */
export type FieldType = (typeof FIELD_TYPES)[number];

/**
 * What a field holds. Text for every type but: `toggle` a boolean, `multi` a list, `file` file handles, `secret` a {@link Secret}.
 * Numbers travel as text, as typed. Formats: date `YYYY-MM-DD`, time `HH:MM`, datetime `YYYY-MM-DDTHH:MM`, month `YYYY-MM`, color `#RRGGBB`.
 */
export type FormValue = string | boolean | readonly string[] | readonly FileRef[] | Secret;

/** The values of a form by field name. A `Map`, since names come from prompts and may be `__proto__`. */
export type FormValues = ReadonlyMap<string, FormValue>;

/** One field. Bounds are told to the platform where it can enforce them and are always checked again by whoever made the form. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly hint: string | null;
  readonly placeholder: string | null;
  readonly required: boolean;
  readonly initial: FormValue | null;
  /** For `choice` and `multi`. When `suggest` is set these are only the first of many. */
  readonly choices: readonly Choice[];
  /** The platform should ask `host.suggest` while the person types, with this as the option's name. */
  readonly suggest: string | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly step: number | null;
  /** UTF-16 units, for text. */
  readonly maxLength: number | null;
}

/** A field with what is given and nothing else: not required, no hint, no bounds, no choices. */
export function field(given: Pick<Field, 'name' | 'type' | 'label'> & Partial<Field>): Field {
  return { ...BLANK, ...given };
}

const BLANK = {
  hint: null,
  placeholder: null,
  required: false,
  initial: null,
  choices: [],
  suggest: null,
  min: null,
  max: null,
  step: null,
  maxLength: null,
} as const;

/** A form to be shown. It is one step of a session kept by the inbox; `id` names session and step and comes back with the values. */
export interface Form {
  readonly id: string;
  readonly title: string;
  readonly intro: string | null;
  readonly submit: string;
  readonly fields: readonly Field[];
  /** Complaints by field name, shown at the field where the platform can, else above the form. */
  readonly errors: Readonly<Record<string, string>>;
}
