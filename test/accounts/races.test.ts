import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import type { Links, Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { type AccountWorld, newSecretKey, openAccounts, somebody } from './world.ts';

/** Accounts on a store whose writes of links are done, but are not known to be done before `next` runs. */
async function world(): Promise<AccountWorld & { meanwhile(next: () => Promise<unknown>): void }> {
  const vault = createVault(newSecretKey());
  const real = openSqlite(':memory:', { vault });
  let waits: (() => Promise<unknown>) | null = null;
  const links: Links = {
    ...real.links,
    async put(link) {
      await real.links.put(link);
      const next = waits;
      waits = null;
      await next?.();
    },
  };
  const store: Store = { ...real, links };
  closeAfter(() => real.close());
  const made = await openAccounts({ store, vault });
  return {
    ...made,
    meanwhile(next) {
      waits = next;
    },
  };
}

const ANN = 'plain:T1:ann';

describe('linking while something else happens', () => {
  it('an unlink that comes before the link is known to stand ends it, here and in the store', async () => {
    const { accounts, openWebUI, store, meanwhile } = await world();
    meanwhile(() => accounts.unlink(somebody()));
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    expect(accounts.known(somebody())?.owner).toBeNull();
    expect(await accounts.owning(ANN)).toBeNull();
    expect(await store.links.list('openwebui')).toEqual([]);
  });

  it('a refusal of the old key does not take the new one’s place', async () => {
    const { accounts, openWebUI, store, meanwhile } = await world();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const old = await accounts.asking(somebody());
    meanwhile(() => accounts.refused(old));
    await accounts.link(somebody(), new Secret(openWebUI.adminKey));
    expect((await accounts.asking(somebody())).account?.name).toBe('Ada Admin');
    expect(await store.links.list('openwebui')).toMatchObject([{ refusedAt: null }]);
  });

  it('of two links at once the same one stands in memory and in the store', async () => {
    const { accounts, openWebUI, store } = await world();
    await Promise.all([
      accounts.link(somebody(), new Secret(openWebUI.otherKey)),
      accounts.link(somebody(), new Secret(openWebUI.adminKey)),
    ]);
    const held = await accounts.asking(somebody());
    const [row] = await store.links.list('openwebui');
    expect(JSON.parse(row?.account ?? '{}')).toMatchObject({ name: held.account?.name });
  });

  it('a link that could not be written leaves the one before it standing', async () => {
    const { accounts, openWebUI, meanwhile } = await world();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const before = await accounts.asking(somebody());
    meanwhile(() => Promise.reject(new Error('the disk is full')));
    await expect(accounts.link(somebody(), new Secret(openWebUI.adminKey))).rejects.toThrow('full');
    expect(await accounts.asking(somebody())).toBe(before);
  });
});
