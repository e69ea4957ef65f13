import { describe, expect, it } from 'vitest';
import type { Job, Lease, Store } from '../../src/store/port.ts';
import { accepted, claimed, conversation, newJob, outboxRow, present, start } from './store-samples.ts';

/** What the port promises about who may write: claims, leases and fences. */
export function leaseContract(store: () => Store, again: () => Promise<Store>): void {
  /** Every write that a lease guards, each tried with the given one; true where it was taken. */
  async function tryAll(lease: Lease): Promise<boolean[]> {
    return [
      (await store().jobs.renew([lease], start, 60_000)).length === 0,
      await store().jobs.checkpoint(lease, '"stale"'),
      await store().conversations.put(conversation({ title: 'stale' }), lease),
      await store().outbox.put(outboxRow('stale'), lease),
      await store().jobs.retry(lease, start + 9_999, 'stale'),
      await store().jobs.finish(lease, 'failed', 'stale', [newJob('stale')], start),
    ];
  }
  const nothing = [false, false, false, false, false, false];

  async function untouched(job: Job): Promise<void> {
    expect(await store().jobs.get(job.id)).toEqual(job);
    expect(await store().jobs.byKey('stale')).toBeNull();
    expect(await store().conversations.get(conversation().key)).toBeNull();
    expect(await store().outbox.of('job-1')).toEqual([]);
  }

  describe('leases', () => {
    it('gives the claimed job a lease, a higher fence and one more attempt', async () => {
      const job = await accepted(store(), newJob('k'));
      const running = await claimed(store(), start + 3, 500);
      expect(running).toEqual({ ...job, state: 'running', attempts: 1, fence: 1, leaseUntil: start + 503 });
    });

    it('gives a job to one of many workers that claim at once through two handles', async () => {
      const other = await again();
      for (let n = 0; n < 20; n += 1) await accepted(store(), newJob(`k${n}`, { conversation: `c${n % 10}` }));
      const jobs = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? store() : other).jobs.claim('turn', start, 1_000)),
      );
      const keys = jobs.flatMap((job) => job?.key ?? []);
      expect(keys).toHaveLength(10);
      expect(new Set(keys).size).toBe(10);
      expect(new Set(jobs.flatMap((job) => job?.conversation ?? [])).size).toBe(10);
    });

    it('does not give away a job whose lease lasts', async () => {
      await accepted(store(), newJob('k'));
      await claimed(store(), start, 1_000);
      expect(await store().jobs.claim('turn', start + 999, 1_000)).toBeNull();
    });

    it('gives a job whose lease has ended to another, with a higher fence and its checkpoint', async () => {
      await accepted(store(), newJob('k'));
      const first = await claimed(store(), start, 1_000);
      await store().jobs.checkpoint(first, '"half"');
      const second = await claimed(store(), start + 1_000, 1_000);
      expect(second).toMatchObject({ id: first.id, attempts: 2, checkpoint: '"half"', leaseUntil: start + 2_000 });
      expect(second.fence).toBeGreaterThan(first.fence);
    });

    it('takes up the ended lease before the jobs that stand behind it', async () => {
      await accepted(store(), newJob('first'));
      await accepted(store(), newJob('second'));
      await claimed(store(), start, 1_000);
      expect((await claimed(store(), start + 1_000)).key).toBe('first');
      expect(await store().jobs.claim('turn', start + 1_001, 1_000)).toBeNull();
    });

    it('refuses every write of a holder whose job another has claimed', async () => {
      await accepted(store(), newJob('k'));
      const first = await claimed(store(), start, 1_000);
      const second = await claimed(store(), start + 1_000, 1_000);
      expect(await tryAll(first)).toEqual(nothing);
      await untouched(second);
    });

    it('refuses every write of a holder who has put the job back', async () => {
      await accepted(store(), newJob('k'));
      const job = await claimed(store());
      expect(await store().jobs.retry(job, start + 1, null)).toBe(true);
      const waiting = present(await store().jobs.get(job.id));
      expect(waiting).toMatchObject({ state: 'waiting', leaseUntil: null, notBefore: start + 1 });
      expect(await tryAll(job)).toEqual(nothing);
      await untouched(waiting);
    });

    it('refuses every write of a holder who has finished', async () => {
      await accepted(store(), newJob('k'));
      const job = await claimed(store());
      expect(await store().jobs.finish(job, 'done', null, [], start)).toBe(true);
      const done = present(await store().jobs.get(job.id));
      expect(await tryAll(job)).toEqual(nothing);
      await untouched(done);
    });

    it('refuses a lease that never was', async () => {
      const waiting = await accepted(store(), newJob('k'));
      expect(await tryAll(waiting)).toEqual(nothing);
      expect(await tryAll({ id: waiting.id, fence: 7 })).toEqual(nothing);
      expect(await tryAll({ id: 'nobody', fence: 0 })).toEqual(nothing);
      await untouched(waiting);
    });

    it('takes the writes of the holder, also after the lease has ended while nobody else has claimed', async () => {
      await accepted(store(), newJob('k'));
      const job = await claimed(store(), start, 1);
      expect(await store().conversations.put(conversation({ title: 'mine' }), job)).toBe(true);
      expect(await store().outbox.put(outboxRow('mine', { job: job.id }), job)).toBe(true);
      expect(await store().jobs.checkpoint(job, '1')).toBe(true);
      expect(await store().jobs.renew([job, { id: 'nobody', fence: 1 }], start + 5_000, 1_000)).toEqual([
        { id: 'nobody', fence: 1 },
      ]);
      expect((await store().jobs.get(job.id))?.leaseUntil).toBe(start + 6_000);
      expect(await store().jobs.claim('turn', start + 5_999, 1_000)).toBeNull();
      expect((await store().conversations.get(conversation().key))?.title).toBe('mine');
      expect(await store().outbox.of(job.id)).toHaveLength(1);
    });
  });

  describe('finishing', () => {
    it('ends a job and accepts what follows in one step, in order, passing over keys seen before', async () => {
      await accepted(store(), newJob('seen', { lane: 'after' }));
      await accepted(store(), newJob('k'));
      const then = ['save', 'seen', 'emoji', 'save'].map((key) => newJob(key, { lane: 'after', conversation: 'x' }));
      expect(await store().jobs.finish(await claimed(store()), 'done', null, then, start + 9)).toBe(true);
      expect((await store().jobs.byKey('k'))?.state).toBe('done');
      const following = await store().jobs.pending('after', 'x');
      expect(following.map(({ key, acceptedAt }) => [key, acceptedAt])).toEqual([
        ['save', start + 9],
        ['emoji', start + 9],
      ]);
    });

    it('writes nothing at all when one of the jobs that follow cannot be written', async () => {
      await accepted(store(), newJob('k'));
      const job = await claimed(store());
      const then = [newJob('good', { lane: 'after' }), newJob('bad', { lane: 'after', notBefore: Number.NaN })];
      await expect(store().jobs.finish(job, 'done', null, then, start)).rejects.toMatchObject({ name: 'Failure' });
      expect(await store().jobs.get(job.id)).toEqual(job);
      expect(await store().jobs.byKey('good')).toBeNull();
      expect(await store().jobs.finish(job, 'done', null, [], start)).toBe(true);
    });
  });
}
