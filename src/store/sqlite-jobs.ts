import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Job, Jobs, Lease, NewJob } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';

const columns = `id, key, lane, conversation, kind, payload, not_before as "notBefore", expires_at as "expiresAt", state, attempts,
  checkpoint, fence, accepted_at as "acceptedAt", error, person,
  (select until from leases where leases.job = jobs.seq) as "leaseUntil"`;

const jobRow = z.object({
  id: z.string(),
  key: z.string(),
  lane: z.enum(['turn', 'control', 'after', 'task']),
  conversation: z.string().nullable(),
  kind: z.string(),
  payload: z.string(),
  notBefore: z.number(),
  expiresAt: z.number(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  attempts: z.number(),
  checkpoint: z.string().nullable(),
  fence: z.number(),
  acceptedAt: z.number(),
  leaseUntil: z.number().nullable(),
  error: z.string().nullable(),
  person: z.string().nullable(),
}) satisfies z.ZodType<Job>;

/**
 * A waiting job that is next in its line: no earlier unfinished one of its lane and conversation stands before it. A running one
 * always is.
 */
const isHead = `job.lane = :lane and job.state = 'waiting' and not exists (
  select 1 from jobs earlier
  where earlier.lane = job.lane and earlier.conversation = job.conversation and earlier.state in ('waiting', 'running')
    and earlier.seq < job.seq)`;

/** The one condition that every write of a holder stands under. A lease that has ended still counts until somebody else claims. */
const isHeld = `id = :id and fence = :fence and state = 'running'`;

/**
 * The jobs table. Statements that change and return a row are read with `all`, never `get`: `get` leaves the statement unfinished
 * after the first row, and then nobody hears of a commit that fails.
 */
export function sqliteJobs(file: SqliteFile): Jobs {
  const insert = file.prepare(`
    insert into jobs (id, key, lane, conversation, kind, payload, not_before, expires_at, accepted_at, person)
    values (:id, :key, :lane, :conversation, :kind, :payload, :notBefore, :expiresAt, :now, :person)
    on conflict (key) do nothing returning ${columns}`);
  // One statement holds the write lock from its first read, so two workers never meet at one job; the unique index on running
  // jobs stands behind it.
  const claim = file.prepare(`
    update jobs set state = 'running', attempts = attempts + 1, fence = fence + 1
    where seq = (
      select min(seq) from (
        select * from (select job.seq from jobs job where ${isHead} and job.not_before <= :now order by job.seq limit 1)
        union all
        select min(job) from leases where lane = :lane and until <= :now))
    returning ${columns}`);
  const lend = file.prepare(`
    insert into leases (job, lane, until) select seq, lane, :until from jobs where ${isHeld}
    on conflict (job) do update set until = excluded.until`);
  const release = file.prepare('delete from leases where job = (select seq from jobs where id = :id)');
  const checkpoint = file.prepare(`update jobs set checkpoint = :json where ${isHeld}`);
  const finish = file.prepare(
    `update jobs set state = :state, error = :error where ${isHeld} returning expires_at as "expiresAt"`,
  );
  const retry = file.prepare(`
    update jobs set state = 'waiting', not_before = :notBefore, error = :error where ${isHeld}`);
  const cancel = file.prepare(`update jobs set state = 'cancelled' where id = :id and state = 'waiting'`);
  const byId = file.prepare(`select ${columns} from jobs where id = :id`);
  const byKey = file.prepare(`select ${columns} from jobs where key = :key`);
  const pending = file.prepare(`
    select ${columns} from jobs
    where lane = :lane and conversation = :conversation and state in ('waiting', 'running') order by seq`);
  const latest = file.prepare(`
    select ${columns} from jobs
    where lane = :lane and conversation = :conversation and state <> 'waiting' order by seq desc limit :limit`);
  const ofPerson = file.prepare(`
    select ${columns} from jobs where person = :person and lane = :lane order by seq desc limit :limit`);
  const nextAt = file.prepare(`
    select min(at) as at from (
      select min(job.not_before) as at from jobs job where ${isHead}
      union all
      select min(until) from leases where lane = :lane)`);

  function add(job: NewJob, now: number): Job | null {
    const { key, lane, conversation, kind, payload, notBefore, expiresAt, person = null } = job;
    const id = randomBytes(16).toString('base64url');
    return one(insert.all({ id, key, lane, conversation, kind, payload, notBefore, expiresAt, now, person })[0]);
  }

  /** False: the lease was lost. */
  const extend = (lease: Lease, until: number) => lend.run({ ...proof(lease), until }).changes === 1;

  return {
    accept: (job, now) => file.write(() => add(job, now)),
    claim: (lane, now, leaseMs) =>
      file.write(() => {
        const job = one(claim.all({ lane, now })[0]);
        if (job === null) return null;
        const leaseUntil = now + leaseMs;
        extend(job, leaseUntil);
        return { ...job, leaseUntil };
      }),
    renew: (leases, now, leaseMs) => file.write(() => leases.filter((lease) => !extend(lease, now + leaseMs))),
    checkpoint: (lease, json) => file.write(() => checkpoint.run({ ...proof(lease), json }).changes === 1),
    finish: (lease, state, error, then, now) =>
      file.write(() => {
        const [ended] = finish.all({ ...proof(lease), state, error });
        if (ended === undefined) return false;
        release.run({ id: lease.id });
        const { expiresAt } = z.object({ expiresAt: z.number() }).parse(ended);
        for (const job of then) add(expiresAt <= now ? { ...job, expiresAt } : job, now);
        return true;
      }),
    retry: (lease, notBefore, error) =>
      file.write(() => {
        if (retry.run({ ...proof(lease), notBefore, error }).changes !== 1) return false;
        release.run({ id: lease.id });
        return true;
      }),
    cancel: (id) => file.write(() => cancel.run({ id }).changes === 1),
    get: (id) => file.read(() => one(byId.get({ id }))),
    byKey: (key) => file.read(() => one(byKey.get({ key }))),
    pending: (lane, conversation) =>
      file.read(() => pending.all({ lane, conversation }).map((row) => jobRow.parse(row))),
    latest: (lane, conversation, limit) =>
      file.read(() => latest.all({ lane, conversation, limit: Math.max(0, limit) }).map((row) => jobRow.parse(row))),
    of: (person, lane, limit) =>
      file.read(() => ofPerson.all({ person, lane, limit: Math.max(0, limit) }).map((row) => jobRow.parse(row))),
    nextAt: (lane) => file.read(() => z.object({ at: z.number().nullable() }).parse(nextAt.get({ lane })).at),
  };
}

/** Writes under a lease, or freely when it is null: the write happens only while the lease holds, both in one transaction. */
export type Guard = (lease: Lease | null, write: () => void) => Promise<boolean>;

/** The {@link Guard} for the tables beside jobs. */
export function sqliteGuard(file: SqliteFile): Guard {
  const held = file.prepare(`select 1 from jobs where ${isHeld}`);
  return (lease, write) =>
    file.write(() => {
      if (lease !== null && held.get(proof(lease)) === undefined) return false;
      write();
      return true;
    });
}

/** Only what proves the lease: callers pass whole jobs. */
function proof(lease: Lease): { id: string; fence: number } {
  return { id: lease.id, fence: lease.fence };
}

function one(row: unknown): Job | null {
  return row === undefined ? null : jobRow.parse(row);
}
