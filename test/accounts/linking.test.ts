import { describe, expect, it } from 'vitest';
import { LinkNeeded } from '../../src/accounts/accounts.ts';
import { Failure } from '../../src/chat/errors.ts';
import { Secret } from '../../src/chat/secret.ts';
import { listModels } from '../../src/openwebui/models.ts';
import { createVault } from '../../src/store/vault.ts';
import { closeAfter } from '../close-after.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { type AccountWorld, newSecretKey, openAccounts, somebody } from './world.ts';

async function refusal(doing: Promise<unknown>): Promise<string> {
  const thrown = await doing.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw new Error('nothing was refused');
  return thrown.problem.say;
}

describe('linking an account', () => {
  it('asks with the person’s own key from then on, and with nobody else’s', async () => {
    const { accounts, openWebUI } = await openAccounts();
    const account = await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    expect(account).toMatchObject({ name: 'Otto Other', email: 'otto@example.test' });
    const identity = await accounts.asking(somebody());
    expect(identity).toMatchObject({ owner: 'plain:T1:ann', account: { name: 'Otto Other' } });
    expect(identity.server.key?.reveal()).toBe(openWebUI.otherKey);
    expect(accounts.known(somebody())).toBe(identity);
    expect(await accounts.owning('plain:T1:ann')).toBe(identity);
    expect((await accounts.asking(somebody({ id: 'ben' }))).owner).toBeNull();
  });

  it('is remembered over a restart', async () => {
    const vault = createVault(newSecretKey());
    const { accounts, openWebUI, store } = await openAccounts({ vault });
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const again = await openAccounts({ vault, store, openWebUI });
    expect(again.accounts.known(somebody())).toMatchObject({ account: { email: 'otto@example.test' } });
  });

  it('refuses a key that the server does not know, and does not repeat it', async () => {
    const { accounts, logged } = await openAccounts();
    const key = `sk-${'7'.repeat(32)}`;
    const said = await refusal(accounts.link(somebody(), new Secret(key)));
    expect(said).toMatch(/does not know that key/);
    expect(said + logged.join()).not.toContain(key);
    expect((await accounts.asking(somebody())).owner).toBeNull();
  });

  it.each(['0.12', '0.8'] as const)('refuses the key of somebody who waits to be accepted (%s)', async (profile) => {
    const openWebUI = await startScriptedOpenWebUI({ profile });
    closeAfter(() => openWebUI.close());
    const { accounts } = await openAccounts({ openWebUI });
    expect(await refusal(accounts.link(somebody(), new Secret(openWebUI.pendingKey)))).toMatch(/waits to be accepted/);
  });

  it('names the two settings where API keys are off', async () => {
    const { accounts, openWebUI } = await openAccounts();
    openWebUI.world.settings.apiKeys = false;
    const said = await refusal(accounts.link(somebody(), new Secret(openWebUI.otherKey)));
    expect(said).toMatch(/switch on “API Keys” in its settings.*permission “API Keys”/);
  });

  it.each(['', 'hunter2', 'sk-a b c d e f g h i', 'sk-ä234567890', 'sk-1234567890\nhost: evil'])(
    'sends nothing that is no key: %j',
    async (key) => {
      const { accounts, openWebUI } = await openAccounts();
      const before = openWebUI.requests.length;
      expect(await refusal(accounts.link(somebody(), new Secret(key)))).toMatch(/no API key/);
      expect(openWebUI.requests.slice(before).filter((one) => one.headers.authorization?.includes('hunter2'))).toEqual(
        [],
      );
    },
  );

  it('links no program', async () => {
    const { accounts, openWebUI } = await openAccounts();
    const bot = somebody({ bot: true });
    expect(await refusal(accounts.link(bot, new Secret(openWebUI.otherKey)))).toMatch(/programs cannot link/);
    expect((await accounts.asking(bot)).owner).toBeNull();
    const strict = await openAccounts({ policy: 'require' });
    expect(await refusal(strict.accounts.asking(bot))).toMatch(/programs cannot link/);
    expect(strict.accounts.known(bot)).toBeNull();
  });

  it('is off without a secret key, and says who must do what', async () => {
    const { accounts, openWebUI } = await openAccounts({ vault: createVault(null) });
    expect(await refusal(accounts.link(somebody(), new Secret(openWebUI.otherKey)))).toMatch(/PARLEY_SECRET_KEY/);
    expect(accounts.linkingOff).toMatch(/PARLEY_SECRET_KEY/);
  });

  it('takes any id for what it is', async () => {
    const vault = createVault(newSecretKey());
    const { accounts, openWebUI, store } = await openAccounts({ vault });
    for (const id of ['__proto__', 'constructor', 'toString'])
      expect((await accounts.asking(somebody({ id }))).owner).toBeNull();
    await accounts.link(somebody({ id: '__proto__' }), new Secret(openWebUI.otherKey));
    const again = await openAccounts({ vault, store, openWebUI });
    expect(again.accounts.known(somebody({ id: '__proto__' }))?.owner).toBe('plain:T1:__proto__');
    expect((await again.accounts.asking(somebody({ id: 'constructor' }))).owner).toBeNull();
  });

  it('ends with unlinking', async () => {
    const { accounts, openWebUI } = await openAccounts();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    expect(await accounts.unlink(somebody())).toBe(true);
    expect(await accounts.unlink(somebody())).toBe(false);
    expect((await accounts.asking(somebody())).owner).toBeNull();
    expect(await accounts.owning('plain:T1:ann')).toBeNull();
  });
});

describe('a key that is no longer good', () => {
  it('is never used again once the server refused it, also after a restart, until it is linked anew', async () => {
    const vault = createVault(newSecretKey());
    const { accounts, openWebUI, store } = await openAccounts({ vault });
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const identity = await accounts.asking(somebody());
    revoke(openWebUI);
    await expect(listModels(identity.server)).rejects.toThrow(/unauthorized/);
    const sent = () =>
      openWebUI.requests.filter((one) => one.headers.authorization?.endsWith(openWebUI.otherKey)).length;
    const before = sent();
    expect(await refusal(accounts.asking(somebody()))).toMatch(/no longer takes the API key/);
    expect(accounts.known(somebody())).toBeNull();
    expect(await accounts.owning('plain:T1:ann')).toBeNull();
    await openWebUI.until(() => true);
    const again = await openAccounts({ vault, store, openWebUI });
    await expect(again.accounts.asking(somebody())).rejects.toMatchObject({ reason: 'refused' });
    expect(sent()).toBe(before);
    await again.accounts.link(somebody(), new Secret(openWebUI.adminKey));
    expect((await again.accounts.asking(somebody())).account?.name).toBe('Ada Admin');
  });

  it('does not take a key down that was linked since', async () => {
    const { accounts, openWebUI } = await openAccounts();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const old = await accounts.asking(somebody());
    await accounts.link(somebody(), new Secret(openWebUI.adminKey));
    await accounts.refused(old);
    expect((await accounts.asking(somebody())).account?.name).toBe('Ada Admin');
  });

  it('is not given up for what is merely not theirs, nor while API keys are off or a proxy is in the way', async () => {
    const { accounts, openWebUI } = await openAccounts();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const { server } = await accounts.asking(somebody());
    const failing = async () => expect(listModels(server)).rejects.toThrow();
    openWebUI.fault(
      { path: '/api/models' },
      { status: 401, body: { detail: 'We could not find what you are looking for' } },
    );
    await failing();
    openWebUI.fault({ path: '/api/models' }, { status: 401, body: '<html>Sign in</html>' });
    await failing();
    openWebUI.world.settings.apiKeys = false;
    await failing();
    openWebUI.world.settings.apiKeys = true;
    expect((await accounts.asking(somebody())).owner).toBe('plain:T1:ann');
  });

  it('counts as not to be used when the secret key was changed, with a clear word', async () => {
    const { accounts, openWebUI, store } = await openAccounts();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const changed = await openAccounts({ store, openWebUI });
    expect(await refusal(changed.accounts.asking(somebody()))).toMatch(/secret key of Parley was changed.*\/link/);
    expect(changed.accounts.known(somebody())).toBeNull();
    await changed.accounts.unlink(somebody());
    expect((await changed.accounts.asking(somebody())).owner).toBeNull();
  });

  it('is sealed anew at the start where the former secret key is given', async () => {
    const [before, after] = [newSecretKey(), newSecretKey()];
    const { accounts, openWebUI, store } = await openAccounts({ vault: createVault(before) });
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    await openAccounts({ store, openWebUI, vault: createVault(after, [before]) });
    const last = await openAccounts({ store, openWebUI, vault: createVault(after) });
    expect((await last.accounts.asking(somebody())).owner).toBe('plain:T1:ann');
  });

  it('is not opened as another person’s', async () => {
    const vault = createVault(newSecretKey());
    const { accounts, openWebUI, store } = await openAccounts({ vault });
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    const [link] = await store.links.list('openwebui');
    if (!link) throw new Error('no link');
    await store.links.put({ ...link, user: 'plain:T1:eve' });
    const again = await openAccounts({ vault, store, openWebUI });
    await expect(again.accounts.asking(somebody({ id: 'eve' }))).rejects.toBeInstanceOf(LinkNeeded);
  });
});

/** Otto makes a new key in Open WebUI, which ends the old one. */
function revoke(openWebUI: AccountWorld['openWebUI']): void {
  const otto = openWebUI.world.users.all().find((user) => user.api_key === openWebUI.otherKey);
  if (!otto) throw new Error('nobody has that key');
  openWebUI.world.users.put({ ...otto, api_key: `sk-${'9'.repeat(32)}` });
}
