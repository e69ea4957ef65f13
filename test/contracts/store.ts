import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { forgetContract } from './store-forget.ts';
import { jobsContract } from './store-jobs.ts';
import { leaseContract } from './store-leases.ts';
import { accepted, claimed, conversation, form, newJob, outboxRow, start } from './store-samples.ts';
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
    forgetContract(store);

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

      it('leaves a job that waits or runs for as long again as rows are kept', async () => {
        await accepted(store(), newJob('running', { expiresAt: start }));
        await accepted(store(), newJob('waiting', { expiresAt: start }));
        const running = await claimed(store());
        expect(await store().sweep(start + store().keptMs - 1)).toBe(0);
        expect((await store().jobs.get(running.id))?.state).toBe('running');
        expect((await store().jobs.byKey('waiting'))?.state).toBe('waiting');
        expect(await store().sweep(start + store().keptMs)).toBe(2);
      });

      it('does not sweep from under a holder, however long it has worked', async () => {
        await accepted(store(), newJob('running', { expiresAt: start }));
        const running = await claimed(store(), start + store().keptMs, 1_000);
        expect(await store().sweep(start + store().keptMs + 500)).toBe(0);
        expect(await store().jobs.checkpoint(running, '{}')).toBe(true);
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

      it('sweeps settings that have an expiry', async () => {
        await store().settings.set('conversation:x', 'dialogue', 'a', { expiresAt: start });
        await store().settings.set('conversation:x', 'model', '"m"');
        expect(await store().sweep(start - 1)).toBe(0);
        expect(await store().sweep(start)).toBe(1);
        expect(await store().settings.get('conversation:x', 'dialogue')).toBeNull();
        expect(await store().settings.get('conversation:x', 'model')).toBe('"m"');
      });

      it('lets a conversation that nobody uses forget its title, keep its chat, and go after a year', async () => {
        const { keptMs, conversations, settings } = store();
        const row = conversation({ chatId: 'chat', title: 'Tides', titledBy: 'person', newest: 'job', seen: '1.2' });
        await conversations.put(row, null);
        await conversations.put(conversation({ key: 'used', title: 'Moon', usedAt: start + 1 }), null);
        await settings.set(`conversation:${row.key}`, 'model', '"m"');
        expect(await store().sweep(start + keptMs)).toBe(1);
        expect(await conversations.get(row.key)).toEqual({ ...row, title: null, newest: null });
        expect((await conversations.get('used'))?.title).toBe('Moon');
        expect(await store().sweep(start + 365 * 86_400_000)).toBe(3);
        expect(await conversations.get(row.key)).toBeNull();
        expect(await settings.get(`conversation:${row.key}`, 'model')).toBeNull();
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
