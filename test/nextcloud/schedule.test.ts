import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/nextcloud/task-types.ts';
import { schedule } from '../../src/nextcloud/tasks.ts';
import { newTask, oldTask, on, order, posted } from './one-api.ts';
import { answerOf, exchangeOf } from './transcript.ts';
import { failureOf, ok, refusal } from './wire.ts';

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
