import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { problemOf } from '../../../src/chat/errors.ts';
import {
  type AnswerPlace,
  askInBackground,
  LEFT_RUNNING,
  settleInBackground,
} from '../../../src/openwebui/background.ts';
import { addQuestion, adoptAnswer, branch, newTree } from '../../../src/openwebui/chat-tree.ts';
import { changeChat, createChat, readChat } from '../../../src/openwebui/chats.ts';
import type { Question } from '../../../src/openwebui/completions.ts';
import type { OpenWebUI } from '../../../src/openwebui/connection.ts';
import type { Frame } from '../../../src/openwebui/frames.ts';
import { defectsOf } from '../../openwebui/tree-defects.ts';
import { type Desk, since } from './bench.ts';

const asking = (model: string, text: string): Question => ({
  model,
  messages: [{ role: 'user', content: text }],
  chatId: null,
  functionCalling: null,
});

/** A chat with one question in it, and the name of an answer that is still to be made. */
async function questioned(server: OpenWebUI, model: string, text: string): Promise<AnswerPlace> {
  const questionId = randomUUID();
  const now = Date.now();
  const tree = addQuestion(newTree({ title: 'In the background', models: [model], now }), {
    id: questionId,
    text,
    now,
    models: [model],
  });
  return { chatId: (await createChat(server, tree)).id, questionId, answerId: randomUUID() };
}

/** All frames of an answer in the background, its text, and the kind of failure it ended with, if any. */
async function followed(
  server: OpenWebUI,
  question: Question,
  at: AnswerPlace,
  options: { readonly signal?: AbortSignal; readonly each?: (frame: Frame) => void } = {},
): Promise<{ frames: Frame[]; text: string; failed: string | null; detail: string }> {
  const frames: Frame[] = [];
  let problem: { kind: string; detail: string } | null = null;
  try {
    const signal = options.signal ?? new AbortController().signal;
    for await (const frame of askInBackground(server, question, at, { signal, idleMs: 60_000 })) {
      frames.push(frame);
      options.each?.(frame);
    }
  } catch (error) {
    problem = problemOf(error);
  }
  const text = frames.flatMap((frame) => (frame.type === 'text' ? [frame.text] : [])).join('');
  return { frames, text, failed: problem?.kind ?? null, detail: problem?.detail ?? '' };
}

/** Answers that the server makes by itself and writes into the chat. */
export function backgroundContract(at: () => Desk): void {
  const WORDS = 'one two three four five six seven';

  /** The chat as it stands once its answers have been put where they belong. */
  async function settled(place: AnswerPlace) {
    const chat = await changeChat(at().user, place.chatId, (tree) =>
      adoptAnswer(tree, place.answerId, place.questionId),
    );
    const { tree } = await readChat(at().user, chat.id);
    expect(defectsOf(tree)).toEqual([]);
    return tree;
  }

  describe('an answer in the background', () => {
    test('comes whole, grows where the server lets it be seen, and stands in a valid chat', async () => {
      const place = await questioned(at().user, 'echo-slow', WORDS);
      const answer = await followed(at().user, asking('echo-slow', WORDS), place);
      expect(answer).toMatchObject({ text: WORDS, failed: null });
      expect(answer.frames.at(-1)).toEqual({ type: 'end', reason: null });
      const pieces = answer.frames.filter((frame) => frame.type === 'text').length;
      if (since(at(), '0.11')) expect(pieces).toBeGreaterThan(1);
      else expect(pieces).toBe(1);
      const turns = branch(await settled(place));
      expect(turns.map(({ id, role, text }) => ({ id, role, text }))).toEqual([
        { id: place.questionId, role: 'user', text: WORDS },
        { id: place.answerId, role: 'assistant', text: WORDS },
      ]);
    });

    test('made anew stands beside the first', async () => {
      const place = await questioned(at().user, 'echo', 'Hello');
      const again = { ...place, answerId: randomUUID() };
      await followed(at().user, asking('echo', 'Hello'), place);
      await settled(place);
      expect(await followed(at().user, asking('echo', 'Hello'), again)).toMatchObject({ text: 'Hello', failed: null });
      const tree = await settled(again);
      expect(tree.history.messages[place.questionId]?.childrenIds).toEqual([place.answerId, again.answerId]);
      expect(branch(tree).at(-1)?.id).toBe(again.answerId);
    });

    test('left running is only looked at by whoever asks for it next', async () => {
      const place = await questioned(at().user, 'echo-slow', WORDS);
      const leave = new AbortController();
      const first = followed(at().user, asking('echo-slow', WORDS), place, { signal: leave.signal });
      await expect
        .poll(async () => (await readChat(at().user, place.chatId)).tree.history.currentId)
        .toBe(place.answerId);
      leave.abort(LEFT_RUNNING);
      expect((await first).failed).toBe('stopped');
      expect(await followed(at().user, asking('echo', 'something else'), place)).toMatchObject({
        text: WORDS,
        failed: null,
      });
      expect(Object.keys((await settled(place)).history.messages)).toHaveLength(2);
    });

    test('is begun although another one is being made in the same chat', async () => {
      const other = await questioned(at().user, 'stuck', 'Hello');
      const stop = new AbortController();
      const stuck = followed(at().user, asking('stuck', 'Hello'), other, { signal: stop.signal });
      await expect
        .poll(async () => (await readChat(at().user, other.chatId)).tree.history.currentId)
        .toBe(other.answerId);
      const place = { ...other, answerId: randomUUID() };
      expect(await followed(at().user, asking('echo', 'Hello'), place)).toMatchObject({ text: 'Hello', failed: null });
      stop.abort();
      expect((await stuck).failed).toBe('stopped');
    });

    test('that is stopped ends on the server too, and stays as far as it came', async () => {
      const place = await questioned(at().user, 'stuck', 'Hello');
      const stop = new AbortController();
      const answer = followed(at().user, asking('stuck', 'Hello'), place, { signal: stop.signal });
      await expect
        .poll(async () => (await readChat(at().user, place.chatId)).tree.history.currentId)
        .toBe(place.answerId);
      stop.abort();
      expect((await answer).failed).toBe('stopped');
      await expect
        .poll(() =>
          settleInBackground(at().user, place).then(
            () => 'over',
            (e) => problemOf(e).kind,
          ),
        )
        .toBe('over');
    });

    test('that the provider refuses fails as what it is, and may be stored anew', async () => {
      const place = await questioned(at().user, 'error-429', 'Hello');
      const answer = await followed(at().user, asking('error-429', 'Hello'), place);
      expect(answer).toMatchObject({ text: '', failed: 'busy' });
      expect(answer.detail).toContain('rate limit');
      await settleInBackground(at().user, place);
      await settled(place);
    });

    test('of a model that is not there is missing', async () => {
      const place = await questioned(at().user, 'echo', 'Hello');
      expect((await followed(at().user, asking('no-such-model', 'Hello'), place)).failed).toBe('missing');
    });
  });
}
