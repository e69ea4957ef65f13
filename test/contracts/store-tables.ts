import { describe, expect, it } from 'vitest';
import { placeKey } from '../../src/chat/places.ts';
import type { Store } from '../../src/store/port.ts';
import {
  conversation,
  form,
  link,
  oddTexts,
  outboxRow,
  present,
  start,
  surface,
  thread,
  trigger,
} from './store-samples.ts';

/** What the port promises about everything that is not a job. */
export function tablesContract(store: () => Store): void {
  describe('conversations', () => {
    it('gives back a row as it was put, and the newer one after another put', async () => {
      const full = conversation({
        chatId: 'chat',
        owner: 'slack:T1:U1',
        title: 'Tides',
        titledBy: 'model',
        model: 'llama',
        seen: '1.2',
        newest: 'job',
        joinedAt: start,
      });
      expect(await store().conversations.get(full.key)).toBeNull();
      await store().conversations.put(conversation(), null);
      expect(await store().conversations.get(full.key)).toEqual(conversation());
      await store().conversations.put(full, null);
      expect(await store().conversations.get(full.key)).toEqual(full);
    });

    it('finds a conversation by its chat, the one used last where several name it', async () => {
      expect(await store().conversations.byChat('chat')).toBeNull();
      await store().conversations.put(conversation({ key: 'oldest', chatId: 'chat', usedAt: start - 1 }), null);
      await store().conversations.put(conversation({ key: 'new', chatId: 'chat', usedAt: start + 1 }), null);
      await store().conversations.put(conversation({ key: 'old', chatId: 'chat' }), null);
      expect((await store().conversations.byChat('chat'))?.key).toBe('new');
    });

    it('lists what a platform used since a time, newest first and no more than asked for', async () => {
      for (const n of [1, 3, 2]) {
        await store().conversations.put(conversation({ key: `k${n}`, usedAt: start + n }), null);
      }
      const elsewhere = { ...thread, platform: 'discord' };
      await store().conversations.put(conversation({ key: 'd', place: elsewhere, usedAt: start + 9 }), null);
      const keys = async (since: number, limit: number) =>
        (await store().conversations.recent('slack', since, limit)).map(({ key }) => key);
      expect(await keys(start + 2, 10)).toEqual(['k3', 'k2']);
      expect(await keys(start, 1)).toEqual(['k3']);
      expect(await keys(start, -1)).toEqual([]);
    });

    it('deletes a conversation', async () => {
      await store().conversations.put(conversation(), null);
      await store().conversations.delete(placeKey(thread));
      await store().conversations.delete(placeKey(thread));
      expect(await store().conversations.get(placeKey(thread))).toBeNull();
    });

    it.each(oddTexts)('keeps %j as key, place and title', async (text) => {
      const row = conversation({ key: text, place: { ...thread, channel: text }, title: text, chatId: text });
      await store().conversations.put(row, null);
      expect(await store().conversations.get(text)).toEqual(row);
      expect(await store().conversations.byChat(text)).toEqual(row);
    });
  });

  describe('settings', () => {
    it('keeps one value for each scope and name', async () => {
      await store().settings.set('a', 'model', '1');
      await store().settings.set('a', 'model', '2');
      await store().settings.set('b', 'model', '3');
      expect(await store().settings.get('a', 'model')).toBe('2');
      expect(await store().settings.get('b', 'model')).toBe('3');
      expect(await store().settings.get('a', 'other')).toBeNull();
      await store().settings.delete('a', 'model');
      expect(await store().settings.get('a', 'model')).toBeNull();
      expect(await store().settings.get('b', 'model')).toBe('3');
    });

    it.each(oddTexts)('keeps %j as scope, name and value', async (text) => {
      expect(await store().settings.get(text, text)).toBeNull();
      await store().settings.set(text, text, text);
      expect(await store().settings.get(text, text)).toBe(text);
    });
  });

  describe('links', () => {
    it('keeps one link for each person and service', async () => {
      await store().links.put(link());
      await store().links.put(link({ service: 'nextcloud', refusedAt: start + 1 }));
      await store().links.put(link({ sealed: 'v1.z.z' }));
      expect(await store().links.get('slack:T1:U1', 'openwebui')).toEqual(link({ sealed: 'v1.z.z' }));
      expect(await store().links.get('slack:T1:U1', 'nextcloud')).toMatchObject({ refusedAt: start + 1 });
      expect(await store().links.get('slack:T1:U2', 'openwebui')).toBeNull();
    });

    it('lists all links of one service', async () => {
      await store().links.put(link());
      await store().links.put(link({ user: '__proto__' }));
      await store().links.put(link({ service: 'nextcloud' }));
      const users = (await store().links.list('openwebui')).map(({ user }) => user);
      expect(users.toSorted()).toEqual(['__proto__', 'slack:T1:U1']);
      expect(await store().links.list('elsewhere')).toEqual([]);
    });

    it('tells whether there was a link to delete', async () => {
      await store().links.put(link());
      expect(await store().links.delete('slack:T1:U1', 'openwebui')).toBe(true);
      expect(await store().links.delete('slack:T1:U1', 'openwebui')).toBe(false);
    });
  });

  describe('outbox', () => {
    it('follows a message from intent to sent to done under one key', async () => {
      const intent = outboxRow('k');
      await store().outbox.put(intent, null);
      expect(await store().outbox.of('job-1')).toEqual([intent]);
      expect(await store().outbox.byMessage('C1', '1.5')).toBeNull();
      const sent = outboxRow('k', { state: 'sent', ref: surface('1.5') });
      await store().outbox.put(sent, null);
      expect(await store().outbox.byMessage('C1', '1.5')).toEqual(sent);
      const done = outboxRow('k', { state: 'done', ref: surface('1.5'), shown: 'hash', expiresAt: start + 1 });
      await store().outbox.put(done, null);
      expect(await store().outbox.of('job-1')).toEqual([done]);
    });

    it('lists the rows of a job by generation and part', async () => {
      const rows = [
        [1, 0],
        [0, 10],
        [0, 2],
        [0, 0],
      ] as const;
      for (const [generation, part] of rows) {
        await store().outbox.put(outboxRow(`${generation}/${part}`, { generation, part }), null);
      }
      await store().outbox.put(outboxRow('other', { job: 'job-2' }), null);
      expect((await store().outbox.of('job-1')).map(({ key }) => key)).toEqual(['0/0', '0/2', '0/10', '1/0']);
    });

    it('finds the newest row of a message that was used twice, and tells channels apart', async () => {
      await store().outbox.put(outboxRow('old', { ref: surface('1.5') }), null);
      await store().outbox.put(outboxRow('new', { ref: surface('1.5'), job: 'job-2' }), null);
      await store().outbox.put(outboxRow('old', { ref: surface('1.5'), state: 'done' }), null);
      expect((await store().outbox.byMessage('C1', '1.5'))?.key).toBe('new');
      expect(await store().outbox.byMessage('C2', '1.5')).toBeNull();
    });

    it('gives back the trigger of a message with its token', async () => {
      await store().outbox.put(outboxRow('k', { ref: surface('1.5', trigger('xoken')) }), null);
      const via = present((await store().outbox.byMessage('C1', '1.5'))?.ref?.via);
      expect(via.token.reveal()).toBe('xoken');
      expect({ ...via, token: null }).toEqual({ ...trigger(''), token: null });
    });

    it('deletes a row', async () => {
      await store().outbox.put(outboxRow('k'), null);
      await store().outbox.delete('k');
      expect(await store().outbox.of('job-1')).toEqual([]);
    });

    it.each(oddTexts)('keeps %j as key, job and message', async (text) => {
      const row = outboxRow(text, { job: text, ref: surface(text), shown: text });
      await store().outbox.put(row, null);
      expect(await store().outbox.of(text)).toEqual([row]);
      expect(await store().outbox.byMessage('C1', text)).toEqual(row);
    });
  });

  describe('form sessions', () => {
    it('finds a session until it expires', async () => {
      expect(await store().forms.get('form-1', start)).toBeNull();
      await store().forms.put(form({ data: '1' }));
      await store().forms.put(form({ data: '2', expiresAt: start + 10 }));
      expect(await store().forms.get('form-1', start + 9)).toEqual(form({ data: '2', expiresAt: start + 10 }));
      expect(await store().forms.get('form-1', start + 10)).toBeNull();
    });

    it('lists those of a kind that have not expired', async () => {
      await store().forms.put(form({ id: 'form-1' }));
      await store().forms.put(form({ id: 'form-2', expiresAt: start }));
      await store().forms.put(form({ id: 'form-3', kind: 'another' }));
      expect(await store().forms.list(form().kind, start)).toEqual([form({ id: 'form-1' })]);
    });

    it('deletes a session', async () => {
      await store().forms.put(form());
      await store().forms.delete('form-1');
      expect(await store().forms.get('form-1', start)).toBeNull();
    });
  });
}
