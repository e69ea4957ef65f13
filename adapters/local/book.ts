import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { Secret } from '../../src/chat/secret.ts';
import { bookFailure, openBookFile } from './book-file.ts';
import { type Conversations, createConversations } from './conversations.ts';
import { createFiles, type Files } from './files.ts';
import { createMessages, type Messages } from './messages.ts';
import { createOpenForms, type OpenForms } from './open-forms.ts';
import { createPeople, type People } from './people.ts';

/** Everything that the local page keeps. Each change gets the next number, so that a page can ask for what it missed. */
export interface Book {
  /** Names this data file; another file's change numbers mean nothing. */
  readonly id: string;
  /** Random, and lasts as long as the file: what browsers were let in by, where no token is set. */
  readonly doorKey: Secret;
  readonly people: People;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly files: Files;
  readonly forms: OpenForms;
  /** The number of the newest change. */
  seq(): number;
  /** All of `work` is kept, or nothing. */
  together<T>(work: () => T): T;
  close(): void;
}

/** What the tables share. */
export interface Pages {
  readonly db: DatabaseSync;
  /** The number for the next change. */
  next(): number;
}

const head = z.object({ id: z.string(), seq: z.number() });
const door = z.object({ key: z.string().min(16) });

/** Opens the data file. Throws a `Failure` that says how to mend it. */
export function openBook(file: string): Book {
  const db = openBookFile(file);
  try {
    return bookOf(db);
  } catch (error) {
    db.close();
    throw bookFailure(file, error);
  }
}

function bookOf(db: DatabaseSync): Book {
  const found = db.prepare('select id, seq from book').get();
  const begun = found ? head.parse(found) : { id: randomBytes(12).toString('base64url'), seq: 0 };
  if (!found) db.prepare('insert into book (id, seq) values (?, ?)').run(begun.id, begun.seq);
  const kept = db.prepare('select key from door').get();
  const { key } = kept ? door.parse(kept) : { key: randomBytes(32).toString('base64url') };
  if (!kept) db.prepare('insert into door (key) values (?)').run(key);
  let seq = begun.seq;
  const keep = db.prepare('update book set seq = ?');
  const pages: Pages = {
    db,
    next() {
      seq += 1;
      keep.run(seq);
      return seq;
    },
  };
  return {
    id: begun.id,
    doorKey: new Secret(key),
    people: createPeople(pages),
    conversations: createConversations(pages),
    messages: createMessages(pages),
    files: createFiles(pages),
    forms: createOpenForms(pages),
    seq: () => seq,
    together(work) {
      if (db.isTransaction) return work();
      db.exec('begin immediate');
      try {
        const result = work();
        db.exec('commit');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('rollback');
        throw error;
      }
    },
    close() {
      if (db.isOpen) db.close();
    },
  };
}
