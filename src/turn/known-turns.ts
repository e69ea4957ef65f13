import type { Turn } from '../openwebui/chat-tree.ts';
import type { Jobs } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { decodeQuestion } from './question.ts';

/** Turns of a conversation that are looked at, the newest. */
const MOST = 50;

/**
 * The turns of a chat as the queue's own rows know them, oldest first: what was asked and what was answered, the newest answer
 * of each question. It takes the place of a chat that cannot be read. `conversation` is the line its questions waited in.
 */
export async function knownTurns(
  rooms: { readonly jobs: Jobs; readonly vault: Vault },
  conversation: string,
  chatId: string | null,
): Promise<readonly Turn[]> {
  const found = new Map<string, readonly Turn[]>();
  for (const job of (await rooms.jobs.latest('turn', conversation, MOST)).toReversed()) {
    const state = job.kind === 'question' ? savedTurn(job) : null;
    if (!state?.ids || state.ids.chatId !== chatId) continue;
    const { ids, text } = state;
    const plain = { files: [], done: true, error: null };
    const asked = state.asked ?? decodeQuestion(job.payload, rooms.vault).text;
    const question: Turn = { ...plain, id: ids.questionId, role: 'user', text: asked, model: null };
    const answer: Turn = { ...plain, id: ids.answerId, role: 'assistant', text, model: ids.model };
    // An edited question stands in place of what it was.
    if (ids.besides !== undefined) found.delete(ids.besides);
    const before = found.get(ids.questionId);
    // An answer that failed without a word leaves the one before it standing.
    found.set(ids.questionId, text === '' ? (before ?? [question]) : [question, answer]);
  }
  return [...found.values()].flat();
}
