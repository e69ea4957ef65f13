import type { Choice, Field, FieldType, FormValue } from '../chat/forms.ts';
import { Secret } from '../chat/secret.ts';
import type { Variable } from './grammar.ts';

/** A variable's value as it goes into the prompt, or what is wrong with it, as a sentence. */
export type Checked = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly complaint: string };

/** UTF-16 units that the value of an option may have on every platform. */
const VALUE_UNITS = 75;
/** Options that are named in a complaint. */
const OFFERED = 20;

const TYPES = new Map<string, FieldType>([
  ['text', 'text'],
  ['textarea', 'longText'],
  ['select', 'choice'],
  ['checkbox', 'toggle'],
  ['color', 'color'],
  ['date', 'date'],
  ['datetime-local', 'datetime'],
  ['email', 'email'],
  ['month', 'month'],
  ['number', 'number'],
  ['range', 'range'],
  ['tel', 'text'],
  ['time', 'time'],
  ['url', 'url'],
  ['map', 'text'],
]);

/** The kind of field that a variable is asked with; an unknown type is a long text, as on the web page. */
export function fieldTypeOf(variable: Variable): FieldType {
  const type = TYPES.get(variable.type) ?? 'longText';
  // A list without readable options cannot be chosen from: it can still be typed.
  return type === 'choice' && optionsOf(variable).length === 0 ? 'text' : type;
}

const WORDS: Readonly<Record<FieldType, string>> = {
  text: 'a short text',
  longText: 'a long text',
  number: 'a number',
  range: 'a number on a scale',
  toggle: 'yes or no',
  choice: 'one of a list',
  multi: 'some of a list',
  date: 'a date',
  time: 'a time',
  datetime: 'a date and time',
  month: 'a month',
  url: 'a web address',
  email: 'an e-mail address',
  color: 'a colour',
  user: 'a person',
  file: 'a file',
  secret: 'a secret',
};

/** What a variable asks for, in plain words: "a long text", "one of a list (red, blue)". Pure. */
export function fieldWords(variable: Variable): string {
  const { type, choices, min, max } = fieldOf(variable);
  if (choices.length > 0) {
    const named = choices.slice(0, 6).map(({ label }) => label.slice(0, 40));
    return `${WORDS[type]} (${named.join(', ')}${choices.length > named.length ? ', …' : ''})`;
  }
  const bounds =
    min !== null && max !== null
      ? ` from ${min} to ${max}`
      : min !== null
        ? ` from ${min}`
        : max !== null
          ? ` up to ${max}`
          : '';
  return `${WORDS[type]}${type === 'number' || type === 'range' ? bounds : ''}`;
}

/** The field of a variable, filled in with what was typed already, else with its default. Pure. */
export function fieldOf(variable: Variable, typed: FormValue | undefined = undefined): Field {
  const type = fieldTypeOf(variable);
  const filled = typed ?? textOf(variable, 'default');
  return {
    name: variable.name,
    type,
    label: textOf(variable, 'label') ?? variable.name,
    hint: hintOf(variable, type),
    placeholder: textOf(variable, 'placeholder'),
    required: isRequired(variable),
    initial: initialOf(variable, type, filled),
    choices: type === 'choice' ? optionsOf(variable).map(choice) : [],
    suggest: null,
    min: numberOf(variable, 'min') ?? (type === 'range' ? 0 : null),
    max: numberOf(variable, 'max') ?? (type === 'range' ? 100 : null),
    step: numberOf(variable, 'step'),
    maxLength: numberOf(variable, 'maxlength'),
  };
}

/** Whether a prompt cannot run before this variable has a value. Any `required` counts, `required=false` too, as on the web page. */
export function isRequired(variable: Variable): boolean {
  return Boolean(variable.properties.get('required'));
}

/** The value that a variable has when nobody fills it in; null when it has none. */
export function defaultOf(variable: Variable): string | null {
  return textOf(variable, 'default');
}

/** Checks what somebody gave for a variable, typed in a line or sent in by a form. Pure. */
export function checkValue(variable: Variable, value: FormValue | undefined): Checked {
  const text = plain(value);
  if (text.trim() === '') return isRequired(variable) ? wrong('Please fill this in.') : right('');
  const type = fieldTypeOf(variable);
  switch (type) {
    case 'toggle': {
      const ticked = truth(text);
      return ticked === null ? wrong('Please write yes or no.') : right(String(ticked));
    }
    case 'choice':
      return checkChoice(variable, text);
    case 'number':
    case 'range':
      return checkNumber(variable, fieldOf(variable), text.trim());
    case 'date':
    case 'datetime':
    case 'month':
    case 'time':
      return checkDate(variable, type, text.trim());
    case 'color': {
      const hex = /^#?([0-9a-f]{6})$/i.exec(text.trim())?.[1];
      return hex ? right(`#${hex.toUpperCase()}`) : wrong('Please write a colour as #RRGGBB, such as #1A7F37.');
    }
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(text.trim())
        ? right(text.trim())
        : wrong('Please write an e-mail address, such as ann@example.org.');
    case 'url':
      return URL.canParse(text.trim())
        ? right(text.trim())
        : wrong('Please write a whole address, such as https://example.org.');
    default:
      return checkLength(variable, text);
  }
}

function checkChoice(variable: Variable, text: string): Checked {
  const options = optionsOf(variable);
  const chosen = optionMeant(options, text);
  if (chosen !== null) return right(chosen);
  const wanted = text.trim().toLowerCase();
  const near = options.filter((one) => one.toLowerCase().includes(wanted));
  const offered = near.length > 0 ? near : options;
  const more = offered.length > OFFERED ? ` and ${offered.length - OFFERED} more` : '';
  return wrong(`Please choose one of: ${offered.slice(0, OFFERED).join(', ')}${more}.`);
}

/** The option with this text, or with the value that a form has for it. */
function optionMeant(options: readonly string[], text: string): string | null {
  const wanted = text.trim().toLowerCase();
  return (
    options.find((one) => one === text) ??
    options.find((one) => one.trim().toLowerCase() === wanted) ??
    options.find((one, index) => choice(one, index).value === text) ??
    null
  );
}

function checkNumber(variable: Variable, { min, max, step }: Field, text: string): Checked {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return wrong('Please write a number.');
  const number = Number(text);
  if (min !== null && max !== null && (number < min || number > max))
    return wrong(`Please write a number from ${min} to ${max}.`);
  if (min !== null && number < min) return wrong(`Please write ${min} or more.`);
  if (max !== null && number > max) return wrong(`Please write ${max} or less.`);
  if (step === null || step <= 0) return right(text);
  const base = numberOf(variable, 'min') ?? 0;
  const steps = (number - base) / step;
  if (Math.abs(steps - Math.round(steps)) <= 1e-9 * Math.max(1, Math.abs(steps))) return right(text);
  return wrong(base === 0 ? `Please go in steps of ${step}.` : `Please go in steps of ${step} from ${base}.`);
}

const DATES = {
  date: { shape: /^\d{4}-\d{2}-\d{2}$/, say: 'Please write a date as YYYY-MM-DD, such as 2026-03-31.' },
  datetime: {
    shape: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/,
    say: 'Please write date and time as YYYY-MM-DDTHH:MM, such as 2026-03-31T09:30.',
  },
  month: { shape: /^\d{4}-\d{2}$/, say: 'Please write a month as YYYY-MM, such as 2026-03.' },
  time: { shape: /^\d{2}:\d{2}$/, say: 'Please write a time as HH:MM, such as 09:30.' },
} as const;

function checkDate(variable: Variable, type: keyof typeof DATES, text: string): Checked {
  const written = type === 'datetime' ? text.replace(' ', 'T') : text;
  if (!DATES[type].shape.test(written) || !exists(type, written)) return wrong(DATES[type].say);
  const min = textOf(variable, 'min');
  const max = textOf(variable, 'max');
  // These forms sort as text.
  if (min !== null && DATES[type].shape.test(min) && written < min) return wrong(`The earliest is ${min}.`);
  if (max !== null && DATES[type].shape.test(max) && written > max) return wrong(`The latest is ${max}.`);
  return right(written);
}

/** Whether the calendar has this day, the day this minute. */
function exists(type: keyof typeof DATES, text: string): boolean {
  const whole = { date: `${text}T00:00`, datetime: text, month: `${text}-01T00:00`, time: `2000-01-01T${text}` }[type];
  const time = Date.parse(`${whole}:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(whole);
}

function checkLength(variable: Variable, text: string): Checked {
  const least = numberOf(variable, 'minlength');
  const most = numberOf(variable, 'maxlength');
  if (least !== null && text.length < least) return wrong(`Please write at least ${least} characters.`);
  if (most !== null && text.length > most) return wrong(`Please write at most ${most} characters.`);
  return right(text);
}

/** A list's options as text; a default that is not among them may be chosen too, since it stands in the form. */
function optionsOf(variable: Variable): string[] {
  const written = variable.properties.get('options');
  if (!Array.isArray(written)) return [];
  const options = written.flatMap((option) =>
    typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean' ? [String(option)] : [],
  );
  const preset = textOf(variable, 'default');
  if (preset !== null && options.length > 0) options.push(preset);
  return [...new Set(options.filter((option) => option !== ''))];
}

/** An option as a form offers it. The values of lists are short on every platform: a long option goes by its number. */
function choice(option: string, index: number): Choice {
  return { label: option, value: option.length <= VALUE_UNITS ? option : `#${index + 1}`, hint: null };
}

/** What a field is filled in with; in a list, the value of the option that is meant. */
function initialOf(variable: Variable, type: FieldType, filled: FormValue | null): FormValue | null {
  if (typeof filled !== 'string') return filled;
  if (type === 'toggle') return truth(filled) === true;
  if (type !== 'choice') return filled;
  const options = optionsOf(variable);
  const meant = optionMeant(options, filled);
  return meant === null ? filled : choice(meant, options.indexOf(meant)).value;
}

function hintOf(variable: Variable, type: FieldType): string | null {
  if (variable.type === 'map') return 'Latitude and longitude, such as 52.52,13.40';
  if (type !== 'date' && type !== 'datetime' && type !== 'month' && type !== 'time') return null;
  const min = textOf(variable, 'min');
  const max = textOf(variable, 'max');
  return [min && `from ${min}`, max && `to ${max}`].filter(Boolean).join(' ') || null;
}

function textOf(variable: Variable, key: string): string | null {
  const value = variable.properties.get(key);
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(variable: Variable, key: string): number | null {
  const text = textOf(variable, key);
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function plain(value: FormValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value === undefined || value instanceof Secret) return '';
  return value.map((one) => (typeof one === 'string' ? one : one.name)).join(', ');
}

function truth(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : null;
}

function right(text: string): Checked {
  return { ok: true, text };
}

function wrong(complaint: string): Checked {
  return { ok: false, complaint };
}
