import { describe, expect, test } from 'vitest';
import { findTask, tasks } from '../../src/nextcloud/tasks.ts';
import { newTask, oldTask, on } from './one-api.ts';
import { ok } from './wire.ts';

describe('the list', () => {
  const three = [
    newTask({ id: 1 }),
    newTask({ id: 3, appId: 'assistant' }),
    newTask({ id: 2, type: 'core:audio2text' }),
  ];

  test('is our own, the newest first', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/app/parley') ? ok({ tasks: three }) : undefined),
      async (nc) => {
        expect((await tasks(nc)).map((one) => [one.id, one.ours])).toEqual([
          [3, false],
          [2, true],
          [1, true],
        ]);
      },
    );
  });

  test('of all apps asks for all', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/tasks?') ? ok({ tasks: three }) : undefined),
      async (nc, wire) => {
        expect(await tasks(nc, { all: true, type: 'core:audio2text' })).toMatchObject([{ id: 2 }]);
        expect(wire.asked().at(-1)).toBe('GET /ocs/v2.php/taskprocessing/tasks?taskType=core%3Aaudio2text&format=json');
      },
    );
  });

  test('with holes, which PHP writes as a map, comes out whole', async () => {
    const holes = { 1: newTask({ id: 1 }), 4: newTask({ id: 4 }) };
    await on(
      'new',
      ({ path }) => (path.includes('/app/') ? ok({ tasks: holes }) : undefined),
      async (nc) => {
        expect((await tasks(nc)).map((one) => one.id)).toEqual([4, 1]);
      },
    );
  });

  test('finds by key even where the server gives all', async () => {
    const all = [newTask({ id: 9, customId: 'other' }), newTask({ id: 2, customId: 'order-1' })];
    await on(
      'new',
      ({ path }) => (path.includes('/app/') ? ok({ tasks: all }) : undefined),
      async (nc, wire) => {
        expect(await findTask(nc, 'order-1')).toMatchObject({ id: 2 });
        expect(wire.asked().at(-1)).toBe(
          'GET /ocs/v2.php/taskprocessing/tasks/app/parley?customId=order-1&format=json',
        );
      },
    );
  });

  test('finds a task from before an upgrade in the older API', async () => {
    await on(
      'new',
      ({ path }) => {
        if (path.includes('/textprocessing/tasks/app')) return ok({ tasks: [oldTask({ identifier: 'order-1' })] });
        return path.includes('/app/') ? ok({ tasks: [] }) : undefined;
      },
      async (nc) => {
        expect(await findTask(nc, 'order-1')).toMatchObject({ api: 'textprocessing', id: 7 });
      },
    );
  });

  test('finds nothing on a server without the older API', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/taskprocessing/tasks') ? ok({ tasks: [] }) : undefined),
      async (nc) => {
        expect(await findTask(nc, 'order-1')).toBeNull();
      },
    );
  });
});
