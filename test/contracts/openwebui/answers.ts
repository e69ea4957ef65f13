import { describe, expect, test } from 'vitest';
import { newTree } from '../../../src/openwebui/chat-tree.ts';
import { createChat, deleteChat } from '../../../src/openwebui/chats.ts';
import type { Question } from '../../../src/openwebui/completions.ts';
import { awakeTime } from '../../awake.ts';
import { heard } from '../../openwebui/wire.ts';
import { fixedText, wideText } from '../../servers/provider/models.ts';
import { type Desk, since } from './bench.ts';

const asking = (model: string, text = 'Hello you'): Question => ({
  model,
  messages: [{ role: 'user', content: text }],
  chatId: null,
  functionCalling: null,
});

/** Answers in direct mode, whatever the provider does. */
export function answersContract(at: () => Desk): void {
  describe('an answer', () => {
    test.each([
      ['echo', 'Hello you', 'stop'],
      ['fixed', fixedText, 'stop'],
      ['crlf', 'Hello you', 'stop'],
      ['comments', 'Hello you', 'stop'],
      ['split-utf8', wideText, 'stop'],
      ['no-done', 'Hello you', 'stop'],
      ['bare-done', 'Hello you', 'stop'],
      ['json-answer', 'Hello you', 'stop'],
      ['cut-short', 'The limit came', 'length'],
      ['empty', '', 'stop'],
    ])('of %s is whole', async (model, text, reason) => {
      const answer = await heard(at().user, { question: asking(model) });
      expect(answer).toMatchObject({ text, reasoning: '', failed: null });
      expect(answer.frames.at(-1)).toEqual({ type: 'end', reason });
    });

    test.each(['reasoning', 'think-tags'])('of %s comes apart from its thinking', async (model) => {
      expect(await heard(at().user, { question: asking(model) })).toMatchObject({
        text: 'Hello you',
        reasoning: 'Let me think.',
        failed: null,
      });
    });

    test('comes piece by piece, and the first long before the last', async () => {
      const texts: number[] = [];
      await heard(at().user, {
        question: asking('echo-slow', 'one two three'),
        each: () => texts.push(performance.now()),
      });
      expect((texts.at(-1) ?? 0) - (texts[0] ?? 0)).toBeGreaterThan(100);
    });

    test.each(['usage', 'usage-last'])('of %s tells what it cost', async (model) => {
      const { frames } = await heard(at().user, { question: { ...asking(model), countTokens: true } });
      expect(frames).toContainEqual({ type: 'usage', usage: expect.objectContaining({ total_tokens: 18 }) });
    });

    test('sees pictures', async () => {
      const url =
        'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url } },
      ] as const;
      const question = { ...asking('vision'), messages: [{ role: 'user', content }] } as const;
      expect((await heard(at().user, { question })).text).toBe(
        'I see 1 image (image/png, 70 bytes). You wrote: What is this?',
      );
    });

    test('to a whole conversation is given to all of it', async () => {
      const messages = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: 'Three' },
      ] as const;
      const { text } = await heard(at().user, { question: { ...asking('mirror'), messages } });
      const roles = JSON.parse(text).messages.map((message: { role: string }) => message.role);
      expect(roles).toEqual(['system', 'user', 'assistant', 'user']);
      expect(text).toContain('Three');
    });

    test('may belong to a chat', async () => {
      const chat = await createChat(at().user, newTree({ title: 'Asked in', models: ['echo'], now: Date.now() }));
      expect(await heard(at().user, { question: { ...asking('echo'), chatId: chat.id } })).toMatchObject({
        text: 'Hello you',
        failed: null,
      });
      await deleteChat(at().user, chat.id);
    });

    test.each([
      ['error-401', 'model'],
      ['error-429', 'busy'],
      ['error-500', 'model'],
      ['error-text', 'model'],
      ['no-such-model', 'missing'],
    ])('of %s fails as %s before any frame', async (model, kind) => {
      expect(await heard(at().user, { question: asking(model) })).toMatchObject({ frames: [], failed: kind });
    });

    test('that fails in the middle keeps what had come', async () => {
      expect(await heard(at().user, { question: asking('error-mid') })).toMatchObject({
        text: 'Half an answer',
        failed: 'busy',
      });
    });

    test('that is cut says so', async () => {
      // A real server may lose the last bytes before the cut itself.
      const { text, failed } = await heard(at().user, { question: asking('cut') });
      expect(failed).toBe('cut');
      expect('This answer is cut in the mid'.startsWith(text)).toBe(true);
    });

    test('that begins after a long silence is whole', async ({ skip }) => {
      skip(!at().bench.real);
      expect(await heard(at().user, { question: asking('silent'), idleMs: 60_000 })).toMatchObject({
        text: 'Hello you',
        failed: null,
      });
    });

    test('that stays silent is given up', async () => {
      // A machine at work may be silent for so long before the first word, too.
      const { text, failed } = await heard(at().user, { question: asking('stuck'), idleMs: 300 });
      expect(failed).toBe('timeout');
      expect(['', 'Wait']).toContain(text);
    });

    test('that is stopped ends at once', async () => {
      const stop = new AbortController();
      const waited = awakeTime();
      const answer = await heard(at().user, {
        question: asking('long'),
        signal: stop.signal,
        each: () => stop.abort(),
      });
      expect(answer.failed).toBe('stopped');
      expect(waited()).toBeLessThan(3000);
    });

    test('asked for by an unknown person is unauthorized', async () => {
      expect(await heard(at().nobody, { question: asking('echo') })).toMatchObject({ failed: 'unauthorized' });
    });

    test('is the same with settings that older servers do not know', async () => {
      const question: Question = {
        ...asking('echo'),
        functionCalling: since(at(), '0.10') ? 'native' : 'legacy',
        features: { web_search: false, memory: false },
        variables: { '{{USER_NAME}}': 'Ann' },
        params: { temperature: 0 },
      };
      expect(await heard(at().user, { question })).toMatchObject({ text: 'Hello you', failed: null });
    });
  });
}
