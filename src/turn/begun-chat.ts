import { type Chat, listChats, readChat } from '../openwebui/chats.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';

/** Chats of that title that are looked into, the newest: in between people may have begun others with the same words. */
const MOST = 10;

/**
 * The chat that an earlier try of a turn made for its question, when that try ended before it could note the chat's id: the server
 * chooses the id, but the id of the question in it is known before. Null: there is none.
 */
export async function chatBegunBefore(
  server: OpenWebUI,
  begun: { readonly title: string; readonly questionId: string },
): Promise<Chat | null> {
  const lines = await listChats(server, { page: 1 });
  for (const { id } of lines.filter((line) => line.title === begun.title).slice(0, MOST)) {
    const chat = await readChat(server, id);
    if (Object.hasOwn(chat.tree.history.messages, begun.questionId)) return chat;
  }
  return null;
}
