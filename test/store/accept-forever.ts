import { writeSync } from 'node:fs';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';

/**
 * Works on the store that the first argument names until it is killed. Each line it prints acknowledges a key: `accepted` once the
 * job is recorded, `finished` once it is done and what follows it is recorded too.
 */
const store = openSqlite(process.argv[2] ?? '', { vault: createVault(null) });
const now = Date.now();
const rest = { conversation: 'c', kind: 'question', payload: 'x'.repeat(500), notBefore: 0, expiresAt: now + 60_000 };

for (let n = 0; ; n += 1) {
  await store.jobs.accept({ key: `turn-${n}`, lane: 'turn', ...rest }, now);
  writeSync(1, `accepted turn-${n}\n`);
  const job = await store.jobs.claim('turn', now, 1_000);
  if (job === null) throw new Error('the job that was just accepted cannot be claimed');
  await store.jobs.finish(job, 'done', null, [{ key: `after-${n}`, lane: 'after', ...rest }], now);
  writeSync(1, `finished ${n}\n`);
}
