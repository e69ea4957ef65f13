import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/address.ts';
import { createVault } from '../../src/store/vault.ts';

const options = { vault: createVault(null) };

it.each(['sqlite:', 'sqlite://'])('opens the file that an address after %s names', async (scheme) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-address-'));
  const store = await openStore(`${scheme}${join(folder, 'odd?mode=memory #1.db')}`, options);
  await store.close();
  expect((await stat(join(folder, 'odd?mode=memory #1.db'))).isFile()).toBe(true);
  await rm(folder, { recursive: true });
});

it('opens a store in memory, each time another', async () => {
  const [one, two] = [await openStore('sqlite::memory:', options), await openStore('sqlite::memory:', options)];
  await one.settings.set('a', 'b', '1');
  expect(await two.settings.get('a', 'b')).toBeNull();
  await one.close();
  await two.close();
});

it.each(['postgres://ann:hunter2@db/parley', 'data/parley.db', 'sqlite:', '', '__proto__:x'])(
  'says what is supported for %j, without its password',
  async (address) => {
    const failure = await openStore(address, options).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ problem: { kind: 'invalid', say: expect.stringContaining('sqlite:') } });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
  },
);
