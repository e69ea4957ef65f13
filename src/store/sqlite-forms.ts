import * as z from 'zod';
import type { FormSession, FormSessions } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';

const formRow = z.object({
  id: z.string(),
  user: z.string(),
  kind: z.string(),
  data: z.string(),
  expiresAt: z.number(),
}) satisfies z.ZodType<FormSession>;

/** The table of form sessions. */
export function sqliteForms(file: SqliteFile): FormSessions {
  const get = file.prepare(`
    select id, user, kind, data, expires_at as "expiresAt" from forms where id = :id and expires_at > :now`);
  const list = file.prepare(`
    select id, user, kind, data, expires_at as "expiresAt" from forms where kind = :kind and expires_at > :now`);
  const put = file.prepare(`
    insert or replace into forms (id, user, kind, data, expires_at) values (:id, :user, :kind, :data, :expiresAt)`);
  const remove = file.prepare('delete from forms where id = :id');

  return {
    get: (id, now) =>
      file.read(() => {
        const row = get.get({ id, now });
        return row === undefined ? null : formRow.parse(row);
      }),
    list: (kind, now) => file.read(() => list.all({ kind, now }).map((row) => formRow.parse(row))),
    put: ({ id, user, kind, data, expiresAt }) => file.write(() => void put.run({ id, user, kind, data, expiresAt })),
    delete: (id) => file.write(() => void remove.run({ id })),
  };
}
