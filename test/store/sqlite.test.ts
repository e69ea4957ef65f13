import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failure, problemOf } from '../../src/chat/errors.ts';
import { migrate, migrations } from '../../src/store/migrations.ts';
import { SEVERAL } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { sqliteFailure } from '../../src/store/sqlite-failure.ts';
import { createVault } from '../../src/store/vault.ts';
import { accepted, claimed, newJob, outboxRow, present, start, surface, trigger } from '../contracts/store-samples.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

const vault = createVault(null);
const asRoot = process.getuid?.() === 0;
const mode = async (path: string) => (await stat(path)).mode & 0o777;

/** The problem that opening this file ends in. */
function refusal(path: string) {
  try {
    openSqlite(path, { vault });
  } catch (error) {
    return problemOf(error);
  }
  throw new Error('it opened');
}

describe('the file', () => {
  it('is made with its folder, readable by its owner only, the journal too', async () => {
    const path = join(folder, 'new', 'data', 'parley.db');
    const store = openSqlite(path, { vault });
    await store.check();
    expect(await mode(join(folder, 'new'))).toBe(0o700);
    expect(await mode(join(folder, 'new', 'data'))).toBe(0o700);
    const files = await readdir(join(folder, 'new', 'data'));
    expect(files).toContain('parley.db-wal');
    for (const file of files) expect(await mode(join(folder, 'new', 'data', file))).toBe(0o600);
    await store.close();
    expect(await readdir(join(folder, 'new', 'data'))).toEqual(['parley.db']);
  });

  it('is closed to others when it was open to them', async () => {
    const path = join(folder, 'parley.db');
    await writeFile(path, '', { mode: 0o644 });
    await openSqlite(path, { vault }).close();
    expect(await mode(path)).toBe(0o600);
  });

  it('holds no word of a person any more once they are forgotten, nor does its journal', async () => {
    const path = join(folder, 'parley.db');
    const store = openSqlite(path, { vault });
    const words = 'the tide of secrets';
    await accepted(store, newJob('k', { payload: JSON.stringify({ words }), person: 'a:b:c' }));
    const job = await claimed(store);
    await store.jobs.checkpoint(job, JSON.stringify({ words }));
    await store.jobs.finish(job, 'done', null, [], start);
    const everything = async () =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))).toString();
    expect(await everything()).toContain(words);
    await store.forget('a:b:c', start);
    expect(await everything()).not.toContain(words);
    await store.close();
  });

  it('keeps everything over a restart', async () => {
    const path = join(folder, 'parley.db');
    const before = openSqlite(path, { vault });
    const job = await accepted(before, newJob('k'));
    await before.close();
    const after = openSqlite(path, { vault });
    expect(await after.jobs.get(job.id)).toEqual(job);
    await after.close();
  });

  it('does not hold the text of a job any more once it was swept', async () => {
    const path = join(folder, 'parley.db');
    const store = openSqlite(path, { vault });
    await accepted(store, newJob('k', { payload: 'a very private question'.repeat(500), expiresAt: start }));
    await store.jobs.finish(await claimed(store), 'done', null, [], start);
    await store.sweep(start);
    await store.close();
    expect((await readFile(path)).includes('private question')).toBe(false);
  });

  it('never holds the token of a trigger, and opens it only in its own row', async () => {
    const path = join(folder, 'parley.db');
    const lasting = openSqlite(path, { vault });
    await lasting.outbox.put(outboxRow('k', { ref: surface('1.5', trigger('hunter2-token')) }), null);
    await lasting.close();
    expect((await readFile(path)).includes('hunter2-token')).toBe(false);

    const db = new DatabaseSync(path);
    db.exec(`insert into outbox (key, job, generation, part, state, ref, channel, message, expires_at)
      select 'moved', job, generation, 1, state, ref, channel, '1.6', expires_at from outbox where key = 'k'`);
    db.close();
    const again = openSqlite(path, { vault });
    const read = async (id: string) => present((await again.outbox.byMessage('C1', id))?.ref?.via);
    expect((await read('1.5')).token.reveal()).toBe('hunter2-token');
    expect((await read('1.6')).token.reveal()).toBe('');
    await again.close();
  });

  it('reads a trigger whose token cannot be opened any more as one that is long dead', async () => {
    const path = join(folder, 'parley.db');
    const before = openSqlite(path, { vault });
    await before.outbox.put(outboxRow('k', { ref: surface('1.5', trigger('token')) }), null);
    await before.close();
    const after = openSqlite(path, { vault: createVault(null) });
    const via = present((await after.outbox.byMessage('C1', '1.5'))?.ref?.via);
    expect(via.expiresAt).toBe(0);
    expect(via.token.reveal()).toBe('');
    expect(via.id).toBe('trigger-1');
    await after.close();
  });
});

describe('a file that cannot be used', () => {
  it('is refused when it is no database, and left as it was', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'buy milk\n'.repeat(1_000));
    expect(refusal(path)).toMatchObject({ kind: 'malformed', say: expect.stringContaining('not a database') });
    expect(await readFile(path, 'utf8')).toBe('buy milk\n'.repeat(1_000));
  });

  it('is refused when it is damaged in the middle', async () => {
    const path = join(folder, 'parley.db');
    await openSqlite(path, { vault }).close();
    const bytes = await readFile(path);
    bytes.fill(0xff, 8_192, 20_000);
    await writeFile(path, bytes);
    expect(refusal(path)).toMatchObject({ kind: 'malformed', say: expect.stringContaining('damaged') });
  });

  it('is refused when it belongs to another program, and left as it was', async () => {
    const path = join(folder, 'other.db');
    const db = new DatabaseSync(path);
    db.exec('create table notes (text)');
    db.close();
    const before = await readFile(path);
    expect(refusal(path)).toMatchObject({ kind: 'invalid', say: expect.stringContaining('another program') });
    expect(await readFile(path)).toEqual(before);
  });

  it('is refused when a newer version wrote it', async () => {
    const path = join(folder, 'parley.db');
    await openSqlite(path, { vault }).close();
    const db = new DatabaseSync(path);
    db.exec('pragma user_version = 1000');
    db.close();
    expect(refusal(path)).toMatchObject({ kind: 'invalid', say: expect.stringContaining('newer version') });
  });

  it('is refused when the path leads through a file', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(refusal(join(folder, 'file', 'parley.db'))).toMatchObject({
      kind: 'forbidden',
      say: expect.stringContaining('PARLEY_STORE'),
    });
  });

  it('is refused when the path is a folder', async () => {
    await mkdir(join(folder, 'parley.db'));
    expect(refusal(join(folder, 'parley.db'))).toMatchObject({ kind: 'forbidden' });
  });

  it.skipIf(asRoot)('is refused in a folder that cannot be written', async () => {
    await chmod(folder, 0o500);
    expect(refusal(join(folder, 'parley.db'))).toMatchObject({
      kind: 'forbidden',
      say: expect.stringContaining('write'),
    });
  });

  it('is told apart when it became read-only, full or locked', () => {
    const db = new DatabaseSync(join(folder, 'parley.db'));
    db.exec('create table t (a); pragma max_page_count = 3');
    const thrown = (sql: string): Failure => {
      try {
        db.exec(sql);
      } catch (error) {
        return sqliteFailure(error, '/secret/place');
      }
      throw new Error('it worked');
    };
    const full = thrown("insert into t values (replace(hex(zeroblob(50000)), '0', 'x'))").problem;
    expect(full).toMatchObject({ kind: 'busy', retry: { when: 'later' }, say: expect.stringContaining('full') });
    expect(full.say).not.toContain('/secret/place');
    db.exec('pragma query_only = on');
    expect(thrown('insert into t values (1)').problem).toMatchObject({ kind: 'forbidden' });
    db.exec('pragma query_only = off');
    const other = new DatabaseSync(join(folder, 'parley.db'));
    other.exec('begin immediate');
    const locked = thrown('insert into t values (1)').problem;
    expect(locked).toMatchObject({ kind: 'busy', say: expect.stringContaining('locked') });
    other.close();
    db.close();
  });

  it('names the field of a row that cannot be read, never its value', async () => {
    const path = join(folder, 'parley.db');
    const store = openSqlite(path, { vault });
    const db = new DatabaseSync(path);
    db.exec(`insert into jobs (id, key, lane, kind, payload, not_before, expires_at, accepted_at)
      values ('id', 'k', 'private-lane', 'x', '{}', 0, 0, 0)`);
    db.exec(
      `insert into conversations (key, platform, place, created_at, used_at) values ('c', 's', 'private-json', 0, 0)`,
    );
    db.close();
    const lane = problemOf(await store.jobs.byKey('k').catch((error: unknown) => error));
    expect(lane).toMatchObject({ kind: 'malformed', detail: expect.stringContaining('lane') });
    const json = problemOf(await store.conversations.get('c').catch((error: unknown) => error));
    expect(json).toMatchObject({ kind: 'malformed' });
    expect(lane.detail + json.detail).not.toContain('private');
    await store.close();
  });
});

describe('migrations', () => {
  it('apply what is new, once each', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ['create table a (x)']);
    migrate(db, ['create table a (x)', 'create table b (x); insert into b values (1)']);
    migrate(db, ['create table a (x)', 'create table b (x); insert into b values (1)']);
    expect(db.prepare('select count(*) as n from b').get()?.n).toBe(1);
    db.close();
  });

  it('tell of rows that were there before whose words they are, so that they can be forgotten', async () => {
    const path = join(folder, 'parley.db');
    const db = new DatabaseSync(path);
    migrate(db, migrations.slice(0, 1));
    const insert = db.prepare(`
      insert into jobs (id, key, lane, conversation, kind, payload, not_before, expires_at, state, accepted_at)
      values (?, ?, 'turn', ?, 'question', ?, 0, 9e15, 'done', 0)`);
    const ann = { asker: { ref: { platform: 'discord', team: '@me', id: '1' } } };
    const ben = { asker: { ref: { platform: 'discord', team: 'everywhere', id: '2' } } };
    insert.run('a', 'a', 'alone', JSON.stringify(ann));
    insert.run('b', 'b', 'shared', JSON.stringify(ann));
    insert.run('c', 'c', 'shared', JSON.stringify(ben));
    insert.run('d', 'd', 'odd', 'no JSON');
    for (const key of ['alone', 'shared', 'odd'])
      db.prepare(
        `insert into conversations (key, platform, place, created_at, used_at) values (?, 'discord', ?, 0, 0)`,
      ).run(key, JSON.stringify(surface('1').place));
    db.close();
    const store = openSqlite(path, { vault });
    expect((await store.conversations.get('alone'))?.asker).toBe('discord:%40me:1');
    expect((await store.conversations.get('shared'))?.asker).toBe(SEVERAL);
    expect((await store.conversations.get('odd'))?.asker).toBeNull();
    expect(await store.forget('discord:%40me:1', start)).toEqual({ deleted: 3, left: 0 });
    expect(await store.jobs.byKey('c')).toMatchObject({ person: 'discord:everywhere:2' });
    expect(await store.jobs.byKey('d')).toMatchObject({ person: null });
    await store.close();
  });

  it('keep the leases of jobs that were running', async () => {
    const path = join(folder, 'parley.db');
    const db = new DatabaseSync(path);
    migrate(db, migrations.slice(0, 2));
    db.prepare(`
      insert into jobs (id, key, lane, conversation, kind, payload, not_before, expires_at, state, fence, accepted_at, lease_until)
      values ('a', 'a', 'turn', 'c', 'question', '{}', 0, 9e15, 'running', 1, 0, ?)`).run(start + 500);
    db.close();
    const store = openSqlite(path, { vault });
    expect(await store.jobs.get('a')).toMatchObject({ leaseUntil: start + 500 });
    expect(await store.jobs.claim('turn', start + 499, 1_000)).toBeNull();
    expect(await store.jobs.claim('turn', start + 500, 1_000)).toMatchObject({ id: 'a', leaseUntil: start + 1_500 });
    await store.close();
  });

  it('leave the file as it was after the last whole one when one fails', () => {
    const db = new DatabaseSync(':memory:');
    const changes = ['create table a (x)', 'create table b (x); insert into nowhere values (1)'];
    expect(() => migrate(db, changes)).toThrow(/nowhere/);
    const tables = db.prepare("select name from sqlite_schema where type = 'table'").all();
    expect(tables.map(({ name }) => name)).toEqual(['a']);
    expect(db.isTransaction).toBe(false);
    migrate(db, ['create table a (x)', 'create table b (x)']);
    db.close();
  });
});

describe('running jobs', () => {
  it('are kept apart by the database itself, whatever the code asks for', async () => {
    const path = join(folder, 'parley.db');
    const store = openSqlite(path, { vault });
    await accepted(store, newJob('1'));
    await accepted(store, newJob('2'));
    const db = new DatabaseSync(path);
    expect(() => db.exec("update jobs set state = 'running'")).toThrow(/UNIQUE/);
    db.close();
    await store.close();
  });
});
