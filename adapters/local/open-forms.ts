import * as z from 'zod';
import { FIELD_TYPES, type FieldType, type Form } from '../../src/chat/forms.ts';
import type { Place } from '../../src/chat/places.ts';
import type { Pages } from './book.ts';

/** A form that somebody has open: what its fields are, and where the answer belongs. */
export interface OpenForm {
  readonly person: string;
  /** Field types by name: all that is needed to read what is sent in. */
  readonly types: ReadonlyMap<string, FieldType>;
  readonly place: Place;
  /** Only they see what comes of it. */
  readonly private: boolean;
}

/** Forms that were shown, so that one sent in after a restart is still understood. */
export interface OpenForms {
  put(form: Form, open: Omit<OpenForm, 'types'>, now: number): void;
  get(id: string, now: number): OpenForm | null;
}

const KEPT_MS = 24 * 3_600_000;

const fieldsJson = z.array(z.tuple([z.string(), z.enum(FIELD_TYPES)]));
const placeJson = z.object({
  platform: z.string(),
  team: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
}) satisfies z.ZodType<Place>;
const row = z.object({ person: z.string(), form: z.string(), place: z.string(), private: z.number() });

/** See {@link OpenForms}. */
export function createOpenForms({ db }: Pages): OpenForms {
  const insert = db.prepare(
    'insert or replace into forms (id, person, form, place, private, expires_at) values (?, ?, ?, ?, ?, ?)',
  );
  const select = db.prepare('select person, form, place, private from forms where id = ? and expires_at > ?');
  const sweep = db.prepare('delete from forms where expires_at <= ?');
  return {
    put(form, open, now) {
      sweep.run(now);
      const fields = JSON.stringify(form.fields.map((field) => [field.name, field.type]));
      insert.run(form.id, open.person, fields, JSON.stringify(open.place), open.private ? 1 : 0, now + KEPT_MS);
    },
    get(id, now) {
      const found = select.get(id, now);
      if (!found) return null;
      const { person, form, place, private: hidden } = row.parse(found);
      return {
        person,
        types: new Map(fieldsJson.parse(JSON.parse(form))),
        place: placeJson.parse(JSON.parse(place)),
        private: hidden === 1,
      };
    },
  };
}
