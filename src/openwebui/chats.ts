import * as z from 'zod';
import { type ChatTree, chatTree, currentIdOf, path } from './chat-tree.ts';
import type { OpenWebUI } from './connection.ts';
import { type Call, json, segment } from './request.ts';

/** A stored chat. Times in ms since the epoch. */
export interface Chat {
  readonly id: string;
  readonly title: string;
  readonly tree: ChatTree;
  readonly folderId: string | null;
  readonly archived: boolean;
  readonly updatedAt: number;
  readonly createdAt: number;
}

/** A line of a list of chats. */
export interface ChatLine {
  readonly id: string;
  readonly title: string;
  readonly updatedAt: number;
  readonly createdAt: number;
}

const word = z.string().min(1).nullish().catch(null);
const seconds = z.number().catch(0);
const flag = z.boolean().nullish().catch(null);
const line = z.looseObject({ id: z.string(), title: z.string().catch(''), updated_at: seconds, created_at: seconds });
const stored = z.looseObject({
  ...line.shape,
  chat: chatTree,
  folder_id: word,
  archived: flag,
});
const answered = stored.transform(
  (chat): Chat => ({
    ...lineOf(chat),
    tree: chat.chat,
    folderId: chat.folder_id ?? null,
    archived: chat.archived ?? false,
  }),
);
const lines = z.array(line.transform(lineOf));
const done = z.boolean();

/** Stores a new chat, in a folder if named; the server chooses its id. Not repeated by itself: a second call makes a second chat. */
export async function createChat(
  server: OpenWebUI,
  tree: ChatTree,
  options: { readonly folderId?: string | null | undefined } = {},
): Promise<Chat> {
  const body = { chat: documentOf(tree), ...(options.folderId && { folder_id: options.folderId }) };
  return await json(server, post('/api/v1/chats/new', body), answered);
}

/** Reads a chat. Fails as `missing` when it is not there or not this person's. */
export async function readChat(server: OpenWebUI, id: string): Promise<Chat> {
  return await json(server, { method: 'GET', path: chatPath(id), about: 'chat' }, answered);
}

/**
 * Reads a chat, changes its tree and stores it: the way to write messages. Changes of one chat by this process run one after the
 * other, since the server merges without locking. `change` is given the newest tree, with whatever was edited in the browser, and
 * may be called again by a repeated attempt: it must be pure. Returning the same tree stores nothing.
 *
 * All messages are sent whole: up to 0.9 the server puts the history sent in place of its own, from 0.10 on it merges message by
 * message, each replaced whole (our reference, openwebui trap 5). The title is sent only when `change` changes it.
 */
export async function changeChat(server: OpenWebUI, id: string, change: (tree: ChatTree) => ChatTree): Promise<Chat> {
  return await inTurn(`${server.url} ${id}`, async () => {
    const chat = await readChat(server, id);
    const tree = change(chat.tree);
    if (tree === chat.tree) return chat;
    const { title, ...rest } = documentOf(tree);
    return await updateChat(server, id, { ...rest, ...(title !== chat.tree.title && { title }) });
  });
}

/** Merges top-level fields into a chat's document. For messages use {@link changeChat}: an unknown chat is `missing`. */
async function updateChat(server: OpenWebUI, id: string, fields: Readonly<Record<string, unknown>>): Promise<Chat> {
  return await json(server, post(chatPath(id), { chat: fields }), answered);
}

/** Gives a chat another title. */
export async function renameChat(server: OpenWebUI, id: string, title: string): Promise<Chat> {
  return await updateChat(server, id, { title });
}

/** Deletes a chat. Fails as `missing` when it is not there, as `forbidden` without the permission. */
export async function deleteChat(server: OpenWebUI, id: string): Promise<void> {
  await json(server, { method: 'DELETE', path: chatPath(id), about: 'chat' }, done);
}

/** Deletes one message and its direct children; what followed those hangs on its parent. Only 0.10 and later know it. */
export async function deleteMessage(server: OpenWebUI, id: string, messageId: string): Promise<void> {
  const path = `${chatPath(id)}/messages/${segment(messageId)}`;
  await json(server, { method: 'DELETE', path, about: 'chat' }, z.unknown());
}

/** The person's chats, newest first, 60 a page from 1. Pinned, archived and foldered chats are left out unless asked for. */
export async function listChats(
  server: OpenWebUI,
  options: { readonly page: number; readonly folders?: boolean; readonly pinned?: boolean },
): Promise<readonly ChatLine[]> {
  const query = { page: options.page, include_folders: options.folders, include_pinned: options.pinned };
  return await json(server, { method: 'GET', path: '/api/v1/chats/list', about: 'chat', query }, lines);
}

/** Moves a chat into a folder, or out of every folder with null. */
export async function moveChat(server: OpenWebUI, id: string, folderId: string | null): Promise<Chat> {
  return await json(server, post(`${chatPath(id)}/folder`, { folder_id: folderId }), answered);
}

/** Archives a chat or brings it back. The server can only toggle, so its state is read first. */
export async function archiveChat(server: OpenWebUI, id: string, archived: boolean): Promise<void> {
  if ((await readChat(server, id)).archived !== archived)
    await json(server, post(`${chatPath(id)}/archive`, {}), z.unknown());
}

const writing = new Map<string, Promise<unknown>>();

/** Runs tasks with the same key one after the other; a key is forgotten with its last task. */
async function inTurn<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
  const before = writing.get(key) ?? Promise.resolve();
  const mine = before.then(task, task);
  writing.set(key, mine);
  try {
    return await mine;
  } finally {
    if (writing.get(key) === mine) writing.delete(key);
  }
}

/** The document as it is sent: with the linear copy of the shown branch, in which older servers search. */
function documentOf(tree: ChatTree): Record<string, unknown> & { title: string } {
  return { ...tree, messages: path(tree, currentIdOf(tree)) };
}

function lineOf(chat: z.infer<typeof line>): ChatLine {
  return { id: chat.id, title: chat.title, updatedAt: chat.updated_at * 1000, createdAt: chat.created_at * 1000 };
}

function chatPath(id: string): string {
  return `/api/v1/chats/${segment(id)}`;
}

function post(path: string, body: object): Call {
  return { method: 'POST', path, about: 'chat', body };
}
