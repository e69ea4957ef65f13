import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../chat/errors.ts';

/** Marks a file as ours ("prly"), so that another program's database is never written to by mistake. */
const applicationId = 0x70726c79;

/**
 * Every change of the tables, in order; the number of a change is its position, counted from 1. A change that has been released
 * is never edited: the next one mends it.
 */
export const migrations: readonly string[] = [
  `
  create table jobs (
    seq integer primary key,
    id text not null unique,
    key text not null unique,
    lane text not null,
    conversation text,
    kind text not null,
    payload text not null,
    not_before integer not null,
    expires_at integer not null,
    state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    attempts integer not null default 0,
    checkpoint text,
    fence integer not null default 0,
    accepted_at integer not null,
    lease_until integer,
    error text
  ) strict;
  create unique index jobs_one_running on jobs (lane, conversation) where state = 'running' and conversation is not null;
  create index jobs_queue on jobs (lane, seq) where state in ('waiting', 'running');
  create index jobs_before on jobs (lane, conversation, seq) where state in ('waiting', 'running');
  create index jobs_history on jobs (lane, conversation, seq) where state <> 'waiting';
  create index jobs_over on jobs (expires_at) where state in ('done', 'failed', 'cancelled');

  create table conversations (
    key text primary key,
    platform text not null,
    place text not null,
    chat_id text,
    owner text,
    title text,
    titled_by text,
    model text,
    seen text,
    newest text,
    joined_at integer,
    created_at integer not null,
    used_at integer not null
  ) strict;
  create index conversations_chat on conversations (chat_id) where chat_id is not null;
  create index conversations_used on conversations (platform, used_at);

  create table settings (
    scope text not null,
    name text not null,
    value text not null,
    primary key (scope, name)
  ) strict, without rowid;

  create table links (
    user text not null,
    service text not null,
    sealed text not null,
    account text not null,
    created_at integer not null,
    refused_at integer,
    primary key (user, service)
  ) strict, without rowid;

  create table outbox (
    seq integer primary key,
    key text not null unique,
    job text not null,
    generation integer not null,
    part integer not null,
    state text not null,
    channel text,
    message text,
    ref text,
    shown text,
    expires_at integer not null
  ) strict;
  create index outbox_job on outbox (job, generation, part);
  create index outbox_message on outbox (channel, message) where message is not null;
  create index outbox_over on outbox (expires_at);

  create table forms (
    id text primary key,
    user text not null,
    kind text not null,
    data text not null,
    expires_at integer not null
  ) strict;
  create index forms_over on forms (expires_at);

  create table checks (
    id integer primary key check (id = 1),
    at integer not null
  ) strict;
  `,
  // Whose words stand where, and until when. Rows of before tell whose they are as far as their JSON does.
  `
  alter table jobs add column person text;
  update jobs set person = json_extract(payload, '$.asker.ref.platform') || ':' ||
      replace(json_extract(payload, '$.asker.ref.team'), '@', '%40') || ':' || json_extract(payload, '$.asker.ref.id')
    where json_valid(payload);
  create index jobs_person on jobs (person, lane, seq) where person is not null;

  alter table settings add column person text;
  alter table settings add column expires_at integer;
  create index settings_person on settings (person) where person is not null;
  create index settings_over on settings (expires_at) where expires_at is not null;

  alter table conversations add column asker text;
  update conversations set asker = (
    select case count(distinct person) when 0 then null when 1 then min(person) else '*' end
    from jobs where lane = 'turn' and conversation = conversations.key);
  create index conversations_asker on conversations (asker) where asker is not null;
  create index conversations_owner on conversations (owner) where owner is not null;
  create index forms_user on forms (user);
  `,
  // Leases are renewed every few seconds, and SQLite writes a row whole: beside the long rows of jobs, not in them.
  `
  create table leases (
    job integer primary key references jobs (seq) on delete cascade,
    lane text not null,
    until integer not null
  ) strict;
  create index leases_over on leases (lane, until);
  insert into leases select seq, lane, lease_until from jobs where lease_until is not null;
  alter table jobs drop column lease_until;
  drop index jobs_queue;
  create index jobs_queue on jobs (lane, seq) where state = 'waiting';
  `,
];

/**
 * Brings the tables up to this code, each change in a transaction of its own, so that a crash leaves the file as it was before
 * or after one. Does nothing when they are up to date. Throws a `Failure` when the file is another program's, or was written by
 * a newer Parley: an older one must not guess at it.
 */
export function migrate(db: DatabaseSync, changes: readonly string[] = migrations): void {
  for (;;) {
    if (pragma(db, 'user_version') === changes.length && pragma(db, 'application_id') === applicationId) return;
    // The version is read again under the write lock: two processes may open a new file at once.
    db.exec('begin immediate');
    try {
      step(db, changes);
      db.exec('commit');
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      throw error;
    }
  }
}

function step(db: DatabaseSync, changes: readonly string[]): void {
  const version = pragma(db, 'user_version');
  const owner = pragma(db, 'application_id');
  const tables = db.prepare("select count(*) as count from sqlite_schema where type = 'table'").get();
  if (owner !== applicationId && (owner !== 0 || version !== 0 || tables?.count !== 0)) throw new Failure(foreign);
  if (version > changes.length) throw new Failure(newer(version, changes.length));
  const change = changes[version];
  if (change === undefined) return;
  db.exec(change);
  db.exec(`pragma application_id = ${applicationId}`);
  db.exec(`pragma user_version = ${version + 1}`);
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  const value = db.prepare(`pragma ${name}`).get()?.[name];
  if (typeof value !== 'number') throw new TypeError(`pragma ${name} gave no number`);
  return value;
}

const foreign = {
  kind: 'invalid',
  retry: { when: 'never' },
  say: 'The data file belongs to another program. Set PARLEY_STORE to a new file, such as sqlite:data/parley.db.',
  detail: 'sqlite: the file holds tables, but not the mark of ours (application_id)',
} as const;

function newer(version: number, known: number) {
  return {
    kind: 'invalid',
    retry: { when: 'never' },
    say: 'The data file was written by a newer version of Parley. Start that version again, or restore a copy made before the update.',
    detail: `sqlite: the file is at version ${version}, this code knows ${known}`,
  } as const;
}
