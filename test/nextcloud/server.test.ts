import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { account } from '../../src/nextcloud/account.ts';
import { connect, serverUrl, visit } from '../../src/nextcloud/connection.ts';
import { capabilities, status } from '../../src/nextcloud/server.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, ok, over } from './wire.ts';

describe('a server', () => {
  test('tells its status to anybody', async () => {
    await over(
      () => answerOf(exchangeOf('auth-v34', 'status.php')),
      async (nc, wire) => {
        expect(await status(nc)).toEqual({
          installed: true,
          maintenance: false,
          version: '34.0.1',
        });
        expect(wire.seen[0]?.headers.authorization).toBeUndefined();
      },
    );
  });

  test('tells its status in maintenance too', async () => {
    await over(
      () => answerOf(exchangeOf('maintenance-bruteforce-v32', 'maintenance mode: status.php')),
      async (nc) => {
        expect(await status(nc)).toMatchObject({ maintenance: true, version: '32.0.2' });
      },
    );
  });

  test.each([
    [404, 'text/plain', '404 page not found'],
    [404, 'text/html', '<html></html>'],
    [200, 'text/html', '<html></html>'],
  ])('that is something else is told apart (%i %s)', async (code, type, body) => {
    await over(
      () => ({ status: code, headers: { 'content-type': type }, body }),
      async (nc) => {
        expect((await failureOf(status(nc))).reason).toBe('not-nextcloud');
      },
    );
  });

  test('tells its version', async () => {
    await over(
      () => answerOf(exchangeOf('auth-v34', 'capabilities, no login')),
      async (nc, wire) => {
        const told = await capabilities(nc);
        expect(told.version).toEqual({ major: 34, minor: 0, micro: 1, text: '34.0.1' });
        expect(Object.keys(told.capabilities)).toEqual(['bruteforce', 'theming']);
        expect(wire.seen[0]?.headers.authorization).toBeUndefined();
      },
    );
  });

  test('without any capability says so by an empty list', async () => {
    await over(
      () => ok({ version: { major: 30, minor: 0, micro: 1 }, capabilities: [] }),
      async (nc) => {
        expect(await capabilities(nc)).toMatchObject({ version: { text: '30.0.1' }, capabilities: {} });
      },
    );
  });

  test('tells who the account is, once', async () => {
    await over(
      ({ path }) =>
        path.includes('/cloud/user') ? ok({ id: 'u1', 'display-name': 'Ann', email: 'a@x.y' }) : undefined,
      async (nc, wire) => {
        expect(await account(nc)).toEqual({ id: 'u1', name: 'Ann', email: 'a@x.y' });
        await account(nc);
        expect(wire.seen).toHaveLength(1);
      },
    );
  });
});

describe('an address', () => {
  test.each([
    ['https://cloud.example.com', 'https://cloud.example.com'],
    [' https://cloud.example.com/ ', 'https://cloud.example.com'],
    ['https://example.com/nextcloud/', 'https://example.com/nextcloud'],
    ['https://example.com/nextcloud/index.php/apps/files/?dir=/', 'https://example.com/nextcloud'],
    ['https://example.com/nextcloud/status.php', 'https://example.com/nextcloud'],
    ['https://example.com/nextcloud/ocs/v2.php/cloud', 'https://example.com/nextcloud'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s is used as %s', (written, url) => {
    expect(serverUrl(written)).toBe(url);
  });

  test.each(['', 'cloud.example.com', 'ftp://x', 'https://ann:secret@x.y'])('%s is refused', async (url) => {
    const failed = await failureOf((async () => visit({ url }))());
    expect(failed.problem).toMatchObject({ kind: 'invalid', retry: { when: 'never' } });
    expect(failed.message).not.toContain('secret');
    expect(() => connect({ url, login: 'a', password: new Secret('b') })).toThrow();
  });
});
