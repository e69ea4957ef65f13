import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect, visit } from '../../src/nextcloud/connection.ts';
import { download } from '../../src/nextcloud/files.ts';
import { status } from '../../src/nextcloud/server.ts';
import { taskTypes } from '../../src/nextcloud/task-types.ts';
import { schedule } from '../../src/nextcloud/tasks.ts';
import { createTestClock } from '../clock.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, me, ok, over, startWire } from './wire.ts';

const types = ok({ types: {} });

describe('a call', () => {
  test('names us, asks for JSON in both ways, and carries the credential', async () => {
    await over(
      ({ path }) => (path.includes('tasktypes') ? types : undefined),
      async (nc, wire) => {
        await taskTypes(nc);
        for (const { path, headers } of wire.seen) {
          expect(path).toContain('format=json');
          expect(headers).toMatchObject({
            accept: 'application/json',
            'ocs-apirequest': 'true',
            'user-agent': 'Parley',
            authorization: `Basic ${Buffer.from('bob:app-password-that-nobody-may-see').toString('base64')}`,
          });
        }
      },
    );
  });

  test('keeps the folder of the install', async () => {
    const wire = await startWire(({ path }) => (path.includes('user') ? me : types));
    const nc = connect({ url: `${wire.url}/cloud/index.php/apps/files/`, login: 'bob', password: new Secret('x') });
    await taskTypes(nc);
    expect(wire.asked()[0]).toBe('GET /cloud/ocs/v2.php/taskprocessing/tasktypes?format=json');
    await disconnect(nc);
    await wire.close();
  });

  test('does not follow a redirect, so that nobody else gets the credential', async () => {
    const other = await startWire(() => me);
    await over(
      () => ({ status: 302, headers: { location: `${other.url}/ocs/v2.php/cloud/user` } }),
      async (nc) => {
        const { reason, problem } = await failureOf(taskTypes(nc));
        expect(reason).toBe('redirect');
        expect(problem.say).toContain('https');
        expect(other.seen).toEqual([]);
      },
    );
    await other.close();
  });

  test('that only reads is made again when the connection breaks, up to three times in all', async () => {
    let broken = 0;
    await over(
      () => {
        broken += 1;
        return broken < 3 ? null : answerOf(exchangeOf('auth-v34', 'status.php'));
      },
      async (nc) => {
        expect((await status(nc)).version).toBe('34.0.1');
        expect(broken).toBe(3);
      },
    );
  });

  test('that changes something is made once', async () => {
    await over(
      ({ method, path }) => {
        if (method === 'POST') return { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' };
        if (path.includes('/app/')) return ok({ tasks: [] });
        return path.includes('tasktypes') ? types : undefined;
      },
      async (nc, wire) => {
        const failed = await failureOf(schedule(nc, { type: 't', input: { input: 'x' }, key: 'k' }));
        expect(failed.reason).toBe('unavailable');
        expect(wire.seen.filter((one) => one.method === 'POST')).toHaveLength(1);
      },
    );
  });

  test('ends after its time', async () => {
    const clock = createTestClock();
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const address = hanging.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const arrived = new Promise((resolve) => hanging.once('request', resolve));
    const site = visit({ url: `http://127.0.0.1:${port}`, clock, timeoutMs: 5_000 });
    const failed = failureOf(status(site));
    await arrived;
    await clock.advance(5_000);
    expect((await failed).problem).toMatchObject({ kind: 'timeout', retry: { when: 'later' } });
    expect(clock.timers()).toBe(0);
    await disconnect(site);
    hanging.closeAllConnections();
    hanging.close();
  });

  test('ends when somebody stops it', async () => {
    const stop = new AbortController();
    await over(
      ({ path }) => {
        if (path.includes('user')) return undefined;
        stop.abort();
        return types;
      },
      async (nc) => {
        expect((await failureOf(taskTypes(nc, { signal: stop.signal }))).reason).toMatch(/stopped/);
      },
    );
  });

  test('to nobody says that the server cannot be reached', async () => {
    const wire = await startWire(() => me);
    await wire.close();
    const site = visit({ url: wire.url });
    expect((await failureOf(status(site))).problem).toMatchObject({ kind: 'unreachable', retry: { when: 'later' } });
    await disconnect(site);
  });

  test('to a plain server by https says that it is not safe', async () => {
    const wire = await startWire(() => me);
    const site = visit({ url: wire.url.replace('http:', 'https:') });
    expect((await failureOf(status(site))).reason).toBe('tls');
    await disconnect(site);
    await wire.close();
  });

  test('reads no more than it wants', async () => {
    await over(
      ({ path }) => (path.includes('/file/') ? { status: 200, body: Buffer.alloc(100_001) } : undefined),
      async (nc) => {
        const ref = { api: 'taskprocessing', id: 1 } as const;
        expect((await failureOf(download(nc, ref, 2, 100_000))).reason).toBe('file-size');
        expect((await download(nc, ref, 2, 100_001)).bytes).toHaveLength(100_001);
      },
    );
  });

  test('that meets a web page says that this is something else', async () => {
    await over(
      () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Hi</html>' }),
      async (nc) => {
        expect((await failureOf(taskTypes(nc))).reason).toBe('not-nextcloud');
      },
    );
  });

  test('whose answer is cut says so', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '999' };
    await over(
      () => ({ status: 200, headers, body: '{"ocs":', cut: true }),
      async (nc) => {
        expect((await failureOf(taskTypes(nc))).problem).toMatchObject({ kind: 'cut', retry: { when: 'later' } });
      },
    );
  });
});
