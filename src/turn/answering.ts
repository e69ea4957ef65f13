import { askInBackground, LEFT_RUNNING, usesToolsNatively } from '../openwebui/background.ts';
import { ask } from '../openwebui/completions.ts';
import type { Frame } from '../openwebui/frames.ts';
import type { Gathered } from './gather.ts';

/** Silence that ends an answer: models may think for minutes without a word, dead connections for ever. */
const IDLE_MS = 300_000;
/** Models known to call tools by themselves, at most; one that is forgotten costs a question more. */
const MOST_KNOWN = 1_000;

/** What to abort an answer with when it is let go of, so that the next process can go on with it where that is possible. */
export const LET_GO = LEFT_RUNNING;

/**
 * Asks the model in the way that fits, and gives its answer as it comes. Directly, where that will do: then it streams word by
 * word. Where its tools need it, the server makes the answer by itself, as its web page does; `begins` is called before that, since
 * such an answer goes on when nobody looks and is only looked at again after a crash (`goesOn`).
 */
export type Answering = (
  gathered: Gathered,
  options: { readonly signal: AbortSignal; readonly goesOn: boolean; begins(): void },
) => AsyncGenerator<Frame, void, undefined>;

/** See {@link Answering}. Remembers which models called a tool in place of an answer, so that they are asked rightly next time. */
export function createAnswering(): Answering {
  const native = new Set<string>();

  return async function* answering({ ask: { server }, own, ids, question }, { signal, goesOn, begins }) {
    const { chatId, questionId, answerId } = ids;
    // The server reads the question from the chat and writes the answer into it, with the asker's rights alone.
    const at = own && chatId !== null ? { chatId, questionId, answerId } : null;
    const how = { signal, idleMs: IDLE_MS };
    // Whether tools are called natively is then the model's own setting, as in the web page.
    const asPage = { ...question, functionCalling: null };
    const key = `${server.url} ${question.model}`;
    const armed = (question.toolIds ?? []).length > 0;
    if (at && (goesOn || native.has(key) || (armed && (await usesToolsNatively(server))))) {
      begins();
      return yield* askInBackground(server, asPage, at, how);
    }
    let called = false;
    let spoke = false;
    for await (const frame of ask(server, question, how)) {
      if (frame.type === 'tool-call') called = true;
      if (frame.type === 'text' || frame.type === 'image' || frame.type === 'sources') spoke = true;
      // A call that nobody runs in place of an answer: up to 0.9 a model may be set to that, and nothing tells so before.
      const wantsTools = frame.type === 'end' && called && !spoke;
      if (!wantsTools || !at) {
        yield frame;
        continue;
      }
      if (native.size < MOST_KNOWN) native.add(key);
      begins();
      yield* askInBackground(server, asPage, at, how);
    }
  };
}
