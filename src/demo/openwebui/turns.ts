import { branch, messagesOf, upsert, upsertRaw } from './history.ts';
import { asObject, asText, type Json } from './json.ts';
import { since } from './profile.ts';
import type { Chat, User } from './records.ts';
import { Refusal, say } from './refusal.ts';
import { milliseconds, newId, seconds, type World } from './world.ts';

/** One answer to be given: which model, under which message id. Without an id nothing is stored. */
export interface Entry {
  readonly model: string;
  readonly messageId: string | null;
  readonly modelIdx: number | null;
}

/** What a completion request says about where it belongs. */
export interface Turn {
  readonly entries: readonly Entry[];
  readonly userMessage: Json | null;
  /** The request's own `parent_id`: up to 0.8 the parent of the answer. */
  readonly parentId: string | null;
  readonly files: readonly unknown[] | null;
  readonly folderId: string | null;
}

/** A new chat for a request with `parent_id: null` (since 0.9): the question and its unfinished answers. */
export function createChat(world: World, user: User, turn: Turn): Chat {
  const now = seconds(world);
  const id = newId();
  const answers = turn.entries.filter((entry) => entry.messageId !== null);
  const messages: Record<string, Json> = {};
  const questionId = asText(turn.userMessage?.id);
  if (turn.userMessage !== null && questionId !== null) {
    messages[questionId] = {
      ...turn.userMessage,
      childrenIds: answers.map((entry) => entry.messageId),
      ...(since(world.profile, '0.12') && author(user)),
    };
  }
  for (const entry of answers) {
    if (entry.messageId !== null) messages[entry.messageId] = placeholder(world, entry, questionId);
  }
  return {
    id,
    user_id: user.id,
    title: 'New Chat',
    chat: {
      id,
      title: 'New Chat',
      models: turn.entries.map((entry) => entry.model),
      history: { currentId: answers[0]?.messageId ?? questionId, messages },
      messages: questionId === null ? [] : [{ role: 'user', content: turn.userMessage?.content ?? '' }],
      files: turn.files ?? [],
      tags: [],
      timestamp: milliseconds(world),
    },
    created_at: now,
    updated_at: now,
    last_read_at: now,
    share_id: null,
    archived: false,
    pinned: false,
    tags: [],
    folder_id: turn.folderId,
  };
}

/**
 * The chat with the question and the unfinished answers written into its tree, by the profile's rules:
 * ≤0.8 only adds parent and model to what the caller has stored, 0.9 to 0.11 rewrite the placeholder (trap 4 of our reference),
 * 0.12 refuses what would overwrite.
 */
export function placeTurn(world: World, user: User, chat: Chat, turn: Turn): Chat {
  const history = asObject(chat.chat.history) ?? { messages: {}, currentId: null };
  const next = since(world.profile, '0.12')
    ? placeStrictly(world, user, chat, history, turn)
    : since(world.profile, '0.9')
      ? rewrite(world, history, turn)
      : nameModels(history, turn);
  const wanted = turn.userMessage?.models;
  const models =
    Array.isArray(wanted) && since(world.profile, '0.12') ? wanted : turn.entries.map((entry) => entry.model);
  return {
    ...chat,
    updated_at: seconds(world),
    chat: { ...chat.chat, history: next, models, ...(turn.files !== null && { files: turn.files }) },
  };
}

/** The messages the model is given in a stored chat: the branch up to the question, without the answers being made. */
export function storedLine(chat: Chat, turn: Turn): Json[] {
  const history = asObject(chat.chat.history) ?? {};
  const leaf =
    asText(turn.userMessage?.id) ?? asText(asObject(messagesOf(history)[turn.entries[0]?.messageId ?? ''])?.parentId);
  return leaf === null ? [] : branch(history, leaf);
}

/** `user_id` and `user`, which 0.12 adds to people's messages. */
export function author(user: User): Json {
  return { user_id: user.id, user: { id: user.id, name: user.name } };
}

function placeStrictly(world: World, user: User, chat: Chat, start: Json, turn: Turn): Json {
  const messages = messagesOf(start);
  const questionId = asText(turn.userMessage?.id);
  const ids = [...(turn.userMessage === null ? [] : [questionId]), ...turn.entries.map((entry) => entry.messageId)];
  if (ids.some((id) => id === null || id === '') || new Set(ids).size !== ids.length) throw new Refusal(409, say.taken);
  for (const { messageId } of turn.entries) {
    const there = messages[messageId ?? ''];
    if (there === undefined) continue;
    const used = there.done === true || Boolean(there.content) || Boolean(there.output) || there.role !== 'assistant';
    const foreign = (asText(there.user_id) ?? chat.user_id) !== user.id;
    const elsewhere = turn.userMessage !== null && asText(there.parentId) !== questionId;
    if (used || foreign || elsewhere) throw new Refusal(409, say.taken);
  }
  let history = start;
  if (turn.userMessage !== null && questionId !== null) {
    const existing = messages[questionId];
    if (existing !== undefined && existing.role !== 'user') {
      throw new Refusal(403, 'You can only regenerate replies to user messages.');
    }
    const parentId = asText((existing ?? turn.userMessage).parentId);
    if (parentId !== null && !(parentId in messages)) throw new Refusal(409, say.orphan);
    history = upsert(
      history,
      questionId,
      existing ?? {
        ...turn.userMessage,
        id: questionId,
        parentId,
        role: 'user',
        childrenIds: [],
        timestamp: seconds(world),
        ...author(user),
      },
    );
  }
  for (const entry of turn.entries) {
    if (entry.messageId === null) continue;
    const answer = { ...placeholder(world, entry, questionId), modelIdx: entry.modelIdx, user_id: user.id };
    history = { ...upsert(history, entry.messageId, answer), currentId: entry.messageId };
  }
  return history;
}

function rewrite(world: World, start: Json, turn: Turn): Json {
  const questionId = asText(turn.userMessage?.id);
  let history = start;
  if (turn.userMessage !== null && questionId !== null) history = upsert(history, questionId, turn.userMessage);
  for (const entry of turn.entries) {
    if (entry.messageId !== null) history = upsert(history, entry.messageId, placeholder(world, entry, questionId));
  }
  return history;
}

function nameModels(start: Json, turn: Turn): Json {
  let history = start;
  for (const entry of turn.entries) {
    if (entry.messageId !== null)
      history = upsertRaw(history, entry.messageId, { parentId: turn.parentId, model: entry.model });
  }
  return history;
}

function placeholder(world: World, entry: Entry, parentId: string | null): Json {
  return {
    id: entry.messageId,
    parentId,
    childrenIds: [],
    role: 'assistant',
    content: '',
    done: false,
    model: entry.model,
    timestamp: seconds(world),
    ...(entry.modelIdx !== null && { modelIdx: entry.modelIdx }),
  };
}
