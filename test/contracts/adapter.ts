import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, Answer } from '../../src/chat/adapter.ts';
import type { ProblemKind } from '../../src/chat/errors.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { ChatEvent } from '../../src/chat/events.ts';
import type { MessageRef, Place, UserRef } from '../../src/chat/places.ts';
import { messageKey, placeKey } from '../../src/chat/places.ts';
import type { Part, Rendered } from '../../src/chat/view.ts';

/** A started adapter on a platform that answers, fresh for each test. */
export interface OpenedAdapter {
  readonly adapter: Adapter;
  /** Every event that the adapter's host was given, in order. */
  readonly events: readonly ChatEvent[];
  /** Resolves when the host has been given an event that passes. */
  event(wanted: (event: ChatEvent) => boolean): Promise<ChatEvent>;
  /** A conversation in which the bot may write. */
  readonly place: Place;
  /** Somebody who takes part in it. */
  readonly person: UserRef;
  /** That person writes a message in the conversation; resolves when the platform has it. */
  makeMessage(text: string): Promise<MessageRef>;
  /** A message that begins a conversation of its own: in the channel where there are threads. */
  makeOpening(text: string): Promise<MessageRef>;
  /** Deletes a message on the platform, behind the adapter's back. */
  deleteMessage(ref: MessageRef): Promise<void>;
  /** The person runs a command for their eyes only, answered with `first`, presses its one button, answered with `then`; what they see then of both. */
  turns(first: Answer, then: Answer): Promise<readonly string[]>;
  /** Whether somebody would be pinged if this were posted. */
  pings(rendered: Rendered): boolean;
  close(): Promise<void>;
}

const plain: Omit<Part, 'markdown'> = { index: 0, last: true, status: null, note: null, sources: [] };
const hostile = ['@everyone', '@here', '<!channel>', '<@U123>', '<@123456789012345678>', '<@&123456789012345678>'];

/** Everything that the port `src/chat/adapter.ts` promises of every platform, run on the one that `open` makes. */
export function adapterContract(name: string, open: () => Promise<OpenedAdapter>): void {
  describe(`an adapter: ${name}`, () => {
    let opened: OpenedAdapter;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const adapter = () => opened.adapter;
    const render = (markdown: string, live = false) =>
      adapter().render({ ...plain, markdown }, { live, controls: null });
    const post = (markdown: string, key: string) => adapter().open(opened.place, render(markdown), key, null);
    const texts = async () =>
      (await adapter().history(opened.place, { before: null, after: null }, 50)).map((message) => message.text.trim());
    const refOf = (ref: { place: Place; id: string }): MessageRef => ({ place: ref.place, id: ref.id });

    async function failsWith(work: () => Promise<unknown>, ...kinds: ProblemKind[]): Promise<void> {
      const thrown: unknown = await work().then(
        () => null,
        (error: unknown) => error,
      );
      expect(thrown).toBeInstanceOf(Failure);
      if (thrown instanceof Failure) expect(kinds).toContain(thrown.problem.kind);
    }

    describe('posting', () => {
      it('shows what was opened, as the bot’s own message', async () => {
        const surface = await post('Good morning.', 'key-1');
        const [message] = (await adapter().history(opened.place, { before: null, after: null }, 1)).slice(-1);
        expect(message).toMatchObject({ text: 'Good morning.', ours: true });
        expect(message?.ref.id).toBe(surface.ref.id);
        expect(message?.author.bot).toBe(true);
      });

      it('finds a message by its key, so that a crash never makes two', async () => {
        const before = await opened.makeMessage('A question');
        const surface = await post('An answer', 'key-2');
        expect(await adapter().find(opened.place, 'key-2', before)).toMatchObject({ id: surface.ref.id });
        expect(await adapter().find(opened.place, 'key-2', null)).toMatchObject({ id: surface.ref.id });
      });

      it('finds nothing under a key that was never used, nor under one used before the given message', async () => {
        await post('An answer', 'key-3');
        const after = await opened.makeMessage('A later question');
        expect(await adapter().find(opened.place, 'key-4', null)).toBeNull();
        expect(await adapter().find(opened.place, 'key-3', after)).toBeNull();
      });

      it('names the budgets that posting pays from, and a rate for each', async () => {
        const surface = await post('Hello', 'key-5');
        const scopes = [...adapter().openScopes(opened.place), ...surface.scopes('grow'), ...surface.scopes('finish')];
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
        expect(await adapter().find(opened.place, 'key-1', null)).toBeNull();
      });

      it('says that a message is gone when somebody has deleted it', async () => {
        const surface = await post('Deleted by a person', 'key-1');
        await opened.deleteMessage(refOf(surface.ref));
        await failsWith(() => surface.put(render('Too late'), true), 'gone');
        const again = await adapter().reopen(surface.ref);
        if (typeof again !== 'string') await failsWith(() => again.put(render('Too late'), true), 'gone');
        else expect(again).not.toBe('edit');
      });
    });

    describe('conversations', () => {
      it('makes one place for a message, however often it is asked', async () => {
        const origin = await opened.makeOpening('What is new?');
        const first = await adapter().thread(origin, 'News');
        const second = await adapter().thread(origin, 'Another name');
        expect(placeKey(second)).toBe(placeKey(first));
        const surface = await adapter().open(first, render('This is new.'), 'key-1', null);
        expect(placeKey(surface.ref.place)).toBe(placeKey(first));
      });

      it('names and marks a conversation without complaint, twice too', async () => {
        await adapter().title?.(opened.place, 'A title', 'model');
        await adapter().title?.(opened.place, 'A title', 'model');
        await adapter().busy?.(opened.place, 'thinking…');
        await adapter().busy?.(opened.place, null);
        await adapter().busy?.(opened.place, null);
      });

      it('puts a reaction on and takes it off, twice too', async () => {
        const ref = await opened.makeMessage('A fine question');
        for (const on of [true, true, false, false]) await adapter().react(ref, '👍', on);
      });

      it('says when the message to react to has been deleted', async () => {
        const ref = await opened.makeMessage('A short-lived question');
        await opened.deleteMessage(ref);
        await failsWith(() => adapter().react(ref, '👍', true), 'gone', 'missing');
      });

      it('tells one person only, and others do not read it', async () => {
        const told = await adapter().tell(
          opened.person,
          opened.place,
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
        const seen = await opened.turns(note('Page one', false), note('Page two', true));
        expect(seen).toHaveLength(1);
        expect(seen[0]).toContain('Page two');
      });

      it('stays beside what is not', async () => {
        const seen = await opened.turns(note('Page one', false), note('Another thing', false));
        expect(seen.some((text) => text.includes('Page one'))).toBe(true);
        expect(seen.some((text) => text.includes('Another thing'))).toBe(true);
      });
    });

    describe('history', () => {
      it('is oldest first, with what people and the bot wrote', async () => {
        await opened.makeMessage('first');
        await post('second', 'key-1');
        await opened.makeMessage('third');
        expect((await texts()).slice(-3)).toEqual(['first', 'second', 'third']);
      });

      it('ends before and begins after the given message, and gives the nearest ones up to the limit', async () => {
        const refs: MessageRef[] = [];
        for (const text of ['a', 'b', 'c', 'd', 'e']) refs.push(await opened.makeMessage(text));
        const read = async (around: { before: MessageRef | null; after: MessageRef | null }, limit: number) =>
          (await adapter().history(opened.place, around, limit)).map((message) => message.text.trim());
        const c = refs[2] ?? null;
        expect(await read({ before: c, after: null }, 2)).toEqual(['a', 'b']);
        expect(await read({ before: c, after: null }, 1)).toEqual(['b']);
        expect(await read({ before: null, after: c }, 10)).toEqual(['d', 'e']);
        expect(await read({ before: null, after: c }, 1)).toEqual(['d']);
        expect(await read({ before: null, after: null }, 3)).toEqual(['c', 'd', 'e']);
      });
    });

    describe('files', () => {
      const upload = {
        name: 'notes.txt',
        type: 'text/plain',
        bytes: new TextEncoder().encode('Some notes'),
        alt: null,
      };

      it('posts a file that can be fetched again', async () => {
        const ref = await adapter().upload(opened.place, upload, 'key-file');
        const message = (await adapter().history(opened.place, { before: null, after: null }, 10)).find(
          (one) => one.ref.id === ref.id,
        );
        const file = message?.files[0];
        expect(file?.name).toBe('notes.txt');
        if (!file) return;
        const download = await adapter().download(file, 1_000);
        expect(new TextDecoder().decode(download.bytes)).toBe('Some notes');
      });

      it('gives one to a person alone, and others do not find it', async () => {
        const how = await adapter().hand?.(opened.person, opened.place, upload, 'key-hand', null);
        expect(['ephemeral', 'private']).toContain(how);
        const messages = await adapter().history(opened.place, { before: null, after: null }, 10);
        expect(messages.flatMap((one) => one.files)).toEqual([]);
      });

      it('fetches nothing that is larger than asked for', async () => {
        const ref = await adapter().upload(opened.place, upload, 'key-file');
        const messages = await adapter().history(opened.place, { before: null, after: null }, 10);
        const file = messages.find((one) => one.ref.id === ref.id)?.files[0];
        expect(file).toBeDefined();
        if (file) await failsWith(() => adapter().download(file, 5), 'too-large');
      });

      it('says when a file is not there', async () => {
        const file = {
          platform: adapter().name,
          id: 'nothing',
          name: 'a',
          type: 'text/plain',
          size: 1,
          token: 'nothing',
        };
        await failsWith(() => adapter().download(file, 1_000), 'missing', 'forbidden', 'invalid', 'gone');
      });
    });

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

      it('takes a plain text of the length where the search for a cut begins', () => {
        const { size, max } = render('word '.repeat(adapter().limits.partUnits / 5).trim());
        expect(size).toBeLessThanOrEqual(max);
      });

      it('measures a text that is far too long as too large', () => {
        const { size, max } = render('word '.repeat(adapter().limits.partUnits));
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
