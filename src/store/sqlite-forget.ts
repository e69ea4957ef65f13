import * as z from 'zod';
import type { Store } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';

/** A conversation that nobody used for a year goes as a whole: by then only ids stand in it. */
const YEAR_MS = 365 * 86_400_000;

const counted = z.object({ count: z.number() });

/** What ends by itself, and what ends when a person wants it: see `Store.sweep` and `Store.forget`. */
export function sqliteForget(file: SqliteFile, keptMs: number): Pick<Store, 'sweep' | 'forget'> {
  const sweeps = [
    `delete from jobs where expires_at <= :now and state in ('done', 'failed', 'cancelled')`,
    // What nobody has worked off for so long belongs to a platform or a server that is no longer there.
    `delete from jobs where expires_at <= :now - :keptMs
      and not exists (select 1 from leases where leases.job = jobs.seq and until > :now)`,
    // What an unfinished job has posted must be known to whoever takes it up again.
    `delete from outbox where expires_at <= :now
      and not exists (select 1 from jobs where id = outbox.job and state in ('waiting', 'running'))`,
    'delete from forms where expires_at <= :now',
    'delete from settings where expires_at <= :now',
    `update conversations set title = null, newest = null
      where used_at <= :now - :keptMs and (title is not null or newest is not null)`,
    `delete from settings where scope in
      (select 'conversation:' || key from conversations where used_at <= :now - max(:keptMs, ${YEAR_MS}))`,
    `delete from conversations where used_at <= :now - max(:keptMs, ${YEAR_MS})`,
  ].map((sql) => file.prepare(sql));

  const left = file.prepare(
    `select count(*) as count from jobs where person = :person and state in ('waiting', 'running')`,
  );
  const ending = file.prepare(
    `update jobs set expires_at = min(expires_at, :now) where person = :person and state in ('waiting', 'running')`,
  );
  const over = `select id from jobs where person = :person and state in ('done', 'failed', 'cancelled')`;
  const theirs = `select 'conversation:' || key from conversations where asker = :person`;
  const forgets = [
    // Rows beside an answer (the line above it, a shared copy) stand under the job's id with a word behind it.
    `delete from outbox where job in (${over}) or
      (instr(job, ':') > 0 and substr(job, 1, instr(job, ':') - 1) in (${over}))`,
    `delete from jobs where id in (${over})`,
    `delete from settings where person = :person or scope = 'user:' || :person or scope in (${theirs})`,
    'delete from forms where user = :person',
    'delete from conversations where asker = :person',
    'update conversations set chat_id = null, owner = null, title = null, titled_by = null where owner = :person',
  ].map((sql) => file.prepare(sql));

  /** The journal beside the file still holds what was deleted until it is folded in. */
  async function fold<Result>(changed: number, result: Result): Promise<Result> {
    if (changed > 0) await file.fold();
    return result;
  }

  return {
    async sweep(now) {
      const rows = await file.write(() =>
        sweeps.reduce((count, statement) => {
          const wanted = statement.sourceSQL.includes(':keptMs') ? { now, keptMs } : { now };
          return count + Number(statement.run(wanted).changes);
        }, 0),
      );
      return fold(rows, rows);
    },
    async forget(person, now) {
      const forgotten = await file.write(() => {
        ending.run({ person, now });
        const deleted = forgets.reduce((count, statement) => count + Number(statement.run({ person }).changes), 0);
        return { deleted, left: counted.parse(left.get({ person })).count };
      });
      return fold(forgotten.deleted, forgotten);
    },
  };
}
