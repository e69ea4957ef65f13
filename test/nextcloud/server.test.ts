import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { account } from '../../src/nextcloud/account.ts';
import { connect, serverUrl, visit } from '../../src/nextcloud/connection.ts';
import { capabilities, queuePosition, queueStats, status } from '../../src/nextcloud/server.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, ok, over, refusal } from './wire.ts';

describe('a server', () => {
  test('tells its status to anybody', async () => {
    await over(
      () => answerOf(exchangeOf('auth-v34', 'status.php')),
      async (nc, wire) => {
        expect(await status(nc)).toEqual({
          installed: true,
          maintenance: false,
          needsUpgrade: false,
          version: '34.0.1',
          product: 'Nextcloud',
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

describe('the queue', () => {
  test('is told to administrators', async () => {
    await over(
      ({ path }) => (path.includes('queue_stats') ? ok({ scheduled_count: 3, running_count: 1 }) : undefined),
      async (nc, wire) => {
        expect(await queueStats(nc, ['core:text2text', 'b'])).toEqual({ waiting: 3, running: 1 });
        expect(wire.asked()[0]).toContain('taskTypeIds%5B%5D=core%3Atext2text&taskTypeIds%5B%5D=b');
      },
    );
  });

  test.each([
    ['queue-v34', 'queue_stats as a plain user'],
    ['taskprocessing-v32', 'queue_stats is not in 32'],
  ])('is not told by %s: %s', async (name, title) => {
    await over(
      ({ path }) => (path.includes('queue_stats') ? answerOf(exchangeOf(name, title)) : undefined),
      async (nc) => {
        expect(await queueStats(nc)).toBeNull();
      },
    );
  });

  test.each([
    [ok(4), 4],
    [ok({ position: 2 }), 2],
    [ok({ queue_position: 1 }), 1],
    [ok({}), null],
    [refusal(404, 'Task not found'), null],
  ])('says a place (%#)', async (given, place) => {
    await over(
      ({ path }) => (path.includes('/tasks/7/queue_position') ? given : undefined),
      async (nc) => {
        expect(await queuePosition(nc, 7)).toBe(place);
      },
    );
  });

  test('says no place before 35', async () => {
    await over(
      () => undefined,
      async (nc) => {
        expect(await queuePosition(nc, 7)).toBeNull();
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
