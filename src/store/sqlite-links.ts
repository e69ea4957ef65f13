import * as z from 'zod';
import type { Link, Links } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';

const linkRow = z.object({
  user: z.string(),
  service: z.string(),
  sealed: z.string(),
  account: z.string(),
  createdAt: z.number(),
  refusedAt: z.number().nullable(),
}) satisfies z.ZodType<Link>;

/** The links table. The credential comes and goes sealed: whoever links a person holds the vault. */
export function sqliteLinks(file: SqliteFile): Links {
  const get = file.prepare(`
    select user, service, sealed, account, created_at as "createdAt", refused_at as "refusedAt" from links
    where user = :user and service = :service`);
  const put = file.prepare(`
    insert or replace into links (user, service, sealed, account, created_at, refused_at)
    values (:user, :service, :sealed, :account, :createdAt, :refusedAt)`);
  const list = file.prepare(`
    select user, service, sealed, account, created_at as "createdAt", refused_at as "refusedAt" from links
    where service = :service order by user`);
  const remove = file.prepare('delete from links where user = :user and service = :service');

  return {
    get: (user, service) =>
      file.read(() => {
        const row = get.get({ user, service });
        return row === undefined ? null : linkRow.parse(row);
      }),
    put: ({ user, service, sealed, account, createdAt, refusedAt }) =>
      file.write(() => void put.run({ user, service, sealed, account, createdAt, refusedAt })),
    delete: (user, service) => file.write(() => remove.run({ user, service }).changes === 1),
    list: (service) => file.read(() => list.all({ service }).map((row) => linkRow.parse(row))),
  };
}
