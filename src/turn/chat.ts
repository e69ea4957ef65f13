import { createHash } from 'node:crypto';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import { settleInBackground } from '../openwebui/background.ts';
import type { ChatTree, NewQuestion } from '../openwebui/chat-tree.ts';
import { addAnswer, addQuestion, adoptAnswer, changeMessage, finishAnswer, newTree } from '../openwebui/chat-tree.ts';
import { changeChat, createChat } from '../openwebui/chats.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { chatBegunBefore } from './begun-chat.ts';
import type { Ids, TurnState } from './state.ts';

/** A question as it is stored in the chat. */
export interface StoredQuestion {
  readonly text: string;
  /** As the web page stores files: see `NewQuestion.files` of the client. */
  readonly files: readonly Readonly<Record<string, unknown>>[];
}

/** The id of a job's message in the chat: the same at every try. In the form of a version 4 UUID, as the server makes them. */
export function messageId(job: string, message: 'question' | 'answer'): string {
  const bytes = createHash('sha256').update(`${job}\n${message}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The question as it is put into a chat: an edited one beside what it was, any other at the end. */
function newQuestion(tree: ChatTree, ids: Ids, { text, files }: StoredQuestion, now: number): NewQuestion {
  const { besides } = ids;
  const messages = new Map(Object.entries(tree.history.messages));
  const before = besides === undefined ? undefined : messages.get(besides);
  const parentId = before && (before.parentId === null || messages.has(before.parentId)) ? before.parentId : undefined;
  return { id: ids.questionId, text, files, now, models: [ids.model], parentId };
}

/**
 * Puts the question into the conversation's chat, or into a new chat of the asker's, before the model is asked, so that nothing
 * is lost with a crash. A question that is there already is left as it is. `renewed`: the chat had been deleted and a new one was
 * begun. `again`: an earlier try may have begun the chat already.
 */
export async function openChat(
  servers: { readonly save: OpenWebUI; readonly ask: OpenWebUI },
  ids: Ids,
  question: StoredQuestion,
  options: { readonly title: string; readonly clock: Clock; readonly again: boolean },
): Promise<{ readonly chatId: string; readonly tree: ChatTree; readonly renewed: boolean }> {
  const now = options.clock.now();
  const put = (tree: ChatTree) =>
    Object.hasOwn(tree.history.messages, ids.questionId)
      ? tree
      : addQuestion(tree, newQuestion(tree, ids, question, now));
  if (ids.chatId !== null) {
    try {
      const chat = await changeChat(servers.save, ids.chatId, put);
      return { chatId: chat.id, tree: put(chat.tree), renewed: false };
    } catch (error) {
      if (problemOf(error).kind !== 'missing') throw error;
    }
  }
  const { title, again } = options;
  const chat =
    (again ? await chatBegunBefore(servers.ask, { title, questionId: ids.questionId }) : null) ??
    (await createChat(servers.ask, put(newTree({ title, models: [ids.model], now }))));
  return { chatId: chat.id, tree: put(chat.tree), renewed: ids.chatId !== null };
}

/**
 * Writes a finished answer under its question, or only adds follow-ups to one that stands already: repeating it changes nothing,
 * and what somebody edited in the browser since stays. The answer is stored only now, whole: a server from 0.12 on never changes
 * one that was stored as unfinished (docs/openwebui-compatibility.md). One that the server made by itself stands there already, and
 * is only put in its place. Throws while the server is still at it.
 */
export async function saveAnswer(
  server: OpenWebUI,
  state: TurnState,
  ids: Ids & { readonly chatId: string },
  question: StoredQuestion,
  followUps: readonly string[],
): Promise<void> {
  if (state.background) await settleInBackground(server, ids);
  await changeChat(server, ids.chatId, (stored) => {
    const tree = state.background ? adoptAnswer(stored, ids.answerId, ids.questionId) : stored;
    if (tree.history.messages[ids.answerId]?.done === true)
      return followUps.length > 0 ? changeMessage(tree, ids.answerId, { followUps: [...followUps] }) : tree;
    const now = state.startedAt;
    let grown = tree;
    if (!Object.hasOwn(grown.history.messages, ids.questionId)) {
      grown = addQuestion(grown, newQuestion(grown, ids, question, now));
    }
    if (!Object.hasOwn(grown.history.messages, ids.answerId)) {
      grown = addAnswer(grown, {
        id: ids.answerId,
        parentId: ids.questionId,
        model: ids.model,
        modelName: ids.modelName,
        now,
      });
    }
    return finishAnswer(grown, ids.answerId, {
      text: state.text,
      sources: state.citations,
      ...(state.usage !== null && { usage: state.usage }),
      ...(state.problem !== null && { error: state.problem.say }),
      ...(followUps.length > 0 && { followUps }),
    });
  });
}
