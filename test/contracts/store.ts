import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { jobsContract } from './store-jobs.ts';
import { leaseContract } from './store-leases.ts';
import { accepted, claimed, form, newJob, outboxRow, start } from './store-samples.ts';
import { tablesContract } from './store-tables.ts';

/** A store that a contract runs on, fresh for each test. */
export interface OpenedStore {
  readonly store: Store;
  /** Another handle on the same data, as a second worker would open it; the same store where that is impossible. */
  again(): Promise<Store>;
  /** Closes every handle and deletes the data. */
  done(): Promise<void>;
}

/** Everything that `src/store/port.ts` promises, in plain words, run on the implementation that `open` makes. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`a store: ${name}`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.done());
    const store = () => opened.store;

    jobsContract(store, () => opened.again());
    leaseContract(store, () => opened.again());
    tablesContract(store);

    describe('housekeeping', () => {
      it('says that it can be written', async () => {
        await expect(store().check()).resolves.toBeUndefined();
        await expect(store().check()).resolves.toBeUndefined();
      });

      it('sweeps finished jobs whose expiry has passed, and forgets their keys', async () => {
        await accepted(store(), newJob('old', { expiresAt: start + 10 }));
        await store().jobs.finish(await claimed(store()), 'done', null, [], start);
        expect(await store().sweep(start + 9)).toBe(0);
        expect(await store().sweep(start + 10)).toBe(1);
        expect(await store().jobs.byKey('old')).toBeNull();
        expect(await store().jobs.accept(newJob('old'), start + 11)).not.toBeNull();
      });

      it.each(['done', 'failed', 'cancelled'] as const)('sweeps a job that ended as %s', async (state) => {
        await accepted(store(), newJob('old', { expiresAt: start }));
        await store().jobs.finish(await claimed(store()), state, null, [], start);
        expect(await store().sweep(start)).toBe(1);
      });

      it('never sweeps a job that waits or runs, however old', async () => {
        await accepted(store(), newJob('running', { expiresAt: start }));
        await accepted(store(), newJob('waiting', { expiresAt: start }));
        const running = await claimed(store());
        expect(await store().sweep(start + 1e12)).toBe(0);
        expect((await store().jobs.get(running.id))?.state).toBe('running');
        expect((await store().jobs.byKey('waiting'))?.state).toBe('waiting');
      });

      it('keeps the outbox of an unfinished job and sweeps it when the job is over', async () => {
        const job = await accepted(store(), newJob('a'));
        await store().outbox.put(outboxRow('part', { job: job.id, expiresAt: start }), null);
        await store().outbox.put(outboxRow('stray', { job: 'gone', expiresAt: start }), null);
        expect(await store().sweep(start)).toBe(1);
        expect(await store().outbox.of(job.id)).toHaveLength(1);
        await store().jobs.finish(await claimed(store()), 'done', null, [], start);
        expect(await store().sweep(start)).toBe(1);
        expect(await store().outbox.of(job.id)).toHaveLength(0);
      });

      it('sweeps forms whose hour is over and nothing that has no expiry', async () => {
        await store().forms.put(form({ expiresAt: start }));
        await store().settings.set('global', 'model', '"x"');
        expect(await store().sweep(start + 1e12)).toBe(1);
        expect(await store().settings.get('global', 'model')).toBe('"x"');
      });

      it('refuses everything once it is closed, as a restart and not as a mistake', async () => {
        const other = await opened.again();
        await other.close();
        await other.close();
        await expect(other.jobs.accept(newJob('late'), start)).rejects.toMatchObject({ problem: { kind: 'stopped' } });
        await expect(other.sweep(start)).rejects.toMatchObject({ problem: { kind: 'stopped' } });
      });
    });
  });
}
