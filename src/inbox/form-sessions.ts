import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import { FIELD_TYPES, type Field, type Form, type FormValue } from '../chat/forms.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { MessageRef, Place } from '../chat/places.ts';
import { userKey } from '../chat/places.ts';
import { Secret } from '../chat/secret.ts';
import type { FormSessions } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';

/** A form being filled in: kept an hour, for one person, also over a restart. What was typed stays in it until it is done. */
export interface Session {
  readonly id: string;
  /** The name of the only person who may send it in. */
  readonly owner: string;
  /** The path of the command it belongs to. */
  readonly command: string;
  readonly place: Place;
  readonly conversation: Place;
  /** The message the command was typed in, if it was. */
  readonly message: MessageRef | null;
  /** The message the command was used on. */
  readonly target: Message | null;
  readonly files: readonly FileRef[];
  readonly options: ReadonlyMap<string, FormValue>;
  readonly title: string;
  readonly intro: string | null;
  readonly submit: string;
  readonly fields: readonly Field[];
  /** What was typed into the fields, by their names. */
  readonly values: ReadonlyMap<string, FormValue>;
  /** The note of a command's own form; null when the fields are the command's options. */
  readonly note: string | null;
}

/** The rows of forms. */
export interface FormDesk {
  /** Keeps a form, or what was typed into it since. Secrets are left out. */
  save(session: Session, owner: Person['ref']): Promise<void>;
  /** The session and step that a form's id names; `owner` is whose it is where it is somebody else's; null when it is over. */
  find(form: string, person: Person): Promise<{ session: Session; step: number } | { owner: string } | null>;
  close(session: Session): Promise<void>;
}

const KEPT_MS = 3_600_000;
const { place, file, messageRef, message } = storedShapes;

/** A fresh name for a session: hexadecimal, so that `_` and a step can follow it. */
export function newSessionId(): string {
  return randomBytes(12).toString('hex');
}

const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.array(file)]);
const values = z.array(z.tuple([z.string(), value])).transform((entries) => new Map<string, FormValue>(entries));
const choice = z.object({ label: z.string(), value: z.string(), hint: z.string().nullable() });
const field = z.object({
  name: z.string(),
  type: z.enum(FIELD_TYPES),
  label: z.string(),
  hint: z.string().nullable(),
  placeholder: z.string().nullable(),
  required: z.boolean(),
  initial: value.nullable(),
  choices: z.array(choice),
  suggest: z.string().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable(),
  maxLength: z.number().nullable(),
}) satisfies z.ZodType<Field>;
const kept = z.object({
  id: z.string(),
  owner: z.string(),
  command: z.string(),
  place,
  conversation: place,
  message: messageRef.nullable(),
  target: message.nullable(),
  files: z.array(file),
  options: values,
  title: z.string(),
  intro: z.string().nullable(),
  submit: z.string(),
  fields: z.array(field),
  values,
  note: z.string().nullable(),
}) satisfies z.ZodType<Session>;

/** See {@link FormDesk}. */
export function createFormDesk(sessions: FormSessions, clock: Clock): FormDesk {
  return {
    save: (session, owner) =>
      sessions.put({
        id: session.id,
        user: userKey(owner),
        kind: 'command',
        data: JSON.stringify({ ...session, options: storable(session.options), values: storable(session.values) }),
        expiresAt: clock.now() + KEPT_MS,
      }),
    async find(form, person) {
      const [id = '', step = '0'] = form.split('_');
      const row = await sessions.get(id, clock.now());
      const read = kept.safeParse(row?.kind === 'command' ? JSON.parse(row.data) : null);
      if (!row || !read.success) return null;
      if (row.user !== userKey(person.ref)) return { owner: read.data.owner };
      return { session: read.data, step: Number(step) };
    },
    close: (session) => sessions.delete(session.id),
  };
}

function storable(entries: ReadonlyMap<string, FormValue>): [string, FormValue][] {
  return [...entries].filter(([, one]) => !(one instanceof Secret));
}

/** A secret is asked for anew: it is never sent back to where it was typed. */
function shown(typed: FormValue | undefined): FormValue | undefined {
  return typed instanceof Secret ? undefined : typed;
}

/** How many steps a form has where a platform shows at most `most` fields at once. */
export function stepCount(session: Session, most: number | null): number {
  return most === null ? 1 : Math.max(1, Math.ceil(session.fields.length / most));
}

/** The step that a field stands in, from 0. */
export function stepOf(session: Session, name: string, most: number | null): number {
  const at = session.fields.findIndex((one) => one.name === name);
  return most === null || at === -1 ? 0 : Math.floor(at / most);
}

/** The first step after this one that has not been sent in yet; null when the form is whole: nobody sends a step twice to mend another. */
export function nextStep(session: Session, step: number, most: number | null): number | null {
  const open = session.fields.find(
    ({ name }) => stepOf(session, name, most) > step && !wasSent(session, stepOf(session, name, most), most),
  );
  return open ? stepOf(session, open.name, most) : null;
}

function wasSent(session: Session, step: number, most: number | null): boolean {
  return session.fields.some(({ name }) => stepOf(session, name, most) === step && session.values.has(name));
}

/** What stands in the fields of a step that the platform could not show, since it was too long: it stays as it is. Pure. */
export function unshownIn(
  session: Session,
  step: number,
  most: number | null,
  sent: ReadonlyMap<string, FormValue>,
): [string, FormValue][] {
  return session.fields.flatMap(({ name, initial }): [string, FormValue][] =>
    initial === null || sent.has(name) || stepOf(session, name, most) !== step ? [] : [[name, initial]],
  );
}

/** One step of a session as a form, filled in with what was typed already. Pure. */
export function formOf(
  session: Session,
  step: number,
  most: number | null,
  errors: ReadonlyMap<string, string> = new Map(),
): Form {
  const steps = stepCount(session, most);
  const fields = most === null ? session.fields : session.fields.slice(step * most, (step + 1) * most);
  const named = new Set(fields.map((one) => one.name));
  return {
    id: `${session.id}_${step}`,
    title: steps > 1 ? `${session.title} (${step + 1} of ${steps})` : session.title,
    intro: step === 0 ? session.intro : null,
    submit: step + 1 < steps ? 'Continue' : session.submit,
    fields: fields.map((one) => ({ ...one, initial: shown(session.values.get(one.name)) ?? one.initial })),
    errors: Object.fromEntries([...errors].filter(([name]) => named.has(name))),
  };
}
