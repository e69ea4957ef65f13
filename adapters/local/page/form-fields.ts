import { html, nothing, type TemplateResult } from 'lit-html';
import type { Choice, Field } from '../../../src/chat/forms.ts';
import { ask } from './connection.ts';
import { icon } from './icons.ts';
import { change, state } from './state.ts';
import type { Attached } from './uploads.ts';
import { sizeOf } from './words-of-time.ts';

/** What surrounds an input. */
export interface Around {
  readonly id: string;
  /** The id of the element that holds hint and complaint. */
  readonly notes: string;
  readonly wrong: boolean;
  readonly files: readonly Attached[];
  addFiles(list: Iterable<File>): void;
  removeFile(file: Attached): void;
}

const INPUTS = {
  text: 'text',
  number: 'number',
  date: 'date',
  time: 'time',
  datetime: 'datetime-local',
  month: 'month',
  url: 'url',
  email: 'email',
  color: 'color',
  secret: 'password',
} as const;

/** Suggestions that came while somebody typed, by field. */
const suggested = new Map<string, readonly Choice[]>();
/** What is ticked of suggestions, by field and value. */
const ticked = new Map<string, Map<string, Choice>>();

/** Another form is open: what was suggested and ticked in the one before is forgotten. */
export function freshFields(): void {
  suggested.clear();
  ticked.clear();
}

/** The input of a field, one for each type there is. */
export function fieldInput(field: Field, around: Around): TemplateResult {
  switch (field.type) {
    case 'longText':
      return html`<textarea class="input" id=${around.id} name=${field.name} rows="5" maxlength=${field.maxLength ?? nothing} placeholder=${field.placeholder ?? ''} aria-required=${flag(field.required)}
        aria-invalid=${flag(around.wrong)} aria-describedby=${around.notes}>${initial(field)}</textarea>`;
    case 'toggle':
      return html`<label class="switch"><input type="checkbox" role="switch" id=${around.id} name=${field.name} ?checked=${field.initial === true || /^(yes|true|on)$/i.test(initial(field))} aria-describedby=${around.notes}><span class="switch-track"></span>${field.label}</label>`;
    case 'range':
      return range(field, around);
    case 'choice':
    case 'user':
      return choice(
        field,
        around,
        field.type === 'user'
          ? [...state.people.values()].map((one) => ({ label: one.name, value: one.id, hint: null }))
          : field.choices,
      );
    case 'multi':
      return multi(field, around);
    case 'file':
      return files(field, around);
    default:
      return html`<input class="input ${field.type}" type=${INPUTS[field.type]} id=${around.id} name=${field.name} value=${initial(field)} placeholder=${field.placeholder ?? ''} aria-required=${flag(field.required)} aria-invalid=${flag(around.wrong)}
        aria-describedby=${around.notes} min=${field.min ?? nothing} max=${field.max ?? nothing} step=${field.step ?? (field.type === 'number' ? 'any' : nothing)} maxlength=${field.maxLength ?? nothing} autocomplete="off">`;
  }
}

function flag(on: boolean): 'true' | 'false' {
  return on ? 'true' : 'false';
}

function initial(field: Field): string {
  return typeof field.initial === 'string' ? field.initial : '';
}

function range(field: Field, around: Around): TemplateResult {
  const show = (event: Event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.nextElementSibling)
      input.nextElementSibling.textContent = input.value;
  };
  const value = initial(field) || String(field.min ?? 0);
  return html`<span class="range"><input type="range" id=${around.id} name=${field.name} min=${field.min ?? 0} max=${field.max ?? 100} step=${field.step ?? 1} value=${value} aria-describedby=${around.notes} @input=${show}><output for=${around.id}>${value}</output></span>`;
}

/** A fixed list, or a text with suggestions where there are more choices than a list holds. */
function choice(field: Field, around: Around, choices: readonly Choice[]): TemplateResult {
  const value = initial(field);
  const option = field.suggest;
  if (option === null) {
    return html`<select class="input" id=${around.id} name=${field.name} aria-required=${flag(field.required)} aria-invalid=${flag(around.wrong)} aria-describedby=${around.notes}>
      <option value="" ?selected=${value === ''}>${field.placeholder ?? (field.required ? 'Choose…' : 'None')}</option>
      ${choices.map((one) => html`<option value=${one.value} ?selected=${one.value === value}>${one.label}</option>`)}</select>`;
  }
  const look = looking(field.name, option);
  const list = suggested.get(field.name) ?? choices;
  return html`<input class="input" id=${around.id} name=${field.name} value=${value} list="${around.id}-list" placeholder=${field.placeholder ?? 'Type to find'} autocomplete="off" aria-required=${flag(field.required)} aria-invalid=${flag(around.wrong)}
    aria-describedby=${around.notes} @input=${look} @focus=${look}><datalist id="${around.id}-list">${list.map((one) => html`<option value=${one.value} label=${one.label}></option>`)}</datalist>`;
}

/** Has suggestions fetched for what is typed into an input. */
function looking(name: string, option: string): (event: Event) => void {
  return (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const typed = event.target.value;
    void ask({ type: 'suggest', to: state.current, command: '', option, typed }).then((answer) => {
      if (answer.type !== 'suggestions') return;
      suggested.set(name, answer.choices);
      change(() => undefined);
    });
  };
}

/** Boxes to tick. Where they are suggested: those that are ticked, and those that fit what is typed above them. */
function multi(field: Field, around: Around): TemplateResult {
  const initial = Array.isArray(field.initial) ? field.initial.filter((one) => typeof one === 'string') : [];
  const option = field.suggest;
  if (option === null) {
    const box = (one: Choice) =>
      html`<input type="checkbox" name=${field.name} value=${one.value} ?checked=${initial.includes(one.value)}>`;
    return boxes(around, field.choices, box);
  }
  const chosen =
    ticked.get(field.name) ?? new Map(initial.map((value) => [value, { label: value, value, hint: null }]));
  ticked.set(field.name, chosen);
  const tick = (one: Choice) => {
    if (!chosen.delete(one.value)) chosen.set(one.value, one);
    change(() => undefined);
  };
  const found = (suggested.get(field.name) ?? []).filter((one) => !chosen.has(one.value));
  const look = looking(field.name, option);
  const stay = (event: KeyboardEvent) => event.key === 'Enter' && event.preventDefault();
  return html`<input class="input" type="search" id=${around.id} placeholder=${field.placeholder ?? 'Type to find'} autocomplete="off" aria-labelledby="${around.id}-label" aria-describedby=${around.notes} @input=${look} @focus=${look} @keydown=${stay}>
    ${boxes(
      around,
      [...chosen.values(), ...found],
      (one) =>
        html`<input type="checkbox" name=${field.name} value=${one.value} .checked=${chosen.has(one.value)} @change=${() => tick(one)}>`,
    )}`;
}

function boxes(around: Around, choices: readonly Choice[], box: (one: Choice) => TemplateResult): TemplateResult {
  return html`<div class="checks" role="group" aria-labelledby="${around.id}-label" aria-describedby=${around.notes}>
    ${choices.map((one) => html`<label class="check">${box(one)}<span>${one.label}${one.hint === null ? nothing : html`<small>${one.hint}</small>`}</span></label>`)}
  </div>`;
}

function files(field: Field, around: Around): TemplateResult {
  return html`<div class="file-field">
    <input type="file" id=${around.id} multiple aria-describedby=${around.notes} data-testid="field-file" @change=${(
      event: Event,
    ) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement)) return;
      around.addFiles([...(input.files ?? [])]);
      input.value = '';
    }}>
    ${around.files.length === 0 ? nothing : html`<ul class="chips" aria-label="${field.label}: files">${around.files.map((one) => html`<li class="file-chip ${one.failed ? 'failed' : ''}" data-ready=${flag(one.file !== null)}>${icon('file')}<span>${one.name}</span><small>${one.failed ?? (one.file ? sizeOf(one.file.size) : `${Math.round(one.progress * 100)} %`)}</small><button type="button" class="icon-button" aria-label="Take out ${one.name}" @click=${() => around.removeFile(one)}>${icon('close')}</button></li>`)}</ul>`}
  </div>`;
}
