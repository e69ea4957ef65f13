import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../src/chat/errors.ts';

/** Layout of the file; a file of another number is not touched. */
const LAYOUT = 1;

const tables = `
create table book (id text not null, seq integer not null);
create table people (id text primary key, name text not null, key_hash blob not null, at integer not null);
create table conversations (
  id text primary key, channel text not null, thread text, kind text not null, owner text,
  title text, titled_by text, at integer not null, used_at integer not null, seq integer not null
);
create index conversations_seq on conversations (seq);
create table messages (
  id integer primary key autoincrement, conversation text not null, root integer not null, author text not null,
  reader text, text text not null, shown text, files text not null, reactions text not null,
  key text unique, n text, sent integer not null, gone integer not null, edited integer not null,
  at integer not null, seq integer not null
);
create index messages_conversation on messages (conversation, id);
create index messages_seq on messages (conversation, seq);
create unique index messages_n on messages (author, n) where n is not null;
create table files (id text primary key, name text not null, type text not null, size integer not null, bytes blob not null, owner text not null, at integer not null);
create table forms (id text primary key, person text not null, form text not null, place text not null, private integer not null, expires_at integer not null);
`;

/**
 * Opens or makes the page's own data file (mode 0600, a new folder 0700); `:memory:` keeps everything in this process.
 * A commit survives the end of the process at once, and a power cut but for the last moments. Throws a `Failure` that says how to mend it.
 */
export function openBookFile(path: string): DatabaseSync {
  const place = path === ':memory:' ? path : resolve(path);
  let db: DatabaseSync | null = null;
  try {
    if (place !== ':memory:') {
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      closeSync(openSync(place, 'a', 0o600));
      chmodSync(place, 0o600);
    }
    db = new DatabaseSync(place, { timeout: 2_000, allowExtension: false });
    db.exec('pragma secure_delete = on');
    const layout = db.prepare('pragma user_version').get()?.user_version;
    if (layout === 0) {
      db.exec(`begin immediate; ${tables} pragma user_version = ${LAYOUT}; commit`);
    } else if (layout !== LAYOUT) throw new Error(`layout ${layout}, not ${LAYOUT}`);
    // Came later: files that are older have all else.
    db.exec('create table if not exists door (key text not null)');
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    return db;
  } catch (error) {
    db?.close();
    throw bookFailure(place, error);
  }
}

/** Why the page's data file is of no use, and how to mend it. */
export function bookFailure(place: string, error: unknown): Failure {
  const say = `The local page cannot keep its messages in ${place}. Give the user that runs Parley the right to write there, or move the file away if it is damaged or of a newer Parley.`;
  const detail = error instanceof Error ? error.message : String(error);
  return new Failure(
    { kind: 'forbidden', retry: { when: 'never' }, say, detail: `local: ${place}: ${detail}` },
    { cause: error },
  );
}
