import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { Failure, type Problem } from '../chat/errors.ts';

/** Worse than not to start is to start and lose every other question. */
const NOT_WHOLE = 'The data file is damaged. Stop Parley and put back a copy of it.';

/** SQLite's primary result codes that somebody can do something about (sqlite.org, "Result and Error Codes"). */
const known: Readonly<Record<number, Omit<Problem, 'detail'>>> = {
  3: forbidden(), // PERM
  5: locked(), // BUSY
  6: locked(), // LOCKED
  8: forbidden(), // READONLY
  10: {
    kind: 'unreachable',
    retry: { when: 'later' },
    say: 'The disk with my data does not take what I write: it may be full or failing. Look at its free space and health, then start Parley again.',
  }, // IOERR
  11: damaged(NOT_WHOLE), // CORRUPT
  13: {
    kind: 'busy',
    retry: { when: 'later' },
    say: 'The disk with my data is full, so I cannot take anything on. Free some space there; it then works again by itself.',
  }, // FULL
  14: {
    kind: 'forbidden',
    retry: { when: 'never' },
    say: 'The data file cannot be opened. Give the user that runs Parley the right to write in its folder, or set PARLEY_STORE to another place.',
  }, // CANTOPEN
  18: {
    kind: 'too-large',
    retry: { when: 'never' },
    say: 'This is more than I can keep in one piece. Please send less.',
  }, // TOOBIG
  26: damaged('The data file is not a database. Set PARLEY_STORE to a new file, or put back a copy of the old one.'), // NOTADB
};

const sqliteError = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.number(), message: z.string() });
const fileError = z.object({ code: z.string(), syscall: z.string() });

/** Throws a {@link Failure} when a page of the database is damaged. Reads the whole file: less than a second for 100 MB. */
export function expectWhole(db: DatabaseSync, path: string): void {
  const found = db.prepare('pragma quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new Failure({ ...damaged(NOT_WHOLE), detail: `sqlite ${path}: ${String(found)}` });
}

/**
 * What was thrown while the store worked, as a {@link Failure} with a sentence that says how to mend it. `path` goes to the log
 * only. Details never hold a row's values: SQLite's messages name columns, and of a row that cannot be read only the field is told.
 */
export function sqliteFailure(thrown: unknown, path: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const options = { cause: thrown };
  const sqlite = sqliteError.safeParse(thrown);
  if (sqlite.success) {
    const { errcode, message } = sqlite.data;
    // The low byte is the primary code; the rest only says which kind of it.
    return new Failure(
      { ...(known[errcode & 0xff] ?? bug()), detail: `sqlite ${path}: ${message} (code ${errcode})` },
      options,
    );
  }
  if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) {
    const where = thrown instanceof z.ZodError ? thrown.issues.map(({ path }) => path.join('.')).join(', ') : 'JSON';
    return new Failure({ ...unreadable(), detail: `sqlite ${path}: a row cannot be read: ${where}` });
  }
  const file = fileError.safeParse(thrown);
  if (file.success) {
    const problem = file.data.code === 'ENOSPC' ? known[13] : known[14];
    return new Failure({ ...(problem ?? bug()), detail: `${path}: ${file.data.syscall} ${file.data.code}` }, options);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure({ ...bug(), detail: `sqlite ${path}: ${message}` }, options);
}

function forbidden(): Omit<Problem, 'detail'> {
  return {
    kind: 'forbidden',
    retry: { when: 'never' },
    say: 'The data file can be read but not written. Give the user that runs Parley the right to write it and its folder.',
  };
}

function locked(): Omit<Problem, 'detail'> {
  return {
    kind: 'busy',
    retry: { when: 'after', ms: 1_000 },
    say: 'Another program keeps the data file locked. Close it, or let only one Parley use this file.',
  };
}

function damaged(say: string): Omit<Problem, 'detail'> {
  return { kind: 'malformed', retry: { when: 'never' }, say };
}

function unreadable(): Omit<Problem, 'detail'> {
  return damaged('A piece of my data cannot be read. Please tell whoever runs me.');
}

function bug(): Omit<Problem, 'detail'> {
  return {
    kind: 'bug',
    retry: { when: 'later' },
    say: 'Something went wrong while I kept my notes. Please try again; if it keeps happening, tell whoever runs me.',
  };
}
