import * as z from 'zod';
import type { Outbox, OutboxRow } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';
import type { Guard } from './sqlite-jobs.ts';
import { readSurface, writeSurface } from './surface-json.ts';
import type { Vault } from './vault.ts';

const columns = `key, job, generation, part, state, ref, shown, expires_at as "expiresAt"`;

const outboxRow = z.object({
  key: z.string(),
  job: z.string(),
  generation: z.number(),
  part: z.number(),
  state: z.enum(['intent', 'sent', 'done']),
  ref: z.string().nullable(),
  shown: z.string().nullable(),
  expiresAt: z.number(),
});

/** The outbox table. A message that several rows name (an answer given anew reuses it) is found by the row made last. */
export function sqliteOutbox(file: SqliteFile, guard: Guard, vault: Vault): Outbox {
  const put = file.prepare(`
    insert into outbox (key, job, generation, part, state, channel, message, ref, shown, expires_at)
    values (:key, :job, :generation, :part, :state, :channel, :message, :ref, :shown, :expiresAt)
    on conflict (key) do update set job = excluded.job, generation = excluded.generation, part = excluded.part,
      state = excluded.state, channel = excluded.channel, message = excluded.message, ref = excluded.ref,
      shown = excluded.shown, expires_at = excluded.expires_at`);
  const ofJob = file.prepare(`select ${columns} from outbox where job = :job order by generation, part, seq`);
  const byMessage = file.prepare(
    `select ${columns} from outbox where channel = :channel and message = :id order by seq desc limit 1`,
  );
  const remove = file.prepare(`delete from outbox where key = :key`);

  function read(row: unknown): OutboxRow {
    const { ref, ...rest } = outboxRow.parse(row);
    return { ...rest, ref: ref === null ? null : readSurface(ref, vault, boundTo(rest.key)) };
  }

  return {
    put: ({ key, job, generation, part, state, ref, shown, expiresAt }, lease) =>
      guard(lease, () => {
        const json = ref === null ? null : writeSurface(ref, vault, boundTo(key));
        const where = { channel: ref?.place.channel ?? null, message: ref?.id ?? null };
        put.run({ key, job, generation, part, state, ...where, ref: json, shown, expiresAt });
      }),
    of: (job) => file.read(() => ofJob.all({ job }).map(read)),
    byMessage: (channel, id) =>
      file.read(() => {
        const row = byMessage.get({ channel, id });
        return row === undefined ? null : read(row);
      }),
    delete: (key) => file.write(() => void remove.run({ key })),
  };
}

/** A sealed token opens in its own row only. */
function boundTo(key: string): string {
  return `outbox:${key}`;
}
