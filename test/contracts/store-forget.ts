import { describe, expect, it } from 'vitest';
import { SEVERAL, type Store } from '../../src/store/port.ts';
import { accepted, claimed, conversation, form, link, newJob, outboxRow, start } from './store-samples.ts';

const ANN = 'slack:T1:U1';
const BOB = 'slack:T1:U2';

/** What the port promises about forgetting a person. */
export function forgetContract(store: () => Store): void {
  describe('forgetting a person', () => {
    it('deletes their jobs that are over, with what was posted for these, and nobody else’s', async () => {
      for (const [key, person] of [
        ['ann', ANN],
        ['bob', BOB],
        ['nobody', null],
      ] as const) {
        const job = await accepted(store(), newJob(key, { person, conversation: key }));
        for (const name of [job.id, `${job.id}:line`])
          await store().outbox.put(outboxRow(name, { job: name, state: 'done' }), null);
        await store().jobs.finish(await claimed(store()), 'done', null, [], start);
      }
      const ann = await store().jobs.byKey('ann');
      expect(await store().forget(ANN, start)).toEqual({ deleted: 3, left: 0 });
      expect(await store().jobs.byKey('ann')).toBeNull();
      expect(await store().outbox.of(ann?.id ?? '')).toEqual([]);
      expect(await store().outbox.of(`${ann?.id}:line`)).toEqual([]);
      const bob = await store().jobs.byKey('bob');
      expect(await store().outbox.of(bob?.id ?? '')).toHaveLength(1);
      expect(await store().outbox.of(`${bob?.id}:line`)).toHaveLength(1);
      expect(await store().jobs.byKey('nobody')).not.toBeNull();
    });

    it('counts what still waits or runs, and lets it go once it is over', async () => {
      await accepted(store(), newJob('running', { person: ANN }));
      const running = await claimed(store());
      await accepted(store(), newJob('waiting', { person: ANN }));
      await store().outbox.put(outboxRow('part', { job: running.id }), null);
      expect(await store().forget(ANN, start)).toEqual({ deleted: 0, left: 2 });
      expect(await store().jobs.checkpoint(running, '{}')).toBe(true);
      await store().jobs.finish(running, 'done', null, [], start);
      expect(await store().sweep(start)).toBe(1);
      expect(await store().jobs.byKey('running')).toBeNull();
      await store().jobs.finish(await claimed(store()), 'done', null, [], start);
      expect(await store().forget(ANN, start)).toEqual({ deleted: 1, left: 0 });
    });

    it('deletes settings about them or in their scope, and their forms', async () => {
      const { settings, forms } = store();
      await settings.set(`user:${ANN}`, 'model', '"m"');
      await settings.set('answer:1', 'feedback', '1', { person: ANN });
      await settings.set(`user:${BOB}`, 'model', '"m"');
      await settings.set('answer:1', 'feedback of Bob', '1', { person: BOB });
      await forms.put(form({ user: ANN }));
      await forms.put(form({ id: 'form-2', user: BOB }));
      expect(await store().forget(ANN, start)).toEqual({ deleted: 3, left: 0 });
      expect(await settings.get(`user:${ANN}`, 'model')).toBeNull();
      expect(await settings.get('answer:1', 'feedback')).toBeNull();
      expect(await settings.get(`user:${BOB}`, 'model')).toBe('"m"');
      expect(await settings.get('answer:1', 'feedback of Bob')).toBe('1');
      expect(await forms.get('form-1', start)).toBeNull();
      expect(await forms.get('form-2', start)).not.toBeNull();
    });

    it('deletes conversations in which only they asked; others forget a chat that is theirs', async () => {
      const { conversations, settings } = store();
      const shared = { key: 'shared', asker: SEVERAL, chatId: 'theirs', title: 'Ours', titledBy: 'model' } as const;
      await conversations.put(conversation({ key: 'alone', asker: ANN, chatId: 'a', owner: ANN }), null);
      await conversations.put(conversation({ ...shared, owner: ANN }), null);
      await conversations.put(conversation({ ...shared, key: 'team', owner: null }), null);
      await conversations.put(conversation({ key: 'bob', asker: BOB, owner: BOB, chatId: 'b' }), null);
      await settings.set('conversation:alone', 'model', '"m"');
      expect((await conversations.of(ANN)).map(({ key }) => key).toSorted()).toEqual(['alone', 'shared']);
      expect(await store().forget(ANN, start)).toEqual({ deleted: 3, left: 0 });
      expect(await conversations.get('alone')).toBeNull();
      expect(await settings.get('conversation:alone', 'model')).toBeNull();
      expect(await conversations.get('shared')).toMatchObject({ chatId: null, owner: null, title: null });
      expect(await conversations.get('team')).toMatchObject({ chatId: 'theirs', title: 'Ours' });
      expect(await conversations.get('bob')).toMatchObject({ chatId: 'b' });
      expect(await conversations.of(ANN)).toEqual([]);
    });

    it('leaves links to whoever made them, and is nothing the second time', async () => {
      await store().links.put(link({ user: ANN }));
      await store().forget(ANN, start);
      expect(await store().links.get(ANN, 'openwebui')).not.toBeNull();
      expect(await store().forget(ANN, start)).toEqual({ deleted: 0, left: 0 });
    });

    it('lists a person’s jobs of a lane, the newest first and no more than asked for', async () => {
      for (const key of ['one', 'two', 'three']) await accepted(store(), newJob(key, { person: ANN }));
      await accepted(store(), newJob('after', { person: ANN, lane: 'after' }));
      await accepted(store(), newJob('bob', { person: BOB }));
      expect((await store().jobs.of(ANN, 'turn', 2)).map(({ key }) => key)).toEqual(['three', 'two']);
      expect(await store().jobs.of('__proto__', 'turn', 9)).toEqual([]);
    });
  });
}
