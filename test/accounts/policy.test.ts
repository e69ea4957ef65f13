import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { closeAfter } from '../close-after.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { type AccountWorld, openAccounts, somebody } from './world.ts';

describe('people without a link', () => {
  it('are asked to link where the policy says so', async () => {
    const { accounts, openWebUI } = await openAccounts({ policy: 'require' });
    await expect(accounts.asking(somebody())).rejects.toMatchObject({ reason: 'missing' });
    expect(accounts.known(somebody())).toBeNull();
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    expect((await accounts.asking(somebody())).owner).toBe('plain:T1:ann');
  });

  it('are matched by the whole e-mail in any case, and asked once in some minutes', async () => {
    const { accounts, openWebUI, clock } = await openAccounts({ policy: 'match' });
    const otto = somebody({ email: 'OTTO@Example.test' });
    const searches = () => openWebUI.seen({ path: '/api/v1/users/search' }).length;
    expect(accounts.known(otto)).toBeNull();
    const identity = await accounts.asking(otto);
    expect(identity).toMatchObject({ owner: null, account: { name: 'Otto Other', email: 'otto@example.test' } });
    expect(identity.server.key?.reveal()).toBe(openWebUI.key);
    const asked = searches();
    await accounts.asking(otto);
    expect(accounts.known(otto)?.account?.name).toBe('Otto Other');
    expect(searches()).toBe(asked);
    await clock.advance(300_000);
    await accounts.asking(otto);
    expect(searches()).toBeGreaterThan(asked);
  });

  it.each([
    ['no account has it', { email: 'to@example.test' }, /No account/],
    ['it is only known in part', { email: 'otto@example' }, /No account/],
    ['it has a dot more', { email: 'otto@example.test.' }, /No account/],
    ['it has a tag', { email: 'otto+x@example.test' }, /No account/],
    ['it only looks the same', { email: 'ottо@example.test' }, /No account/],
    ['it is as good as the same in Unicode', { email: 'ｏtto@example.test' }, /No account/],
    ['it becomes the same in lower case', { email: 'KIM@example.test'.replace('K', '\u212A') }, /No account/],
    ['the platform does not tell it', { email: null }, /cannot see your e-mail/],
    ['they are of another organisation', { email: 'otto@example.test', stranger: true }, /cannot see your e-mail/],
    ['the account waits', { email: 'penny@example.test' }, /waits to be accepted/],
  ])('are refused by e-mail where %s', async (_, more, why) => {
    const { accounts, openWebUI } = await openAccounts({ policy: 'match' });
    const [otto] = openWebUI.world.users.all().filter((user) => user.email === 'otto@example.test');
    if (otto) openWebUI.world.users.put({ ...otto, id: 'kim', email: 'kim@example.test', api_key: null });
    await expect(accounts.asking(somebody(more))).rejects.toMatchObject({
      reason: 'unmatched',
      problem: { say: expect.stringMatching(why) },
    });
    expect(accounts.known(somebody(more))).toBeNull();
  });

  it('are refused where two accounts have their e-mail', async () => {
    const { accounts, openWebUI } = await openAccounts({ policy: 'match' });
    const [otto] = openWebUI.world.users.all().filter((user) => user.email === 'otto@example.test');
    if (!otto) throw new Error('Otto is gone');
    openWebUI.world.users.put({ ...otto, id: 'another', email: 'Otto@example.test', api_key: null });
    await expect(accounts.asking(somebody({ email: 'otto@example.test' }))).rejects.toMatchObject({
      problem: { say: expect.stringMatching(/More than one/) },
    });
  });

  it('are refused for now, without being told a wrong reason, while the server is away', async () => {
    const { accounts, openWebUI } = await openAccounts({ policy: 'match' });
    await openWebUI.down();
    await expect(accounts.asking(somebody({ email: 'otto@example.test' }))).rejects.toMatchObject({
      problem: { kind: 'unreachable' },
    });
    await openWebUI.up();
    expect((await accounts.asking(somebody({ email: 'otto@example.test' }))).account?.name).toBe('Otto Other');
  });
});

describe('an admin’s service key', () => {
  it('is not asked with, and the log says so', async () => {
    const { accounts, logged, openWebUI } = await keyOfAdmin();
    await expect(accounts.asking(somebody())).rejects.toMatchObject({ problem: { kind: 'forbidden' } });
    expect(accounts.known(somebody())).toBeNull();
    expect(logged.join()).toMatch(/admin’s key.*OPENWEBUI_ALLOW_ADMIN_KEY/);
    await accounts.link(somebody(), new Secret(openWebUI.otherKey));
    expect((await accounts.asking(somebody())).owner).toBe('plain:T1:ann');
  });

  it('is asked with where that is allowed', async () => {
    const { accounts } = await keyOfAdmin({ allowAdminKey: true });
    expect((await accounts.asking(somebody())).owner).toBeNull();
    expect(accounts.known(somebody())?.owner).toBeNull();
  });

  it('is found out later when the server was away at the start', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    await openWebUI.down();
    const { accounts, clock, logged } = await openAccounts({ openWebUI, key: openWebUI.adminKey });
    expect((await accounts.asking(somebody())).owner).toBeNull();
    await openWebUI.up();
    while (!logged.some((line) => line.includes('admin’s key'))) await clock.advance(300_000);
    await expect(accounts.asking(somebody())).rejects.toMatchObject({ problem: { kind: 'forbidden' } });
  });
});

describe('a service key whose account changes while Parley runs', () => {
  it('is not asked with any more once it is an admin’s, and again once it is not', async () => {
    const { accounts, clock, logged, openWebUI } = await openAccounts();
    expect((await accounts.asking(somebody())).owner).toBeNull();
    const team = openWebUI.world.users.all().find(({ api_key: key }) => key === openWebUI.key);
    if (!team) throw new Error('the team has no account');
    openWebUI.world.users.put({ ...team, role: 'admin' });
    while (!logged.some((line) => line.includes('is an admin’s key'))) await clock.advance(600_000);
    await expect(accounts.asking(somebody())).rejects.toMatchObject({ problem: { kind: 'forbidden' } });
    openWebUI.world.users.put(team);
    while (!logged.some((line) => line.includes('is no admin’s key any more'))) await clock.advance(600_000);
    expect((await accounts.asking(somebody())).owner).toBeNull();
  });
});

describe('whether the service key is an admin’s, while that could not be told yet', () => {
  it('is asked before it is asked with: not one question of theirs slips through once the server is up', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    closeAfter(() => openWebUI.close());
    await openWebUI.down();
    const { accounts } = await openAccounts({ openWebUI, key: openWebUI.adminKey });
    await accounts.asking(somebody());
    await openWebUI.up();
    await expect(accounts.asking(somebody())).rejects.toMatchObject({ problem: { kind: 'forbidden' } });
  });
});

async function keyOfAdmin(more: { allowAdminKey?: boolean } = {}): Promise<AccountWorld> {
  const openWebUI = await startScriptedOpenWebUI();
  closeAfter(() => openWebUI.close());
  return openAccounts({ openWebUI, key: openWebUI.adminKey, ...more });
}
