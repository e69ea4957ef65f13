import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { storeContract } from '../contracts/store.ts';

const vault = createVault(null);

storeContract('SQLite in memory', async () => {
  const store = openSqlite(':memory:', { vault });
  return { store, again: async () => store, done: () => store.close() };
});

storeContract('SQLite in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-store-'));
  const path = join(folder, 'parley.db');
  const stores = [openSqlite(path, { vault })];
  const [store] = stores;
  if (store === undefined) throw new Error('unreachable');
  return {
    store,
    async again() {
      const other = openSqlite(path, { vault });
      stores.push(other);
      return other;
    },
    async done() {
      for (const each of stores) await each.close();
      await rm(folder, { recursive: true });
    },
  };
});
