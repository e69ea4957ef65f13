import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { says } from '../servers/openwebui/script.ts';
import { openLinkWorld } from './link-world.ts';
import { lastingVault } from './linked.ts';
import { CHANNEL, DIRECT, THREAD } from './world.ts';

const DAY_MS = 86_400_000;

/** What stands in each table of Parley's, by its name. */
function tablesOf(file: string): Map<string, Record<string, unknown>[]> {
  const db = new DatabaseSync(file, { readOnly: true });
  const names = db
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));
  const found = new Map(names.map((name) => [name, db.prepare(`select * from "${name}"`).all()]));
  db.close();
  return found;
}

describe('a store that has been lived in', () => {
  it('holds nobody’s words after the days that are set, and nothing but links and choices in the end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-'));
    closeAfter(() => rm(folder, { recursive: true }));
    const file = join(folder, 'parley.db');
    const vault = lastingVault();
    const store = openSqlite(file, { vault });
    closeAfter(() => store.close());
    const world = await openLinkWorld({ store, vault, followUps: true, titles: true, emoji: true });
    await world.link('Ann', world.keyOf('Ann'));
    const events = [
      world.message('Where is the lighthouse?', { place: DIRECT, addressed: 'direct' }),
      world.message('Where is the lighthouse?'),
      world.message('Where is the lighthouse?', { place: { ...THREAD, thread: 'H2' }, by: 'Ben' }),
      world.command('ask', 'Where is the lighthouse?', { place: CHANNEL }),
      world.command('ask', 'Where is the lighthouse?', { options: { private: 'yes' }, author: person('Ben') }),
    ];
    for (const event of events) {
      world.openWebUI.next(says('At the lighthouse road.'));
      await world.host.accept(event);
    }
    await vi.waitFor(async () => {
      const open = await Promise.all([store.jobs.nextAt('turn'), store.jobs.nextAt('after')]);
      expect(open).toEqual([null, null]);
      expect(world.openWebUI.asked.length).toBeGreaterThanOrEqual(events.length);
    });
    await world.host.accept(world.command('feedback', 'good', { place: THREAD }));
    await world.host.accept(world.command('ask'));
    await world.host.accept(world.command('forget'));
    await store.settings.set('user:plain:T1:ann', 'model', 'plain:ann');
    await world.parley.stop(0);

    const lived = tablesOf(file);
    const filled = [...lived].flatMap(([name, rows]) => (rows.length > 0 ? [name] : []));
    expect(filled).toEqual(expect.arrayContaining(['jobs', 'conversations', 'settings', 'links', 'outbox', 'forms']));
    expect(JSON.stringify([...lived])).toContain('lighthouse');

    await store.sweep(Date.now() + 31 * DAY_MS);
    const later = tablesOf(file);
    expect(JSON.stringify([...later])).not.toMatch(/lighthouse/i);
    for (const name of ['jobs', 'leases', 'outbox', 'forms']) expect([name, later.get(name)]).toEqual([name, []]);

    await store.sweep(Date.now() + 366 * DAY_MS);
    const left = [...tablesOf(file)].filter(([name, rows]) => rows.length > 0 && name !== 'checks');
    expect(Object.fromEntries(left.map(([name, rows]) => [name, rows.map((row) => row.name ?? row.user)]))).toEqual({
      links: ['plain:T1:ann'],
      settings: ['model'],
    });
  });

  it('loses what has not been worked off for as long again: no job waits for ever', async () => {
    const world = await openLinkWorld();
    await world.parley.stop(0);
    const { jobs } = world.store;
    const rest = { conversation: null, kind: 'x', payload: '{}', notBefore: 0, person: null } as const;
    const now = Date.now();
    for (const lane of ['turn', 'control', 'after', 'task'] as const)
      await jobs.accept({ ...rest, key: lane, lane, expiresAt: now + world.store.keptMs }, now);
    await world.store.sweep(now + 61 * DAY_MS);
    const left: (Job | null)[] = await Promise.all(['turn', 'control', 'after', 'task'].map((key) => jobs.byKey(key)));
    expect(left).toEqual([null, null, null, null]);
  });
});
