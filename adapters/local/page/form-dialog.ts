import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Field } from '../../../src/chat/forms.ts';
import type { FromPage } from '../protocol.ts';
import { ask } from './connection.ts';
import { fieldInput, freshFields } from './form-fields.ts';
import { change, set, state, toast } from './state.ts';
import { type Attached, upload } from './uploads.ts';

type Values = Extract<FromPage, { type: 'form' }>['values'];

/** Files chosen in the form that is open, by field. */
const chosen = new Map<string, Attached[]>();
/** The form that is open. One that takes its place is another, also under the same id. */
let open: object | null = null;

/** The form that the host asked for, as a dialog; nothing when there is none. */
export function formDialog(): TemplateResult | typeof nothing {
  const now = state.form;
  if (!now) {
    open = null;
    return nothing;
  }
  if (open !== now.form) {
    open = now.form;
    chosen.clear();
    freshFields();
  }
  const { form, errors, sending } = now;
  const shown = (element: Element | undefined) => {
    // The template is filled before it stands in the page.
    queueMicrotask(() => {
      if (element instanceof HTMLDialogElement && element.isConnected && !element.open) element.showModal();
    });
  };
  const general = Object.entries(errors).filter(([name]) => !form.fields.some((field) => field.name === name));
  const dialog = html`<dialog class="dialog" ${ref(shown)} aria-labelledby="form-title" data-testid="form" data-form=${form.id} @close=${close} @cancel=${close}>
    <form @submit=${(event: Event) => void submit(event)} novalidate>
      <h2 id="form-title">${form.title}</h2>
      ${form.intro === null ? nothing : html`<p class="dialog-intro">${form.intro}</p>`}
      ${general.map(([, complaint]) => html`<p class="problem" role="alert">${complaint}</p>`)}
      <div class="fields">${form.fields.map((field) => row(field, errors[field.name] ?? null))}</div>
      <div class="dialog-foot">
        <button type="button" class="outline" @click=${close}>Cancel</button>
        <button class="primary" data-testid="form-submit" ?disabled=${sending}>${form.submit}</button>
      </div>
    </form>
  </dialog>`;
  // Each form has inputs of its own: what was typed into one does not stay in the next.
  return html`${repeat(
    [form],
    (one) => one,
    () => dialog,
  )}`;
}

function row(field: Field, complaint: string | null): TemplateResult {
  const id = `field-${field.name}`;
  const notes = `${id}-notes`;
  const label = html`${field.label}${field.required ? html`<span class="required" title="Must be filled in" aria-hidden="true">*</span>` : nothing}`;
  const group = field.type === 'multi';
  return html`<div class="field ${complaint === null ? '' : 'wrong'}" data-testid="field" data-field=${field.name}>
    ${field.type === 'toggle' ? nothing : group ? html`<span class="field-label" id="${id}-label">${label}</span>` : html`<label class="field-label" for=${id}>${label}</label>`}
    ${fieldInput(field, { id, notes, wrong: complaint !== null, files: chosen.get(field.name) ?? [], addFiles: (list) => add(field, list), removeFile: (file) => remove(field, file) })}
    <div id=${notes} class="field-notes">
      ${complaint === null ? nothing : html`<p class="problem" role="alert">${complaint}</p>`}
      ${field.hint === null ? nothing : html`<p class="hint">${field.hint}</p>`}
    </div>
  </div>`;
}

function add(field: Field, list: Iterable<File>): void {
  for (const file of list) {
    const one = upload(file, () => change(() => undefined));
    if (one) chosen.set(field.name, [...(chosen.get(field.name) ?? []), one]);
  }
  change(() => undefined);
}

function remove(field: Field, file: Attached): void {
  file.cancel();
  chosen.set(
    field.name,
    (chosen.get(field.name) ?? []).filter((one) => one.id !== file.id),
  );
  change(() => undefined);
}

function close(): void {
  set({ form: null });
  document.querySelector<HTMLTextAreaElement>('#composer-text')?.focus();
}

async function submit(event: Event): Promise<void> {
  event.preventDefault();
  const now = state.form;
  const form = event.target;
  if (!now || now.sending || !(form instanceof HTMLFormElement)) return;
  const data = new FormData(form);
  const missing: Record<string, string> = {};
  const values: Values = [];
  for (const field of now.form.fields) {
    const value = read(field, data);
    const empty =
      value === '' || (Array.isArray(value) && value.length === 0) || (field.type === 'toggle' && value === false);
    if (field.required && empty) missing[field.name] = 'Please fill this in.';
    const input = form.elements.namedItem(field.name);
    if (!empty && input instanceof HTMLInputElement && !input.checkValidity())
      missing[field.name] = input.validationMessage;
    values.push([field.name, value]);
  }
  if ([...chosen.values()].flat().some((one) => one.file === null && one.failed === null))
    return toast('A file is still on its way. One moment.');
  if (Object.keys(missing).length > 0) return complain(missing);
  set({ form: { ...now, errors: {}, sending: true } });
  const answer = await ask({ type: 'form', form: now.form.id, values });
  // Another form may have come in answer.
  if (state.form?.form !== now.form) return;
  if (answer.type === 'errors') return complain(answer.fields);
  if (answer.type === 'refused') return complain({ '': answer.why });
  close();
}

function complain(errors: Readonly<Record<string, string>>): void {
  change((now) => {
    if (now.form) now.form = { ...now.form, errors, sending: false };
  });
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('.field.wrong input, .field.wrong textarea, .field.wrong select')?.focus(),
  );
}

function read(field: Field, data: FormData): string | boolean | string[] {
  switch (field.type) {
    case 'toggle':
      return data.get(field.name) !== null;
    case 'multi':
      return data.getAll(field.name).map(String);
    case 'file':
      return (chosen.get(field.name) ?? []).flatMap((one) => (one.file ? [one.file.id] : []));
    default:
      return String(data.get(field.name) ?? '');
  }
}
