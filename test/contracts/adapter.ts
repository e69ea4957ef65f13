import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageKey, placeKey } from '../../src/chat/places.ts';
import { conversationsContract } from './adapter-conversations.ts';
import { filesContract } from './adapter-files.ts';
import { messagesContract } from './adapter-messages.ts';
import { adapterStage, type OpenedAdapter, plain } from './adapter-stage.ts';

const hostile = ['@everyone', '@here', '<!channel>', '<@U123>', '<@123456789012345678>', '<@&123456789012345678>'];

/** Everything that the port `src/chat/adapter.ts` promises of every platform, run on the one that `open` makes. */
export function adapterContract(name: string, open: () => Promise<OpenedAdapter>): void {
  describe(`an adapter: ${name}`, () => {
    let opened: OpenedAdapter;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const stage = adapterStage(() => opened);
    const { adapter, render, post } = stage;

    messagesContract(stage);
    conversationsContract(stage);
    filesContract(stage);

    describe('rendering', () => {
      it('gives the same for the same, and leaves what it was given as it was', () => {
        fc.assert(
          fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.boolean(), (markdown, live) => {
            const part = Object.freeze({ ...plain, markdown });
            const first = adapter().render(part, { live, controls: null });
            expect(adapter().render(part, { live, controls: null })).toEqual(first);
            expect(first.size).toBeGreaterThanOrEqual(0);
          }),
          { numRuns: 50 },
        );
      });

      it('takes a plain text of nine tenths of what it says fits', () => {
        const { max } = render('');
        const word = 'word ';
        expect(render(word.repeat((max * 0.9) / word.length).trim()).size).toBeLessThanOrEqual(max);
      });

      it('measures a text that is far too long as too large', () => {
        const { size, max } = render('word '.repeat(render('').max));
        expect(size).toBeGreaterThan(max);
      });

      it.each(hostile)('cannot ping with %s', (text) => {
        expect(opened.pings(render(`Hello ${text}, and \`${text}\``))).toBe(false);
      });
    });

    describe('events', () => {
      it('tells the host of a message under its key, with author and conversation', async () => {
        const ref = await opened.makeMessage('Is anybody there?');
        const event = await opened.event((one) => one.type === 'message' && one.message.text.includes('anybody'));
        expect(event.key).toBe(messageKey(ref));
        expect(event).toMatchObject({ message: { ours: false, author: { ref: opened.person, bot: false } } });
        expect(event.type === 'message' && placeKey(event.conversation)).toBe(placeKey(opened.place));
      });

      it('tells the host of a deletion, naming the same message', async () => {
        const ref = await opened.makeMessage('Forget this');
        await opened.event((one) => one.key === messageKey(ref));
        await opened.deleteMessage(ref);
        const event = await opened.event((one) => one.type === 'deleted');
        expect(event.type === 'deleted' && messageKey(event.ref)).toBe(messageKey(ref));
      });

      it('never tells the host of what the bot itself wrote as a question', async () => {
        await post('I talk to myself', 'key-1');
        await opened.makeMessage('And I to you');
        await opened.event((one) => one.type === 'message' && one.message.text.includes('And I'));
        const own = opened.events.filter((one) => one.type === 'message' && one.message.text.includes('myself'));
        expect(own.every((one) => one.type === 'message' && one.message.ours)).toBe(true);
      });
    });

    it('tells doctor what it finds without throwing', async () => {
      for await (const finding of adapter().probe()) {
        expect(['ok', 'warn', 'fail']).toContain(finding.state);
        if (finding.state === 'fail') expect(finding.mend).not.toBeNull();
      }
    });

    it('stops twice', async () => {
      await adapter().stop();
      await adapter().stop();
    });
  });
}
