import type { Answer } from '../chat/adapter.ts';
import type { Trigger } from '../chat/events.ts';
import type { Limits } from '../chat/limits.ts';
import { controlId } from '../turn/control-id.ts';
import { formOf, type Session, stepCount, stepOf } from './form-sessions.ts';

/** How a person comes to a form: what a platform can open depends on it. A `message` has no trigger to open one with. */
export type Way = 'command' | 'click' | 'form' | 'message';

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Shows a step of a form, or a button that opens it: where there is nothing to open it with, and after another form on platforms
 * that answer a form with no second one (those without complaints in it). `why` is said with the button.
 */
export function showStep(
  session: Session,
  step: number,
  by: { readonly way: Way; readonly trigger: Trigger | null; readonly limits: Limits },
  why: string,
  errors: ReadonlyMap<string, string> = NONE,
): Answer {
  const most = by.limits.formFields;
  if (by.trigger !== null && (by.way !== 'form' || by.limits.formFieldErrors))
    return { do: 'form', form: formOf(session, step, most, errors) };
  return withButton(session, step, why, step > 0 && errors.size === 0 ? 'Continue' : 'Fill it in');
}

/** What comes of a form whose values are wrong: complaints in the form where the platform has them, else a note with "Fix it". */
export function showErrors(
  session: Session,
  step: number,
  by: { readonly way: Way; readonly trigger: Trigger | null; readonly limits: Limits },
  errors: ReadonlyMap<string, string>,
): Answer {
  const most = by.limits.formFields;
  const wrong = session.fields.filter((field) => errors.has(field.name));
  const steps = new Set(wrong.map((field) => stepOf(session, field.name, most)));
  if (by.way === 'form' && by.limits.formFieldErrors && [...steps].every((one) => one === step))
    return { do: 'errors', fields: Object.fromEntries(errors) };
  const lines = wrong.map((field) => `- **${field.label.slice(0, 80)}**: ${errors.get(field.name)}`);
  const first = Math.min(...steps, stepCount(session, most) - 1);
  if (by.way === 'form' && by.limits.formFieldErrors) return showStep(session, first, by, '', errors);
  return withButton(session, first, `Nearly there. What you typed is kept.\n\n${lines.join('\n')}`, 'Fix it');
}

/** Words for one person. */
type Said = Extract<Answer, { readonly do: 'say' }>;

/** Words with a button that opens a step of a form. */
export function withButton(session: Session, step: number, markdown: string, label: string): Said {
  const button = { id: controlId('fill', session.id, step), label, style: 'primary', role: 'other' } as const;
  return { do: 'say', private: true, body: { markdown, controls: { buttons: [button], menu: null } } };
}
