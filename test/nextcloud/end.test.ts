import { describe, expect, test } from 'vitest';
import { cancel, remove } from '../../src/nextcloud/tasks.ts';
import { newRef, newTask, oldRef, oldTask, on } from './one-api.ts';
import { json, ok, over, refusal } from './wire.ts';

describe('an end', () => {
  test('by cancel is told by the newer API', async () => {
    await on(
      'new',
      ({ path }) =>
        path.includes('/tasks/7/cancel') ? ok({ task: newTask({ status: 'STATUS_CANCELLED' }) }) : undefined,
      async (nc) => {
        expect((await cancel(nc, newRef)).status).toBe('cancelled');
      },
    );
  });

  test('on the older API is a deletion', async () => {
    await on(
      'old',
      ({ path }) => (path.includes('/task/7') ? ok({ task: oldTask() }) : undefined),
      async (nc, wire) => {
        expect((await cancel(nc, oldRef)).status).toBe('cancelled');
        expect(wire.asked().at(-1)).toBe('DELETE /ocs/v2.php/textprocessing/task/7?format=json');
      },
    );
  });

  test('on the older API leaves what is over', async () => {
    const over3 = ok({ task: oldTask({ status: 3, output: 'Done' }) });
    await on(
      'old',
      ({ path }) => (path.includes('/task/7') ? over3 : undefined),
      async (nc, wire) => {
        expect((await cancel(nc, oldRef)).status).toBe('done');
        expect(wire.asked().every((one) => one.startsWith('GET'))).toBe(true);
      },
    );
  });

  test.each([newRef, oldRef])('by removal may come twice (%o)', async (ref) => {
    let there = true;
    await over(
      ({ method }) => {
        if (method !== 'DELETE') return undefined;
        const answer = there
          ? json(200, { ocs: { meta: { statuscode: 200 }, data: null } })
          : refusal(404, 'Task not found');
        there = false;
        return answer;
      },
      async (nc) => {
        await remove(nc, ref);
        await remove(nc, ref);
        expect(there).toBe(false);
      },
    );
  });
});
