import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { headerSafe } from '../../src/nextcloud/connection.ts';
import { beginLogin, FLOW_MS, pollLogin, revoke } from '../../src/nextcloud/login-flow.ts';
import { tasks } from '../../src/nextcloud/tasks.ts';
import { createTestClock } from '../clock.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { badLogin, failureOf, type Given, json, ok, over, type Seen } from './wire.ts';

const begun = answerOf(exchangeOf('auth-v34', 'login flow v2: start'));
const waiting = answerOf(exchangeOf('auth-v34', 'login flow v2: poll before'));
const granted = answerOf(exchangeOf('auth-v34', 'login flow v2: poll after'));

function server(poll: Given): (seen: Seen) => Given | undefined {
  return ({ path }) => (path.endsWith('/poll') ? poll : path.endsWith('/login/v2') ? begun : undefined);
}

describe('the login flow', () => {
  test('begins with our name, and gives a page to open', async () => {
    const clock = createTestClock();
    await over(
      server(waiting),
      async (nc, wire) => {
        const flow = await beginLogin({ ...nc, requester: headerSafe('Parley for Zoë\r\nX-Evil: 1') });
        expect(flow.link).toBe('http://nextcloud.test/index.php/login/v2/flow/<FLOW_TOKEN>');
        expect(flow.expiresAt).toBe(clock.now() + FLOW_MS);
        expect(wire.seen[0]).toMatchObject({ method: 'POST', path: '/index.php/login/v2' });
        expect(wire.seen[0]?.headers['user-agent']).toBe('Parley for ZoeX-Evil: 1');
        expect(wire.seen[0]?.headers.authorization).toBeUndefined();
        expect(inspect(flow)).not.toContain('POLL_TOKEN');
      },
      { clock },
    );
  });

  test('asks the address we know, with the token alone', async () => {
    await over(server(waiting), async (nc, wire) => {
      const flow = await beginLogin(nc);
      expect(await pollLogin(nc, flow)).toBe('waiting');
      const asked = wire.seen.at(-1);
      expect(asked).toMatchObject({ method: 'POST', path: '/index.php/login/v2/poll' });
      expect(asked?.body.toString()).toBe('token=%3CPOLL_TOKEN%3E');
      expect(asked?.headers.authorization).toBeUndefined();
    });
  });

  test('gives the grant, with the address that was asked', async () => {
    await over(server(granted), async (nc) => {
      const grant = await pollLogin(nc, await beginLogin(nc));
      if (typeof grant === 'string') throw new Error(grant);
      // The real server called itself by another origin than ours.
      expect(grant.url).toBe(nc.url);
      expect(grant.login).toBe('alice');
      expect(grant.password.reveal()).toBe('<APP_PASSWORD>');
      expect(inspect(grant)).not.toContain('APP_PASSWORD');
    });
  });

  test('believes the server about its folder on the same origin', async () => {
    await over(
      ({ path, headers }) => {
        const told = { server: `http://${headers.host}/cloud/`, loginName: 'a', appPassword: 'p' };
        return path.endsWith('/poll') ? json(200, told) : path.endsWith('/login/v2') ? begun : undefined;
      },
      async (nc) => {
        const grant = await pollLogin(nc, await beginLogin(nc));
        expect(typeof grant === 'string' ? grant : grant.url).toBe(`${nc.url}/cloud`);
      },
    );
  });

  test('is over after twenty minutes', async () => {
    const clock = createTestClock();
    await over(
      server(waiting),
      async (nc) => {
        const flow = await beginLogin(nc);
        await clock.advance(FLOW_MS);
        expect(await pollLogin(nc, flow)).toBe('waiting');
        await clock.advance(1);
        expect(await pollLogin(nc, flow)).toBe('gone');
      },
      { clock },
    );
  });

  test('gives a grant of the last second even when it is asked for later', async () => {
    const clock = createTestClock();
    await over(
      server(granted),
      async (nc) => {
        const flow = await beginLogin(nc);
        await clock.advance(FLOW_MS + 1);
        expect(await pollLogin(nc, flow)).toMatchObject({ login: 'alice' });
      },
      { clock },
    );
  });

  test.each(['javascript:alert(1)', 'https://user:pass@nextcloud.test/x', 'no address'])(
    'hands nobody the link %s',
    async (login) => {
      await over(
        () => json(200, { poll: { token: 't', endpoint: 'x' }, login }),
        async (nc) => {
          expect((await failureOf(beginLogin(nc))).problem.kind).toBe('malformed');
        },
      );
    },
  );
});

describe('a requester’s name', () => {
  test.each([
    ['Parley (Zoë’s team)', 'Parley (Zoes team)'],
    ['パーレイ', 'Parley'],
    ['  a   b ', 'a b'],
    ['x'.repeat(100), 'x'.repeat(60)],
  ])('%s becomes %s', (name, safe) => {
    expect(headerSafe(name)).toBe(safe);
  });
});

describe('unlinking', () => {
  test('deletes the app password, and uses it no more', async () => {
    await over(
      ({ method }) => (method === 'DELETE' ? ok([]) : undefined),
      async (nc, wire) => {
        expect(await revoke(nc)).toBe('revoked');
        expect(wire.asked()).toEqual(['DELETE /ocs/v2.php/core/apppassword?format=json']);
        expect((await failureOf(tasks(nc))).reason).toBe('credential');
        expect(await revoke(nc)).toBe('gone');
        expect(wire.asked()).toHaveLength(1);
      },
    );
  });

  test('is done when the server does not know the password any more', async () => {
    await over(
      () => badLogin,
      async (nc) => {
        expect(await revoke(nc)).toBe('gone');
      },
    );
  });
});
