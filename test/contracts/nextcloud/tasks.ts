import { describe, expect, test } from 'vitest';
import { apiOf } from '../../../src/nextcloud/api.ts';
import { disconnect } from '../../../src/nextcloud/connection.ts';
import { typeFor } from '../../../src/nextcloud/short-forms.ts';
import type { Task } from '../../../src/nextcloud/task.ts';
import { taskTypes } from '../../../src/nextcloud/task-types.ts';
import { cancel, findTask, type Order, remove, schedule, task, tasks } from '../../../src/nextcloud/tasks.ts';
import { failureOf } from '../../nextcloud/wire.ts';
import { another, type Desk } from './bench.ts';

const words = 'Apples are red. Bananas are yellow. The shop sells both of them on Mondays, and pears on Fridays.';

/** A key nobody has used. */
function newKey(): string {
  return `contract-${crypto.randomUUID()}`;
}

/** Orders a task that the suite deletes in the end. */
export async function ordered(desk: Desk, order: Omit<Order, 'key'> & { readonly key?: string }): Promise<Task> {
  const made = await schedule(desk.nc, { key: newKey(), ...order });
  desk.made.push(made);
  return made;
}

/** The task once it is over. */
export async function ended(desk: Desk, one: Task): Promise<Task> {
  let now = one;
  await expect
    .poll(
      async () => {
        now = await task(desk.nc, one);
        return now.status;
      },
      { timeout: desk.patienceMs, interval: desk.expendable ? 10 : 1000 },
    )
    .toMatch(/done|failed|cancelled/);
  return now;
}

/** Types, scheduling, polling, finding, listing and ending. */
export function tasksContract(at: () => Desk): void {
  const summary = async (): Promise<string> => {
    const id = typeFor('summarize', await taskTypes(at().nc));
    if (id === null) throw new Error('this server has no provider for summaries, which the suite needs');
    return id;
  };

  describe('task types', () => {
    test('come with names and slots', async () => {
      const types = await taskTypes(at().nc);
      expect(types.length).toBeGreaterThan(0);
      for (const type of types) {
        expect(type.id).not.toBe('');
        expect(type.name).not.toBe('');
        const slots = [...type.input, ...type.optional, ...type.output];
        for (const slot of slots) expect(slot.name).not.toBe('');
        expect(new Set([...type.input, ...type.optional].map((slot) => slot.key)).size).toBe(
          type.input.length + type.optional.length,
        );
      }
    });

    test('of a summary take a text and give one', async () => {
      const id = await summary();
      const type = (await taskTypes(at().nc)).find((one) => one.id === id);
      expect(type?.input).toMatchObject([{ key: 'input', kind: 'text', list: false, required: true }]);
      expect(type?.output[0]).toMatchObject({ key: 'output', kind: 'text', list: false });
    });
  });

  describe('a task', () => {
    test('is scheduled, done, found, listed and deleted', async () => {
      const { nc } = at();
      const key = newKey();
      const type = await summary();
      const made = await ordered(at(), { type, input: { input: words }, key });
      expect(made).toMatchObject({ api: await apiOf(nc), type, ours: true, key });
      expect(made.input.input).toBe(words);

      const done = await ended(at(), made);
      expect(done.status).toBe('done');
      expect(String(done.output?.output)).not.toBe('');
      if (done.api === 'taskprocessing' && done.scheduledAt !== null) {
        expect(Math.abs(done.scheduledAt - Date.now())).toBeLessThan(3_600_000);
        expect(done.endedAt ?? 0).toBeGreaterThanOrEqual(done.scheduledAt);
        expect(done.progress).toBe(1);
      }

      expect(await findTask(nc, key)).toMatchObject({ id: made.id, status: 'done' });
      expect((await tasks(nc)).map((one) => one.id)).toContain(made.id);
      expect((await tasks(nc, { all: true, type })).map((one) => one.id)).toContain(made.id);

      await remove(nc, made);
      await remove(nc, made);
      expect((await failureOf(task(nc, made))).reason).toBe('missing');
      expect(await findTask(nc, key)).toBeNull();
    });

    test('that was ordered before is not ordered again', async () => {
      const key = newKey();
      const order = { type: await summary(), input: { input: words }, key };
      const first = await ordered(at(), order);
      const second = await schedule(at().nc, { ...order, again: true });
      expect(second.id).toBe(first.id);
      expect((await tasks(at().nc)).filter((one) => one.key === key)).toHaveLength(1);
    });

    test('of a key that nobody used is not found', async () => {
      expect(await findTask(at().nc, newKey())).toBeNull();
    });

    test('that is not there is missing', async () => {
      const api = await apiOf(at().nc);
      expect((await failureOf(task(at().nc, { api, id: 999_999_999 }))).reason).toBe('missing');
    });

    test('of a kind that nobody runs is not offered', async () => {
      const failed = await failureOf(ordered(at(), { type: 'core:nonsense', input: { input: 'x' } }));
      expect(failed.reason).toBe('not-offered');
    });

    test('can be stopped, and stopped once more', async () => {
      const { nc } = at();
      const made = await ordered(at(), { type: await summary(), input: { input: `slow:3 ${words}` } });
      const stopped = await cancel(nc, made);
      expect(stopped.status).toMatch(/cancelled|done|failed/);
      if (made.api === 'taskprocessing') expect((await cancel(nc, made)).status).toBe(stopped.status);
    });

    test('of the newer API with a wrong field is refused by a sentence', async ({ skip }) => {
      const { nc } = at();
      if ((await apiOf(nc)) === 'textprocessing') return skip('the older API');
      const missing = await failureOf(ordered(at(), { type: await summary(), input: { other: 'x' } }));
      expect(missing.reason).toBe('input');
      const type = typeFor('translate', await taskTypes(nc));
      if (type === null) return;
      const input = { input: 'Hello', target_language: 'of the elves' };
      const odd = await failureOf(ordered(at(), { type, input }));
      expect(odd.reason).toBe('input');
      expect(JSON.stringify(odd.problem)).not.toContain('elves');
    });

    test('of the newer API with too long a text is refused by a sentence', async ({ skip }) => {
      if ((await apiOf(at().nc)) === 'textprocessing') return skip('the older API');
      const input = { input: 'x'.repeat(512_001) };
      expect((await failureOf(ordered(at(), { type: await summary(), input }))).reason).toBe('too-long');
    });
  });

  describe('the window', () => {
    test('refuses the twenty-first task in two minutes, and nothing else', async ({ skip }) => {
      const { spare } = at();
      if (spare === undefined) return skip('no account to spare');
      const desk = { ...at(), nc: another({ ...at(), ...spare }), made: [] };
      const type = await summary();
      for (let call = 0; call < 20; call += 1) await ordered(desk, { type, input: { input: 'x' } });
      const failed = await failureOf(ordered(desk, { type, input: { input: 'x' } }));
      expect([failed.reason, failed.problem.kind]).toEqual(['rate-limit', 'busy']);
      expect(await tasks(desk.nc)).toHaveLength(20);
      await ordered(at(), { type, input: { input: 'x' } });
      for (const ref of desk.made) await remove(desk.nc, ref);
      await disconnect(desk.nc);
    });
  });
}
