import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { accepted, claimed, newJob, oddTexts, present, start } from './store-samples.ts';

/** What the port promises about accepting, ordering and finding jobs. */
export function jobsContract(store: () => Store, again: () => Promise<Store>): void {
  describe('accepting', () => {
    it('gives back the job as it was accepted, with an unguessable id', async () => {
      const job = newJob('k', { payload: '{"a":1}', notBefore: start + 5 });
      const stored = await accepted(store(), job, start + 1);
      expect(stored).toEqual({
        ...job,
        id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        state: 'waiting',
        attempts: 0,
        checkpoint: null,
        fence: 0,
        acceptedAt: start + 1,
        leaseUntil: null,
        error: null,
        person: null,
      });
      expect(await store().jobs.get(stored.id)).toEqual(stored);
      expect(await store().jobs.byKey('k')).toEqual(stored);
    });

    it('takes a key once and leaves the first job as it was', async () => {
      const first = await accepted(store(), newJob('k', { payload: '1' }));
      expect(await store().jobs.accept(newJob('k', { payload: '2', lane: 'control' }), start)).toBeNull();
      expect(await store().jobs.byKey('k')).toEqual(first);
    });

    it('takes a key once when many redeliveries arrive together through two handles', async () => {
      const other = await again();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? store() : other).jobs.accept(newJob(`k${i % 5}`), start)),
      );
      expect(answers.filter((job) => job !== null)).toHaveLength(5);
      expect(await store().jobs.pending('turn', 'slack:T1:C1:1')).toHaveLength(5);
    });

    it('remembers a key after the job is over', async () => {
      await accepted(store(), newJob('k'));
      await store().jobs.finish(await claimed(store()), 'done', null, [], start);
      expect(await store().jobs.accept(newJob('k'), start)).toBeNull();
    });

    it.each(oddTexts)('keeps %j as key, conversation, kind and payload', async (text) => {
      const stored = await accepted(store(), newJob(text, { conversation: text, kind: text, payload: text }));
      expect(await store().jobs.byKey(text)).toEqual(stored);
      expect(stored).toMatchObject({ key: text, conversation: text, kind: text, payload: text });
      expect(await store().jobs.pending('turn', text)).toEqual([stored]);
    });

    it('tells keys apart that share the part before a NUL', async () => {
      await accepted(store(), newJob('a\0b'));
      expect(await store().jobs.accept(newJob('a\0c'), start)).not.toBeNull();
      expect(await store().jobs.byKey('a')).toBeNull();
    });

    it('keeps 100 kB of JSON', async () => {
      const payload = JSON.stringify({ text: 'ü'.repeat(100_000) });
      await accepted(store(), newJob('big', { payload }));
      const job = await claimed(store());
      expect(job.payload).toBe(payload);
      expect(await store().jobs.checkpoint(job, payload)).toBe(true);
      expect((await store().jobs.get(job.id))?.checkpoint).toBe(payload);
    });

    it('finds nothing under an unknown id or key', async () => {
      expect(await store().jobs.get('nobody')).toBeNull();
      expect(await store().jobs.byKey('nobody')).toBeNull();
      expect(await store().jobs.cancel('nobody')).toBe(false);
    });
  });

  describe('order', () => {
    it('claims nothing from an empty lane or from another lane', async () => {
      expect(await store().jobs.claim('turn', start, 1_000)).toBeNull();
      await accepted(store(), newJob('k', { lane: 'after' }));
      expect(await store().jobs.claim('turn', start, 1_000)).toBeNull();
      expect((await store().jobs.claim('after', start, 1_000))?.key).toBe('k');
    });

    it('runs the jobs of a conversation one at a time, in the order they were accepted', async () => {
      for (const key of ['1', '2', '3']) await accepted(store(), newJob(key));
      const order: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const job = await claimed(store());
        expect(await store().jobs.claim('turn', start, 1_000)).toBeNull();
        order.push(job.key);
        await store().jobs.finish(job, 'done', null, [], start);
      }
      expect(order).toEqual(['1', '2', '3']);
    });

    it('keeps the order of acceptance where the clock stood still or went back', async () => {
      await accepted(store(), newJob('first'), start);
      await accepted(store(), newJob('second'), start - 5_000);
      expect((await claimed(store())).key).toBe('first');
    });

    it('runs different conversations side by side, the oldest first', async () => {
      await accepted(store(), newJob('a1', { conversation: 'a' }));
      await accepted(store(), newJob('a2', { conversation: 'a' }));
      await accepted(store(), newJob('b1', { conversation: 'b' }));
      expect((await claimed(store())).key).toBe('a1');
      expect((await claimed(store())).key).toBe('b1');
      expect(await store().jobs.claim('turn', start, 1_000)).toBeNull();
    });

    it('runs jobs without a conversation side by side', async () => {
      await accepted(store(), newJob('a', { conversation: null }));
      await accepted(store(), newJob('b', { conversation: null }));
      expect((await claimed(store())).key).toBe('a');
      expect((await claimed(store())).key).toBe('b');
    });

    it('lets the lanes of one conversation run side by side', async () => {
      for (const lane of ['turn', 'control', 'after', 'task'] as const) await accepted(store(), newJob(lane, { lane }));
      for (const lane of ['turn', 'control', 'after', 'task'] as const) {
        expect((await store().jobs.claim(lane, start, 1_000))?.key).toBe(lane);
      }
    });

    it('does not claim a job before its time', async () => {
      await accepted(store(), newJob('k', { notBefore: start + 100 }));
      expect(await store().jobs.claim('turn', start + 99, 1_000)).toBeNull();
      expect((await claimed(store(), start + 100)).key).toBe('k');
    });

    it('does not let a later job pass an earlier one that waits for its time, only other conversations', async () => {
      await accepted(store(), newJob('early', { notBefore: start + 100 }));
      await accepted(store(), newJob('late'));
      await accepted(store(), newJob('elsewhere', { conversation: 'b' }));
      expect((await claimed(store())).key).toBe('elsewhere');
      expect(await store().jobs.claim('turn', start, 1_000)).toBeNull();
      expect((await claimed(store(), start + 100)).key).toBe('early');
    });

    it('does not let a later job pass one that is put back to wait', async () => {
      await accepted(store(), newJob('first'));
      await accepted(store(), newJob('second'));
      await store().jobs.retry(await claimed(store()), start + 100, 'busy');
      expect(await store().jobs.claim('turn', start + 99, 1_000)).toBeNull();
      expect(await claimed(store(), start + 100)).toMatchObject({ key: 'first', error: 'busy', attempts: 2 });
    });

    it('lets the next one run when the first is cancelled', async () => {
      const first = await accepted(store(), newJob('first'));
      await accepted(store(), newJob('second'));
      expect(await store().jobs.cancel(first.id)).toBe(true);
      expect(await store().jobs.cancel(first.id)).toBe(false);
      expect((await claimed(store())).key).toBe('second');
      expect((await store().jobs.get(first.id))?.state).toBe('cancelled');
    });

    it('does not cancel a job that runs or is over', async () => {
      await accepted(store(), newJob('k'));
      const job = await claimed(store());
      expect(await store().jobs.cancel(job.id)).toBe(false);
      await store().jobs.finish(job, 'done', null, [], start);
      expect(await store().jobs.cancel(job.id)).toBe(false);
    });
  });

  describe('looking', () => {
    it('tells when the next claim may succeed', async () => {
      expect(await store().jobs.nextAt('turn')).toBeNull();
      await accepted(store(), newJob('later', { conversation: 'b', notBefore: start + 500 }));
      expect(await store().jobs.nextAt('turn')).toBe(start + 500);
      await accepted(store(), newJob('now', { notBefore: start }));
      expect(await store().jobs.nextAt('turn')).toBe(start);
      expect(await store().jobs.nextAt('after')).toBeNull();
    });

    it('counts the end of a lease, and not the jobs that stand behind it', async () => {
      await accepted(store(), newJob('first'));
      await accepted(store(), newJob('second'));
      const job = await claimed(store(), start, 700);
      expect(await store().jobs.nextAt('turn')).toBe(start + 700);
      await store().jobs.finish(job, 'done', null, [], start);
      expect(await store().jobs.nextAt('turn')).toBe(start);
    });

    it('lists the unfinished jobs of a conversation, oldest first', async () => {
      for (const key of ['1', '2', '3']) await accepted(store(), newJob(key));
      await accepted(store(), newJob('other', { conversation: 'b' }));
      await store().jobs.finish(await claimed(store()), 'done', null, [], start);
      await claimed(store());
      const pending = await store().jobs.pending('turn', 'slack:T1:C1:1');
      expect(pending.map(({ key, state }) => [key, state])).toEqual([
        ['2', 'running'],
        ['3', 'waiting'],
      ]);
    });

    it('lists what ran last in a conversation, newest first and no more than asked for', async () => {
      for (const key of ['1', '2', '3', '4']) await accepted(store(), newJob(key));
      await store().jobs.finish(await claimed(store()), 'done', null, [], start);
      await store().jobs.finish(await claimed(store()), 'failed', 'why', [], start);
      await claimed(store());
      const keys = async (limit: number) =>
        (await store().jobs.latest('turn', 'slack:T1:C1:1', limit)).map(({ key }) => key);
      expect(await keys(10)).toEqual(['3', '2', '1']);
      expect(await keys(2)).toEqual(['3', '2']);
      expect(await keys(0)).toEqual([]);
      expect(await keys(-1)).toEqual([]);
    });

    it('keeps the error of a failed job for the operator', async () => {
      await accepted(store(), newJob('k'));
      await store().jobs.finish(await claimed(store()), 'failed', 'model: no answer', [], start);
      expect(present(await store().jobs.byKey('k'))).toMatchObject({
        state: 'failed',
        error: 'model: no answer',
        leaseUntil: null,
      });
    });
  });
}
