import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/chat/adapter.ts';
import { type MessageRef, placeKey } from '../../src/chat/places.ts';
import { type AdapterStage, failsWith } from './adapter-stage.ts';

/** What the port promises about conversations, notes for one person and what was written before. */
export function conversationsContract(stage: AdapterStage): void {
  const { opened, adapter, render, post, texts } = stage;

  describe('conversations', () => {
    it('makes one place for a message, however often it is asked', async () => {
      const origin = await opened().makeOpening('What is new?');
      const first = await adapter().thread(origin, 'News');
      const second = await adapter().thread(origin, 'Another name');
      expect(placeKey(second)).toBe(placeKey(first));
      const surface = await adapter().open(first, render('This is new.'), 'key-1', null);
      expect(placeKey(surface.ref.place)).toBe(placeKey(first));
    });

    it('names and marks a conversation without complaint, twice too', async () => {
      await adapter().title?.(opened().place, 'A title', 'model');
      await adapter().title?.(opened().place, 'A title', 'model');
      await adapter().busy?.(opened().place, 'thinking…');
      await adapter().busy?.(opened().place, null);
      await adapter().busy?.(opened().place, null);
    });

    it('puts a reaction on and takes it off, twice too', async () => {
      const ref = await opened().makeMessage('A fine question');
      for (const on of [true, true, false, false]) await adapter().react(ref, '👍', on);
    });

    it('says when the message to react to has been deleted', async () => {
      const ref = await opened().makeMessage('A short-lived question');
      await opened().deleteMessage(ref);
      await failsWith(() => adapter().react(ref, '👍', true), 'gone', 'missing');
    });

    it('tells one person only, and others do not read it', async () => {
      const told = await adapter().tell(
        opened().person,
        opened().place,
        { markdown: 'For you alone', controls: null },
        null,
      );
      expect(['ephemeral', 'private', 'impossible']).toContain(told);
      expect(await texts()).not.toContain('For you alone');
    });
  });

  describe('a note with a button', () => {
    const note = (markdown: string, instead: boolean): Answer => ({
      do: 'say',
      private: true,
      instead,
      body: {
        markdown,
        controls: { buttons: [{ id: 'next:0:0', label: 'Next', style: 'plain', role: 'other' }], menu: null },
      },
    });

    it('becomes what is said in its place', async () => {
      const seen = await opened().turns(note('Page one', false), note('Page two', true));
      expect(seen).toHaveLength(1);
      expect(seen[0]).toContain('Page two');
    });

    it('stays beside what is not', async () => {
      const seen = await opened().turns(note('Page one', false), note('Another thing', false));
      expect(seen.some((text) => text.includes('Page one'))).toBe(true);
      expect(seen.some((text) => text.includes('Another thing'))).toBe(true);
    });
  });

  describe('history', () => {
    it('is oldest first, with what people and the bot wrote', async () => {
      await opened().makeMessage('first');
      await post('second', 'key-1');
      await opened().makeMessage('third');
      expect((await texts()).slice(-3)).toEqual(['first', 'second', 'third']);
    });

    it('ends before and begins after the given message, and gives the nearest ones up to the limit', async () => {
      const refs: MessageRef[] = [];
      for (const text of ['a', 'b', 'c', 'd', 'e']) refs.push(await opened().makeMessage(text));
      const read = async (around: { before: MessageRef | null; after: MessageRef | null }, limit: number) =>
        (await adapter().history(opened().place, around, limit)).map((message) => message.text.trim());
      const c = refs[2] ?? null;
      expect(await read({ before: c, after: null }, 2)).toEqual(['a', 'b']);
      expect(await read({ before: c, after: null }, 1)).toEqual(['b']);
      expect(await read({ before: null, after: c }, 10)).toEqual(['d', 'e']);
      expect(await read({ before: null, after: c }, 1)).toEqual(['d']);
      expect(await read({ before: null, after: null }, 3)).toEqual(['c', 'd', 'e']);
    });
  });
}
