import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Failure } from '../chat/errors.ts';
import { migrate } from './migrations.ts';
import { expectWhole, sqliteFailure } from './sqlite-failure.ts';

/** How long a write waits for another process's lock. It blocks this process meanwhile, and platforms wait three seconds for us. */
const lockWaitMs = 2_000;

/** An open database as the tables beside this file use it. */
export interface SqliteFile {
  /** Compiles a statement: once for each, when the store opens. */
  prepare(sql: string): StatementSync;
  /** Reads, at once, also what has just been written. What it throws becomes a rejection with a `Failure`. */
  read<T>(work: () => T): Promise<T>;
  /**
   * Writes; all of it happens or nothing. Resolves once it is on the disk. Writes that come close together are committed
   * together, in their order.
   */
  write<T>(work: () => T): Promise<T>;
  /** Folds the journal into the file and empties it, so that what was deleted stands nowhere any more. Best effort: another process may be reading. */
  fold(): Promise<void>;
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
    expectWhole(db, place);
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
  const savepoint = db.prepare('savepoint one');
  const release = db.prepare('release one');
  const undo = db.prepare('rollback to one');
  let waiting: Write[] = [];

  /**
   * Commits all writes that wait, in their order: the disk is waited for once, not once for each. The lock is never held
   * between two turns of the event loop, so another handle of this process can write too.
   */
  function flush(): void {
    const writes = waiting;
    waiting = [];
    if (writes.length === 0) return;
    let failure: Error | null = null;
    try {
      begin.run();
      for (const write of writes) attempt(write);
      commit.run();
    } catch (error) {
      // SQLite has already rolled back everything after some errors, a full disk among them.
      if (db.isTransaction) rollback.run();
      failure = sqliteFailure(error, path);
    }
    for (const write of writes) write.settle(failure);
  }

  /** One write of several: what it throws undoes it alone. */
  function attempt(write: Write): void {
    savepoint.run();
    try {
      write.work();
    } catch (error) {
      if (!db.isTransaction) throw error;
      undo.run();
      write.failed = sqliteFailure(error, path);
    }
    release.run();
  }

  return {
    prepare: (sql) => db.prepare(sql),
    async read(work) {
      if (!db.isOpen) throw new Failure(closed);
      flush();
      try {
        return work();
      } catch (error) {
        throw sqliteFailure(error, path);
      }
    },
    write<T>(work: () => T) {
      if (!db.isOpen) return Promise.reject(new Failure(closed));
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      let done = (): void => undefined;
      const write: Write = {
        failed: null,
        work() {
          const result = work();
          done = () => resolve(result);
        },
        settle(failure) {
          const why = failure ?? write.failed;
          if (why === null) done();
          else reject(why);
        },
      };
      waiting.push(write);
      if (waiting.length === 1) setImmediate(flush);
      return promise;
    },
    async fold() {
      if (!db.isOpen) return;
      flush();
      db.prepare('pragma wal_checkpoint(truncate)').get();
    },
    close() {
      if (!db.isOpen) return;
      flush();
      db.close();
    },
  };
}

/** A write that waits for its commit. */
interface Write {
  /** Why it alone was undone. */
  failed: Error | null;
  work(): void;
  /** The commit has ended; with what failed for all, or null. */
  settle(failure: Error | null): void;
}

const closed = {
  kind: 'stopped',
  retry: { when: 'later' },
  say: 'I am being restarted. Please try again in a minute.',
  detail: 'sqlite: the store has been closed',
} as const;
