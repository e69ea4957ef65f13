import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { afterAll } from 'vitest';
import * as z from 'zod';
import { Secret } from '../../src/chat/secret.ts';
import { keysInCells, leaksInFile, leaksInLog } from './scan.ts';

/**
 * Runs beside every test file: all that is logged and every store that is closed is looked through for the secrets that were used in
 * that file (each that was ever revealed), for what looks like one, and the log for people's and models' words too. A file in which
 * something is found fails. It hooks into the libraries, so that no test can forget it.
 */

/** Lines that are looked through; a bench-like test may write more than is worth keeping. */
const MOST_LINES = 100_000;
const MOST_TEXTS = 500;
/** How Parley's own files are marked; other databases of the tests keep keys by right, such as the stand-in's. */
const OURS = 0x70726c79;

const secrets = new Set<string>();
const texts = new Set<string>();
const lines: string[] = [];
const leaks = new Set<string>();

const { reveal } = Secret.prototype;
Secret.prototype.reveal = function (this: Secret) {
  const text = reveal.call(this);
  secrets.add(text);
  return text;
};

const made = Object.getPrototypeOf(Object.getPrototypeOf(pino({ level: 'silent' })));
const asJson: unknown = Reflect.get(made, pino.symbols.asJsonSym);
if (typeof asJson !== 'function') throw new Error('pino writes its lines another way now');
Reflect.set(made, pino.symbols.asJsonSym, function (this: unknown, ...given: unknown[]) {
  const line: unknown = Reflect.apply(asJson, this, given);
  if (lines.length < MOST_LINES) lines.push(String(line));
  return line;
});

const { close } = DatabaseSync.prototype;
DatabaseSync.prototype.close = function (this: DatabaseSync) {
  if (this.isOpen && isOurs(this)) look(this);
  return close.call(this);
};

function isOurs(db: DatabaseSync): boolean {
  try {
    return db.prepare('pragma application_id').get()?.application_id === OURS;
  } catch {
    // No database at all: some tests are about such files.
    return false;
  }
}

const words = z.object({ text: z.string() });

function look(db: DatabaseSync): void {
  if (db.prepare("select 1 from sqlite_schema where name = 'jobs'").get() === undefined) return;
  for (const { payload, checkpoint } of db.prepare('select payload, checkpoint from jobs').all()) {
    for (const json of [payload, checkpoint]) {
      const read = typeof json === 'string' ? words.safeParse(parsed(json)) : null;
      if (read?.success && texts.size < MOST_TEXTS) texts.add(read.data.text);
    }
  }
  for (const leak of leaksInFile(db.serialize(), 'a store', secrets)) leaks.add(leak);
  for (const leak of keysInCells(cells(db), 'a store')) leaks.add(leak);
}

/** Every text in every table. */
function* cells(db: DatabaseSync): Generator<string> {
  for (const { name } of db.prepare("select name from sqlite_schema where type = 'table'").all())
    for (const row of db.prepare(`select * from "${name}"`).all())
      for (const cell of Object.values(row)) if (typeof cell === 'string') yield cell;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

afterAll(() => {
  for (const leak of leaksInLog(lines, { secrets, texts })) leaks.add(leak);
  if (leaks.size > 0)
    throw new Error(
      `Secrets or people's words were found where they must not stand:\n${[...leaks].slice(0, 20).join('\n')}`,
    );
});
