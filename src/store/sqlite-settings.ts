import * as z from 'zod';
import type { Settings } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';

const valueRow = z.object({ value: z.string() });

/** What a setting's row has beside its value. */
interface Row {
  readonly person: string | null;
  readonly expiresAt: number | null;
}

/** The settings table. */
export function sqliteSettings(file: SqliteFile): Settings {
  const get = file.prepare('select value from settings where scope = :scope and name = :name');
  const set = file.prepare(`
    insert or replace into settings (scope, name, value, person, expires_at)
    values (:scope, :name, :value, :person, :expiresAt)`);
  const remove = file.prepare('delete from settings where scope = :scope and name = :name');

  return {
    get: (scope, name) =>
      file.read(() => {
        const row = get.get({ scope, name });
        return row === undefined ? null : valueRow.parse(row).value;
      }),
    set: (scope, name, value, { person = null, expiresAt = null }: Partial<Row> = {}) =>
      file.write(() => void set.run({ scope, name, value, person, expiresAt })),
    delete: (scope, name) => file.write(() => void remove.run({ scope, name })),
  };
}
