import { describe, expect, test } from 'vitest';
import { account } from '../../../src/nextcloud/account.ts';
import { apiOf } from '../../../src/nextcloud/api.ts';
import { disconnect, visit } from '../../../src/nextcloud/connection.ts';
import { beginLogin, pollLogin, revoke } from '../../../src/nextcloud/login-flow.ts';
import { capabilities, status } from '../../../src/nextcloud/server.ts';
import { tasks } from '../../../src/nextcloud/tasks.ts';
import { failureOf } from '../../nextcloud/wire.ts';
import { another, type Desk } from './bench.ts';

/** The server, the account, linking and unlinking. */
export function accountContract(at: () => Desk): void {
  describe('a server', () => {
    test('tells its status and its version to anybody', async () => {
      const site = visit({ url: at().url });
      const told = await status(site);
      const { version } = await capabilities(site);
      expect(told).toMatchObject({ installed: true, maintenance: false, version: version.text });
      expect(version.major).toBeGreaterThanOrEqual(27);
      await disconnect(site);
    });

    test('has the API of its version', async () => {
      const { version } = await capabilities(at().nc);
      expect(await apiOf(at().nc, { refresh: true })).toBe(version.major >= 30 ? 'taskprocessing' : 'textprocessing');
    });

    test('is found in its folder too when people paste a page of it', async () => {
      const nc = another({ ...at(), url: `${at().url}/index.php/apps/files/` });
      expect((await account(nc)).id).toBe((await account(at().nc)).id);
      await disconnect(nc);
    });
  });

  describe('an account', () => {
    test('says who it is', async () => {
      const user = await account(at().nc);
      expect(user.id).not.toBe('');
      expect(user.name).not.toBe('');
    });

    test('with a wrong password is refused, and asked no more', async ({ skip }) => {
      if (!at().expendable) return skip('counts as a wrong login');
      const nc = another({ ...at(), password: 'wrong' });
      for (let call = 0; call < 20; call += 1) expect((await failureOf(tasks(nc))).reason).toBe('credential');
      await disconnect(nc);
      // Eleven wrong logins would have locked our address out.
      await expect(tasks(at().nc)).resolves.toBeDefined();
    });
  });

  describe('a login flow', () => {
    test('begins with a page to open, and waits', async () => {
      const site = visit({ url: at().url, requester: 'Parley contract' });
      const flow = await beginLogin(site);
      expect(flow.link).toMatch(/^https?:\/\/.+\/login\/v2\/flow\/.+/);
      expect(await pollLogin(site, flow)).toBe('waiting');
      await disconnect(site);
    });

    test('gives a password that works until it is revoked', async ({ skip }) => {
      const { grant, url } = at();
      if (grant === undefined) return skip('needs a person');
      const site = visit({ url });
      const flow = await beginLogin(site);
      grant(flow.link);
      const granted = await pollLogin(site, flow);
      if (typeof granted === 'string') throw new Error(granted);
      expect(granted.url).toBe(url);
      expect(await pollLogin(site, flow)).toBe('waiting');
      const nc = another({ url: granted.url, user: granted.login, password: granted.password.reveal() });
      expect((await account(nc)).id).toBe((await account(at().nc)).id);
      expect(await revoke(nc)).toBe('revoked');
      const again = another({ url: granted.url, user: granted.login, password: granted.password.reveal() });
      expect((await failureOf(account(again))).reason).toBe('credential');
      for (const one of [nc, again, site]) await disconnect(one);
    });

    test('of an app password made elsewhere can be revoked', async ({ skip }) => {
      const { throwaway } = at();
      if (throwaway === undefined) return skip('no password to spare');
      const nc = another({ ...at(), password: throwaway() });
      await tasks(nc);
      expect(await revoke(nc)).toBe('revoked');
      await disconnect(nc);
    });
  });
}
