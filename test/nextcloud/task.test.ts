import { describe, expect, test } from 'vitest';
import { task } from '../../src/nextcloud/tasks.ts';
import { newRef, newTask, oldRef, oldTask, on } from './one-api.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, ok, refusal } from './wire.ts';

describe('a task', () => {
  test('is fetched by GET', async () => {
    await on(
      'new',
      () => ok({ task: newTask() }),
      async (nc, wire) => {
        // The wire answers the proof of the credential too, which then has another shape.
        nc.learnt.user = Promise.resolve({ id: 'bob', name: 'Bob', email: null });
        expect(await task(nc, newRef)).toMatchObject({ id: 7 });
        expect(wire.asked()).toEqual(['GET /ocs/v2.php/taskprocessing/task/7?format=json']);
      },
    );
  });

  test('of the older API is fetched by POST once when a server says 405 to GET', async () => {
    await on(
      'old',
      ({ method, path }) => {
        if (!path.includes('/task/7')) return undefined;
        return method === 'GET' ? { status: 405 } : ok({ task: oldTask({ status: 3, output: 'Done' }) });
      },
      async (nc, wire) => {
        expect(await task(nc, oldRef)).toMatchObject({ output: { output: 'Done' } });
        expect(wire.asked()).toEqual([
          'GET /ocs/v2.php/textprocessing/task/7?format=json',
          'POST /ocs/v2.php/textprocessing/task/7?format=json',
        ]);
      },
    );
  });

  test('of a server that wants neither fails', async () => {
    await on(
      'old',
      ({ path }) => (path.includes('/task/7') ? { status: 405 } : undefined),
      async (nc, wire) => {
        expect((await failureOf(task(nc, oldRef))).reason).toBe('method');
        expect(wire.asked()).toHaveLength(2);
      },
    );
  });

  test('that is not there is missing also where a proxy made v1 of v2, which hides the status in the body', async () => {
    const hidden = answerOf(exchangeOf('textprocessing-v34', 'ocs v1 path, unknown id'));
    await on(
      'old',
      ({ path }) => (path.includes('/task/7') ? hidden : undefined),
      async (nc) => {
        expect((await failureOf(task(nc, oldRef))).reason).toBe('missing');
      },
    );
  });

  test('that is not there is missing', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/task/7') ? refusal(404, 'Task not found') : undefined),
      async (nc) => {
        expect((await failureOf(task(nc, newRef))).problem).toMatchObject({
          kind: 'missing',
          retry: { when: 'never' },
        });
      },
    );
  });

  test('without its later fields, as the first 30 told it, comes out', async () => {
    const first = {
      id: 7,
      type: 't',
      status: 'STATUS_RUNNING',
      userId: 'bob',
      appId: 'parley',
      input: [],
      output: null,
    };
    await on(
      'new',
      ({ path }) => (path.includes('/task/7') ? ok({ task: first }) : undefined),
      async (nc) => {
        expect(await task(nc, newRef)).toMatchObject({
          status: 'running',
          progress: null,
          scheduledAt: null,
          input: {},
        });
      },
    );
  });

  test('in a state that nobody knows is unknown', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/task/7') ? ok({ task: newTask({ status: 'STATUS_DREAMING' }) }) : undefined),
      async (nc) => {
        expect((await task(nc, newRef)).status).toBe('unknown');
      },
    );
  });
});
