import { asObject, asText, type Json } from './json.ts';
import { since } from './profile.ts';
import type { Chat, User } from './records.ts';
import type { World } from './world.ts';

/** A chat of this person, or null. */
export function ownChat(world: World, user: User, id: string): Chat | null {
  const chat = world.chats.get(id);
  return chat?.user_id === user.id ? chat : null;
}

/** A chat this person may read: their own, or anybody's for an admin. */
export function readableChat(world: World, user: User, id: string): Chat | null {
  const chat = world.chats.get(id);
  return chat !== null && (chat.user_id === user.id || user.role === 'admin') ? chat : null;
}

/** A chat as the server sends it whole. Times in seconds. */
export function chatAnswer(world: World, chat: Chat): Json {
  const { id, user_id, title, updated_at, created_at, share_id, archived, pinned, folder_id } = chat;
  return {
    id,
    user_id,
    title,
    chat: chat.chat,
    updated_at,
    created_at,
    share_id,
    archived,
    pinned,
    meta: chat.tags.length > 0 ? { tags: chat.tags } : {},
    folder_id,
    ...(since(world.profile, '0.9') && { tasks: null, summary: null }),
    ...(since(world.profile, '0.11') && {
      variables: {},
      current_message_id: asText(asObject(chat.chat.history)?.currentId),
      context_usage: null,
    }),
  };
}

/** A chat as it stands in lists. */
export function chatLine(world: World, chat: Chat, active: boolean, snippet: string | null = null): Json {
  const { id, title, updated_at, created_at } = chat;
  return {
    id,
    title,
    updated_at,
    created_at,
    ...(since(world.profile, '0.9') && { last_read_at: chat.last_read_at, snippet }),
    ...(since(world.profile, '0.12') && { active, archived: chat.archived }),
  };
}
