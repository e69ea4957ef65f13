import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { account } from '../../src/nextcloud/account.ts';
import { upload } from '../../src/nextcloud/files.ts';
import { taskTypes } from '../../src/nextcloud/task-types.ts';
import { findTask, schedule, tasks } from '../../src/nextcloud/tasks.ts';
import { badLogin, early, failureOf, ok, over, PASSWORD, refusal } from './wire.ts';

const order = { type: 'core:text2text', input: { input: 'Hello' }, key: 'k1' };

describe('a credential', () => {
  test('is proved by one call, however many calls begin together', async () => {
    await over(
      () => badLogin,
      async (nc, wire) => {
        const calls = [taskTypes(nc), tasks(nc), findTask(nc, 'k'), schedule(nc, order), account(nc)];
        for (const call of calls) expect((await failureOf(call)).reason).toBe('credential');
        expect(wire.seen).toHaveLength(1);
      },
    );
  });

  test('that was refused is never sent again', async () => {
    let revoked = false;
    await over(
      ({ path }) => (revoked ? badLogin : path.includes('tasktypes') ? ok({ types: {} }) : undefined),
      async (nc, wire) => {
        await taskTypes(nc);
        revoked = true;
        expect((await failureOf(taskTypes(nc))).problem).toMatchObject({
          kind: 'unauthorized',
          retry: { when: 'never' },
          say: expect.stringContaining('connect the account anew with `/nextcloud connect`'),
        });
        const before = wire.seen.length;
        for (const call of [taskTypes(nc), tasks(nc), schedule(nc, order), account(nc).then(() => taskTypes(nc))]) {
          expect((await failureOf(call)).reason).toBe('credential');
        }
        expect(wire.seen).toHaveLength(before);
      },
    );
  });

  test('is asked about again when the first call met a server that was away', async () => {
    let away = true;
    await over(
      ({ path }) =>
        away ? early(503, 503, 'Service unavailable') : path.includes('types') ? ok({ types: [] }) : undefined,
      async (nc) => {
        expect((await failureOf(taskTypes(nc))).reason).toBe('maintenance');
        away = false;
        expect(await taskTypes(nc)).toEqual([]);
      },
    );
  });

  test('is not blamed when a task names a file of somebody else', async () => {
    await over(
      ({ path, method }) => {
        if (method === 'POST')
          return refusal(401, 'User does not have access to the files mentioned in the task input');
        return path.includes('tasktypes') ? ok({ types: {} }) : undefined;
      },
      async (nc) => {
        expect((await failureOf(schedule(nc, order))).reason).toBe('file-access');
        expect(await taskTypes(nc)).toEqual([]);
      },
    );
  });

  test('that WebDAV refuses is refused for all', async () => {
    await over(
      ({ path }) =>
        path.startsWith('/remote.php')
          ? {
              status: 401,
              headers: { 'content-type': 'application/xml' },
              body: '<d:error xmlns:d="DAV:"><s:exception>Sabre\\DAV\\Exception\\NotAuthenticated</s:exception></d:error>',
            }
          : undefined,
      async (nc, wire) => {
        const file = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('a') };
        expect((await failureOf(upload(nc, file))).reason).toBe('credential');
        const before = wire.seen.length;
        expect((await failureOf(tasks(nc))).reason).toBe('credential');
        expect(wire.seen).toHaveLength(before);
      },
    );
  });

  test('that was revoked on 27 shows in a task of nobody, and is not used again', async () => {
    const made = {
      id: 1,
      type: 't',
      status: 1,
      userId: null,
      appId: 'parley',
      input: 'x',
      output: null,
      identifier: 'k1',
    };
    await over(
      ({ path, method }) => {
        if (path.includes('/textprocessing/tasktypes')) return ok({ types: [] });
        return method === 'POST' ? ok({ task: made }) : undefined;
      },
      async (nc, wire) => {
        expect((await failureOf(schedule(nc, order))).reason).toBe('credential');
        const before = wire.seen.length;
        expect((await failureOf(tasks(nc))).reason).toBe('credential');
        expect(wire.seen).toHaveLength(before);
      },
    );
  });

  test('of everybody is refused when our address is locked out: a wait, and no new link', async () => {
    await over(
      () => early(429, 429, 'Reached maximum delay'),
      async (nc) => {
        const { reason, problem } = await failureOf(taskTypes(nc));
        expect(reason).toBe('brute-force');
        expect(problem).toMatchObject({ kind: 'busy', retry: { when: 'after' } });
        expect(nc.learnt.refused).toBe(false);
      },
    );
  });

  test('stands in no failure, connection or log line', async () => {
    await over(
      () => early(500, 996, 'Internal Server Error'),
      async (nc) => {
        const failed = await failureOf(taskTypes(nc));
        const printed = [
          inspect(nc, { depth: 9 }),
          JSON.stringify(failed),
          inspect(failed, { depth: 9 }),
          String(failed),
        ].join();
        expect(printed).not.toContain(PASSWORD);
        expect(printed).not.toContain(Buffer.from(`bob:${PASSWORD}`).toString('base64'));
      },
    );
  });
});
