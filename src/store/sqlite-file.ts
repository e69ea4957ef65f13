import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Failure } from '../chat/errors.ts';
import { migrate } from './migrations.ts';
import { sqliteFailure } from './sqlite-failure.ts';

/** How long a write waits for another process's lock. It blocks this process meanwhile, and platforms wait three seconds for us. */
const lockWaitMs = 2_000;

/** An open database as the tables beside this file use it. */
export interface SqliteFile {
  /** Compiles a statement: once for each, when the store opens. */
  prepare(sql: string): StatementSync;
  /** Does work that is at most one statement. What it throws becomes a rejection with a `Failure`. */
  run<T>(work: () => T): Promise<T>;
  /** Does work in one transaction that holds the write lock from its start; all of it happens or nothing. */
  transaction<T>(work: () => T): Promise<T>;
  /** Closes the file and folds the journal into it. Safe to call twice; later calls of the above reject. */
  close(): void;
}

/**
 * Opens or makes the file (mode 0600, its folder 0700 when it is made) and brings its tables up to date. `:memory:` keeps
 * everything in this process. Throws a `Failure` that says how to mend it when that is impossible.
 */
export function openSqliteFile(path: string): SqliteFile {
  // Made absolute, so that a name that begins with `file:` is a name and not an address with options.
  const place = path === ':memory:' ? path : resolve(path);
  let db: DatabaseSync | null = null;
  try {
    if (place !== ':memory:') prepareFile(place);
    db = new DatabaseSync(place, { timeout: lockWaitMs, enableForeignKeyConstraints: true, allowExtension: false });
    // FULL: a commit is on the disk before it is acknowledged. secure_delete: expired text is overwritten, not only forgotten.
    db.exec('pragma synchronous = full; pragma secure_delete = on');
    migrate(db);
    // Last, since it changes the file: by now it is known to be ours.
    db.exec('pragma journal_mode = wal');
    return sqliteFile(db, place);
  } catch (error) {
    db?.close();
    throw sqliteFailure(error, place);
  }
}

function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const { mode, uid } = statSync(path);
  // A file of our own that others can read is closed to them; somebody else's file keeps the rights its owner chose.
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(path, 0o600);
}

function sqliteFile(db: DatabaseSync, path: string): SqliteFile {
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  const rollback = db.prepare('rollback');

  async function run<T>(work: () => T): Promise<T> {
    if (!db.isOpen) throw new Failure(closed);
    try {
      return work();
    } catch (error) {
      throw sqliteFailure(error, path);
    }
  }

  return {
    prepare: (sql) => db.prepare(sql),
    run,
    transaction: (work) =>
      run(() => {
        begin.run();
        try {
          const result = work();
          commit.run();
          return result;
        } catch (error) {
          // SQLite has already rolled back after some errors, a full disk among them.
          if (db.isTransaction) rollback.run();
          throw error;
        }
      }),
    close() {
      if (db.isOpen) db.close();
    },
  };
}

const closed = {
  kind: 'stopped',
  retry: { when: 'later' },
  say: 'I am just being restarted. Please try again in a minute.',
  detail: 'sqlite: the store has been closed',
} as const;
