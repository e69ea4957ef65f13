import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { FormEvent } from '../chat/events.ts';
import type { Form, FormValue } from '../chat/forms.ts';
import type { FileRef, Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { userKey } from '../chat/places.ts';
import { Secret } from '../chat/secret.ts';
import { fieldsOf } from '../commands/form.ts';
import type { Command } from '../commands/registry.ts';
import type { FormSessions } from '../store/port.ts';

/** Forms being filled in: kept an hour, each for one person, also over a restart. */
export interface FormDesk {
  /** Opens a session for a command and gives its form, filled in with what was typed already. */
  open(
    command: Command,
    typed: ReadonlyMap<string, FormValue>,
    use: FormUse,
    errors: Readonly<Record<string, string>>,
  ): Promise<Form>;
  /** What was sent in, merged with what was typed before; null when the form is not open (any more) or is somebody else's. */
  read(event: FormEvent): Promise<FilledForm | null>;
  close(id: string): Promise<void>;
}

/** Where and by whom the form was opened. */
export interface FormUse {
  readonly author: Person;
  readonly place: Place;
  readonly conversation: Place;
}

/** A form that was sent in. */
export interface FilledForm {
  /** The name of the command. */
  readonly command: string;
  readonly place: Place;
  readonly conversation: Place;
  readonly values: ReadonlyMap<string, FormValue>;
  /** Files of all file fields. */
  readonly files: readonly FileRef[];
}

const KEPT_MS = 3_600_000;

const place = z.object({
  platform: z.string(),
  team: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
});
const kept = z.object({
  command: z.string(),
  place,
  conversation: place,
  typed: z.array(z.tuple([z.string(), z.string()])),
});

/** See {@link FormDesk}. */
export function createFormDesk(sessions: FormSessions, clock: Clock): FormDesk {
  return {
    async open(command, typed, use, errors) {
      const id = randomBytes(16).toString('base64url');
      const texts = [...typed].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      await sessions.put({
        id,
        user: userKey(use.author.ref),
        kind: 'command',
        data: JSON.stringify({ command: command.name, place: use.place, conversation: use.conversation, typed: texts }),
        expiresAt: clock.now() + KEPT_MS,
      });
      const missing = new Set(
        command.options.filter((option) => option.required && !typed.has(option.name)).map((option) => option.name),
      );
      return {
        id,
        title: `/${command.name}`,
        intro: command.summary,
        submit: 'Send',
        fields: fieldsOf(command, typed),
        // A field that is empty because the form has just been opened is no mistake yet.
        errors: Object.fromEntries(Object.entries(errors).filter(([name]) => !missing.has(name))),
      };
    },
    async read(event) {
      const session = await sessions.get(event.form, clock.now());
      if (!session || session.user !== userKey(event.author.ref)) return null;
      const read = kept.safeParse(JSON.parse(session.data));
      if (!read.success) return null;
      const { command, conversation } = read.data;
      const values = new Map<string, FormValue>(read.data.typed);
      const files: FileRef[] = [];
      for (const [name, value] of event.values) {
        values.set(name, value);
        if (Array.isArray(value)) for (const entry of value) if (typeof entry === 'object') files.push(entry);
      }
      for (const [name, value] of values) if (value instanceof Secret) values.delete(name);
      return { command, conversation, place: read.data.place, values, files };
    },
    close: (id) => sessions.delete(id),
  };
}
