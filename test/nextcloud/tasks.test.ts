import { describe, expect, test } from 'vitest';
import type { Nextcloud } from '../../src/nextcloud/connection.ts';
import type { Values } from '../../src/nextcloud/task-types.ts';
import { cancel, findTask, remove, schedule, task, tasks } from '../../src/nextcloud/tasks.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, type Given, json, ok, over, refusal, type Seen, type Wire } from './wire.ts';

const order = { type: 'core:text2text', input: { input: 'Hello' }, key: 'order-1' };
const newRef = { api: 'taskprocessing', id: 7 } as const;
const oldRef = { api: 'textprocessing', id: 7 } as const;

function newTask(more: object = {}): object {
  return {
    id: 7,
    type: 'core:text2text',
    status: 'STATUS_SCHEDULED',
    userId: 'bob',
    appId: 'parley',
    input: {},
    ...more,
  };
}

function oldTask(more: object = {}): object {
  return { id: 7, type: 'Summary', status: 1, userId: 'bob', appId: 'parley', input: 'x', output: null, ...more };
}

/** Runs against a server with one of the APIs. */
function on(
  api: 'new' | 'old',
  answer: (seen: Seen) => Given | null | undefined,
  work: (nc: Nextcloud, wire: Wire) => Promise<void>,
): Promise<void> {
  const types = api === 'new' ? '/taskprocessing/tasktypes' : '/textprocessing/tasktypes';
  return over((seen) => (seen.path.includes(types) ? ok({ types: [] }) : answer(seen)), work);
}

function posted(wire: Wire): unknown[] {
  return wire.seen.filter((one) => one.method === 'POST').map((one) => JSON.parse(one.body.toString('utf8')));
}

describe('schedule', () => {
  test('on the newer API sends values by slot, our app and the key', async () => {
    const input = { input: 'Hello', images: [3, 4], max: 5 };
    await on(
      'new',
      ({ method }) => (method === 'POST' ? ok({ task: newTask({ customId: 'order-1', progress: null }) }) : undefined),
      async (nc, wire) => {
        const made = await schedule(nc, { ...order, input });
        expect(made).toMatchObject({ api: 'taskprocessing', id: 7, status: 'waiting', ours: true, key: 'order-1' });
        expect(posted(wire)).toEqual([{ type: 'core:text2text', input, appId: 'parley', customId: 'order-1' }]);
      },
    );
  });

  test('on the older API sends the one text', async () => {
    await on(
      'old',
      ({ method }) => (method === 'POST' ? ok({ task: oldTask({ identifier: 'order-1' }) }) : undefined),
      async (nc, wire) => {
        expect(await schedule(nc, order)).toMatchObject({ api: 'textprocessing', id: 7, key: 'order-1' });
        expect(posted(wire)).toEqual([
          { type: 'core:text2text', input: 'Hello', appId: 'parley', identifier: 'order-1' },
        ]);
      },
    );
  });

  test('on 28 may come back done at once', async () => {
    await on(
      'old',
      ({ method }) => (method === 'POST' ? ok({ task: oldTask({ status: 3, output: 'Short.' }) }) : undefined),
      async (nc) => {
        expect(await schedule(nc, order)).toMatchObject({ status: 'done', output: { output: 'Short.' } });
      },
    );
  });

  test('sends no file to the older API', async () => {
    await on(
      'old',
      () => undefined,
      async (nc, wire) => {
        expect((await failureOf(schedule(nc, { ...order, input: { input: 12 } }))).reason).toBe('input');
        expect(posted(wire)).toEqual([]);
      },
    );
  });

  test('finds its task when the answer got lost, and does not make a second one', async () => {
    await on(
      'new',
      ({ method, path }) => {
        if (method === 'POST') return null;
        return path.includes('/app/parley') ? ok({ tasks: [newTask({ customId: 'order-1' })] }) : undefined;
      },
      async (nc, wire) => {
        expect(await schedule(nc, order)).toMatchObject({ id: 7, key: 'order-1' });
        expect(wire.seen.filter((one) => one.method === 'POST')).toHaveLength(1);
      },
    );
  });

  test('fails when the answer got lost and the task did too', async () => {
    await on(
      'new',
      ({ method, path }) => {
        if (method === 'POST') return null;
        return path.includes('/app/parley') ? ok({ tasks: [] }) : undefined;
      },
      async (nc) => {
        expect((await failureOf(schedule(nc, order))).problem).toMatchObject({
          kind: 'unreachable',
          retry: { when: 'later' },
        });
      },
    );
  });

  test('looks first when it may have been sent before', async () => {
    await on(
      'new',
      ({ path }) => (path.includes('/app/parley') ? ok({ tasks: [newTask({ customId: 'order-1' })] }) : undefined),
      async (nc, wire) => {
        expect(await schedule(nc, { ...order, again: true })).toMatchObject({ id: 7 });
        expect(posted(wire)).toEqual([]);
      },
    );
  });

  test('says which refusal it met without the person’s words', async () => {
    const secret = 'my medical history';
    const message = `Failed to validate input key "target_language": Wrong value given for Enum slot. Got "${secret}", but`;
    await on(
      'new',
      ({ method }) => (method === 'POST' ? refusal(400, message) : undefined),
      async (nc) => {
        const { reason, problem } = await failureOf(schedule(nc, { ...order, input: { input: secret } }));
        expect(reason).toBe('input');
        expect(JSON.stringify(problem)).not.toContain(secret);
        expect(problem.detail).toContain('target_language');
      },
    );
  });

  test.each([
    ['ratelimit-v34', 'the 21st schedule', 'rate-limit', 'busy'],
    ['more-v34', 'text of 512,001 bytes', 'too-long', 'too-large'],
    ['taskprocessing-v34', 'type that does not exist', 'not-offered', 'missing'],
    ['taskprocessing-v34', 'a file id that does not exist', 'no-file', 'missing'],
    ['maintenance-bruteforce-v32', 'maintenance mode: task schedule', 'maintenance', 'unreachable'],
  ])('meets %s: %s', async (name, title, reason, kind) => {
    await on(
      'new',
      ({ method }) => (method === 'POST' ? answerOf(exchangeOf(name, title)) : undefined),
      async (nc) => {
        const failed = await failureOf(schedule(nc, order));
        expect([failed.reason, failed.problem.kind]).toEqual([reason, kind]);
      },
    );
  });

  test('refuses a key that the server’s database would cut', async () => {
    await on(
      'new',
      () => undefined,
      async (nc, wire) => {
        expect((await failureOf(schedule(nc, { ...order, key: 'x'.repeat(256) }))).problem.kind).toBe('bug');
        expect(wire.seen).toEqual([]);
      },
    );
  });

  test('sends a slot whose name is a trap as it is', async () => {
    const input: Values = JSON.parse('{"__proto__": "a", "constructor": "b"}');
    await on(
      'new',
      ({ method, body }) =>
        method === 'POST' ? ok({ task: newTask({ input: JSON.parse(body.toString()).input }) }) : undefined,
      async (nc, wire) => {
        const made = await schedule(nc, { ...order, input });
        expect(Object.keys(made.input)).toEqual(['__proto__', 'constructor']);
        expect(wire.seen.at(-1)?.body.toString()).toContain('"__proto__":"a"');
      },
    );
  });
});

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
