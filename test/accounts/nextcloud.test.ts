import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNextcloudAccounts, type NextcloudAccounts } from '../../src/accounts/nextcloud-accounts.ts';
import { createNextcloudLinks } from '../../src/accounts/nextcloud-links.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect } from '../../src/nextcloud/connection.ts';
import { failure } from '../../src/nextcloud/errors.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault, type Vault } from '../../src/store/vault.ts';
import { newSecretKey, somebody } from './world.ts';

let store: Store;
beforeEach(() => {
  store = openSqlite(':memory:', { vault: createVault(null) });
});
afterEach(() => store.close());

const ANN = 'plain:T1:ann';
const URL = 'http://127.0.0.1:9';

function accounts(vault: Vault, url = URL, standIn = false): NextcloudAccounts {
  const service = connect({ url, login: 'team', password: new Secret('team-password'), timeoutMs: 300 });
  const nothing = () => undefined;
  const log = { error: nothing, warn: nothing, info: nothing, debug: nothing };
  return createNextcloudAccounts({ service, standIn, links: store.links, vault, clock: systemClock, log });
}

/** Ann's account as an earlier process left it. */
async function left(vault: Vault, password = 'anns-password'): Promise<void> {
  const account = { url: URL, login: 'ann', name: 'Ann', requester: 'Parley for Ann', flow: 'one', confirmed: true };
  await createNextcloudLinks(store.links, vault).put(ANN, new Secret(password), account, 1);
}

describe('Nextcloud accounts of people’s own', () => {
  it('are known from the start, so that nothing is suggested of the team’s in their place', async () => {
    const vault = createVault(newSecretKey());
    await left(vault);
    const started = accounts(vault);
    await started.start();
    expect(started.known(somebody())?.owner).toBe(ANN);
  });

  it('are sealed anew at the start where the former secret key is given', async () => {
    const [before, after] = [newSecretKey(), newSecretKey()];
    await left(createVault(before));
    await accounts(createVault(after, [before])).start();
    expect((await accounts(createVault(after)).asking(somebody())).owner).toBe(ANN);
  });

  it('on a server that is not the team’s any more are not used, and their people read what to do', async () => {
    const vault = createVault(newSecretKey());
    await left(vault);
    const now = accounts(vault, 'https://cloud.example.org/nextcloud');
    await now.start();
    expect(now.known(somebody())).toBeNull();
    expect(await now.owning(ANN)).toBeNull();
    await expect(now.asking(somebody())).rejects.toMatchObject({
      problem: {
        say: 'You connected a Nextcloud account on 127.0.0.1:9, and I work with cloud.example.org now. Connect anew with `/nextcloud connect`, or take it away with `/nextcloud disconnect`: then your tasks run through the team’s account.',
      },
    });
    await now.unlink(ANN);
    expect((await now.asking(somebody())).owner).toBeNull();
    // The same server in another folder is still that server.
    await left(vault);
    expect((await accounts(vault, `${URL}/cloud`).asking(somebody())).owner).toBe(ANN);
  });

  it('need a lasting key, unless the server is a stand-in that ends with the process', async () => {
    expect(accounts(createVault(null)).linkingOff).toContain('PARLEY_SECRET_KEY');
    expect(accounts(createVault(null), URL, true).linkingOff).toBeNull();
    expect(accounts(createVault(newSecretKey())).linkingOff).toBeNull();
  });

  it('are not given up for a refusal of the app password before', async () => {
    const vault = createVault(newSecretKey());
    await left(vault);
    const used = accounts(vault);
    const old = await used.asking(somebody());
    await used.keep(
      ANN,
      { url: URL, login: 'ann', password: new Secret('new-password') },
      { flow: 'two', requester: 'Parley for Ann' },
    );
    expect(await used.confirm(ANN, 'one')).toBeNull();
    expect(await used.confirm(ANN, 'two')).not.toBeNull();
    await used.judge(old, failure('credential', { call: 'GET /x' }, '401'));
    expect((await used.asking(somebody())).owner).toBe(ANN);
  });
});
