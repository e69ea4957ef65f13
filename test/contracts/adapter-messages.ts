import { describe, expect, it } from 'vitest';
import { type AdapterStage, failsWith } from './adapter-stage.ts';

/** What the port promises about posting and changing messages. */
export function messagesContract(stage: AdapterStage): void {
  const { opened, adapter, render, post, texts } = stage;

  describe('posting', () => {
    it('shows what was opened, as the bot’s own message', async () => {
      const surface = await post('Good morning.', 'key-1');
      const [message] = (await adapter().history(opened().place, { before: null, after: null }, 1)).slice(-1);
      expect(message).toMatchObject({ text: 'Good morning.', ours: true });
      expect(message?.ref.id).toBe(surface.ref.id);
      expect(message?.author.bot).toBe(true);
    });

    it('finds a message by its key, so that a crash never makes two', async () => {
      const before = await opened().makeMessage('A question');
      const surface = await post('An answer', 'key-2');
      expect(await adapter().find(opened().place, 'key-2', before)).toMatchObject({ id: surface.ref.id });
      expect(await adapter().find(opened().place, 'key-2', null)).toMatchObject({ id: surface.ref.id });
    });

    it('finds nothing under a key that was never used, nor under one used before the given message', async () => {
      await post('An answer', 'key-3');
      const after = await opened().makeMessage('A later question');
      expect(await adapter().find(opened().place, 'key-4', null)).toBeNull();
      expect(await adapter().find(opened().place, 'key-3', after)).toBeNull();
    });

    it('names the budgets that posting pays from, and a rate for each', async () => {
      const surface = await post('Hello', 'key-5');
      const scopes = [...adapter().openScopes(opened().place), ...surface.scopes('grow'), ...surface.scopes('finish')];
      expect(scopes.length).toBeGreaterThan(0);
      for (const scope of scopes) {
        expect(adapter().limits.rate(scope).burst).toBeGreaterThan(0);
        expect(adapter().limits.rate(scope).perSecond).toBeGreaterThan(0);
      }
    });
  });

  describe('changing', () => {
    it('replaces the text with each put, in the same message', async () => {
      const surface = await post('One', 'key-1');
      if (surface.mode !== 'edit') return;
      await surface.put(render('One two', true), false);
      await surface.put(render('Something else'), true);
      expect(await texts()).toContain('Something else');
      expect((await texts()).filter((text) => text.startsWith('One'))).toEqual([]);
    });

    it('goes on in a message from before a restart, by what is left of its reference in the store', async () => {
      const surface = await post('Half', 'key-1');
      const again = await adapter().reopen({ ...surface.ref });
      expect(again).not.toBe('gone');
      if (typeof again === 'string') return;
      expect(again.ref.id).toBe(surface.ref.id);
      await again.put(render('The whole'), true);
      expect(await texts()).toContain('The whole');
    });

    it('takes a message away, and does not mind that it is gone already', async () => {
      const surface = await post('Away with me', 'key-1');
      await surface.remove();
      await surface.remove();
      expect(await texts()).not.toContain('Away with me');
      expect(await adapter().find(opened().place, 'key-1', null)).toBeNull();
    });

    it('says that a message is gone when somebody has deleted it', async () => {
      const surface = await post('Deleted by a person', 'key-1');
      await opened().deleteMessage({ place: surface.ref.place, id: surface.ref.id });
      await failsWith(() => surface.put(render('Too late'), true), 'gone');
      const again = await adapter().reopen(surface.ref);
      if (typeof again !== 'string') await failsWith(() => again.put(render('Too late'), true), 'gone');
      else expect(again).not.toBe('edit');
    });
  });
}
