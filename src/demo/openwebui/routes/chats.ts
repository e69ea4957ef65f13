import * as z from 'zod';
import type { Background } from '../background.ts';
import { chatAnswer, ownChat, readableChat } from '../chatrows.ts';
import { type Exchange, jsonOf, type Reply } from '../exchange.ts';
import { mergeChat, messagesOf, remove, upserting } from '../history.ts';
import { asObject, asText, type Json } from '../json.ts';
import { since } from '../profile.ts';
import { anyObject, type Chat } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { author } from '../turns.ts';
import { newId, seconds, type World } from '../world.ts';

const chatForm = z.object({ chat: anyObject, folder_id: z.nullish(z.string()) });
const eventForm = z.object({ type: z.string(), data: anyObject });
const messageForm = z.object({ content: z.nullish(z.string()) });

/** One chat: make, read, change, its messages, delete, pin, archive, share, clone, folder (our reference, openwebui 3.6 and 7). */
export function chatRoutes(world: World, background: Background): Route[] {
  const upsert = upserting(world.profile);
  const one = (chat: Chat): Reply => ({ json: chatAnswer(world, chat) });
  const foreign = () => new Refusal(401, say.prohibited);
  const wrong = () => new Refusal(401, say.wrong);

  const create = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, chatForm);
    const folderId = form.folder_id ?? null;
    if (folderId !== null && world.folders.get(folderId)?.user_id !== exchange.user.id)
      throw new Refusal(404, say.notFound);
    return one(world.chats.put(newChat(world, exchange, form.chat, folderId)));
  };

  const read = ({ user, param }: Exchange): Reply => {
    const chat = readableChat(world, user, param('id'));
    if (chat === null) throw new Refusal(401, say.notFound);
    if (!since(world.profile, '0.11')) return one(chat);
    const history = asObject(chat.chat.history) ?? {};
    const messages = messagesOf(history);
    for (const [id, live] of background.partial(chat.id)) messages[id] = { ...messages[id], ...live };
    const shown = {
      ...chat,
      chat: {
        ...chat.chat,
        ...('history' in chat.chat && { history: { ...history, messages } }),
        ...(since(world.profile, '0.12') && { share_mode: chat.user_id === user.id ? 'continue' : null }),
      },
    };
    return one(shown);
  };

  const update = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, chatForm);
    const stored = ownChat(world, exchange.user, exchange.param('id'));
    if (stored === null) throw foreign();
    const sent = since(world.profile, '0.12') ? withAuthors(form.chat, exchange) : form.chat;
    const chat = mergeChat(world.profile, stored.chat, sent);
    return one(
      world.chats.put({ ...stored, chat, title: asText(chat.title) ?? 'New Chat', updated_at: seconds(world) }),
    );
  };

  const withHistory = (chat: Chat, change: (history: Json) => Json): Chat => {
    const history = change(asObject(chat.chat.history) ?? { messages: {}, currentId: null });
    return world.chats.put({ ...chat, updated_at: seconds(world), chat: { ...chat.chat, history } });
  };

  const setMessage = async (exchange: Exchange): Promise<Reply> => {
    const { content } = await jsonOf(exchange, messageForm);
    const chat = readableChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw foreign();
    if (content === null || content === undefined) throw new Refusal(400, 'No message changes supplied');
    return one(withHistory(chat, (history) => upsert(history, exchange.param('mid'), { content })));
  };

  const event = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, eventForm);
    const chat = readableChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw foreign();
    const id = exchange.param('mid');
    const stored = messagesOf(asObject(chat.chat.history) ?? {})[id];
    const change = eventChange(form.type, form.data, stored);
    if (change !== null) withHistory(chat, (history) => upsert(history, id, change));
    return { json: true };
  };

  const removeMessage = ({ user, param }: Exchange): Reply => {
    const chat = readableChat(world, user, param('id'));
    if (chat === null) throw foreign();
    return one(withHistory(chat, (history) => remove(history, param('mid'))));
  };

  const drop = ({ user, param }: Exchange): Reply => {
    const chat = readableChat(world, user, param('id'));
    if (chat === null) throw new Refusal(404, say.notFound);
    for (const task of background.of(chat.id)) background.stop(task);
    return { json: world.chats.drop(chat.id) };
  };

  const changed = ({ user, param }: Exchange, change: (chat: Chat) => Partial<Chat>): Reply => {
    const chat = ownChat(world, user, param('id'));
    if (chat === null) throw wrong();
    return one(world.chats.put({ ...chat, ...change(chat) }));
  };

  const archive = (exchange: Exchange): Reply => {
    for (const task of background.of(exchange.param('id'))) background.stop(task);
    return changed(exchange, (chat) => ({ archived: !chat.archived }));
  };

  const clone = async (exchange: Exchange): Promise<Reply> => {
    const { title } = await jsonOf(exchange, z.object({ title: z.nullish(z.string()) }));
    const chat = ownChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw wrong();
    const name = title ?? `Clone of ${chat.title}`;
    const copy = { ...chat.chat, title: name, originalChatId: chat.id };
    return one(world.chats.put(newChat(world, exchange, copy, chat.folder_id)));
  };

  const folder = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, z.object({ folder_id: z.nullish(z.string()) }));
    const id = form.folder_id ?? null;
    const chat = ownChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw wrong();
    if (id !== null && world.folders.get(id)?.user_id !== exchange.user.id) throw new Refusal(404, say.notFound);
    return changed(exchange, () => ({ folder_id: id }));
  };

  const who = 'verified';
  return [
    { method: 'POST', path: '/api/v1/chats/new', who, run: create },
    { method: 'GET', path: '/api/v1/chats/:id', who, run: read },
    { method: 'POST', path: '/api/v1/chats/:id', who, run: update },
    { method: 'DELETE', path: '/api/v1/chats/:id', who, run: drop },
    { method: 'POST', path: '/api/v1/chats/:id/messages/:mid', who, run: setMessage },
    ...(since(world.profile, '0.10')
      ? [{ method: 'DELETE', path: '/api/v1/chats/:id/messages/:mid', who, run: removeMessage } as const]
      : []),
    { method: 'POST', path: '/api/v1/chats/:id/messages/:mid/event', who, run: event },
    {
      method: 'POST',
      path: '/api/v1/chats/:id/pin',
      who,
      run: (exchange) => changed(exchange, (chat) => ({ pinned: !chat.pinned })),
    },
    {
      method: 'GET',
      path: '/api/v1/chats/:id/pinned',
      who,
      run: ({ user, param }) => {
        const chat = ownChat(world, user, param('id'));
        if (chat === null) throw wrong();
        return { json: chat.pinned };
      },
    },
    { method: 'POST', path: '/api/v1/chats/:id/archive', who, run: archive },
    {
      method: 'POST',
      path: '/api/v1/chats/:id/share',
      who,
      run: (exchange) => {
        if (ownChat(world, exchange.user, exchange.param('id')) === null) throw foreign();
        return changed(exchange, (chat) => ({ share_id: chat.share_id ?? newId() }));
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/chats/:id/share',
      who,
      run: ({ user, param }) => {
        const chat = ownChat(world, user, param('id'));
        if (chat === null) throw foreign();
        world.chats.put({ ...chat, share_id: null });
        return { json: chat.share_id !== null };
      },
    },
    { method: 'POST', path: '/api/v1/chats/:id/clone', who, run: clone },
    { method: 'POST', path: '/api/v1/chats/:id/folder', who, run: folder },
  ];
}

function newChat(world: World, exchange: Exchange, body: Json, folderId: string | null): Chat {
  const now = seconds(world);
  return {
    id: newId(),
    user_id: exchange.user.id,
    title: asText(body.title) ?? 'New Chat',
    chat: since(world.profile, '0.12') ? withAuthors(body, exchange) : body,
    created_at: now,
    updated_at: now,
    last_read_at: now,
    share_id: null,
    archived: false,
    pinned: false,
    tags: [],
    folder_id: folderId,
  };
}

/** Since 0.12 every message that is sent belongs to the sender, and people's messages carry their name. */
function withAuthors(chat: Json, exchange: Exchange): Json {
  const history = asObject(chat.history);
  if (history === null) return chat;
  const messages: Record<string, Json> = {};
  for (const [id, message] of Object.entries(messagesOf(history))) {
    messages[id] = { ...message, ...(message.role === 'user' ? author(exchange.user) : { user_id: exchange.user.id }) };
  }
  return { ...chat, history: { ...history, messages } };
}

/** What an event leaves in the stored message; null for those that only reach open browsers. */
function eventChange(type: string, data: Json, stored: Json | undefined): Json | null {
  const list = (key: string): unknown[] => (Array.isArray(stored?.[key]) ? stored[key] : []);
  const added = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  if (type === 'replace') return { content: asText(data.content) ?? '' };
  if (type === 'message')
    return stored === undefined ? null : { content: `${asText(stored.content) ?? ''}${asText(data.content) ?? ''}` };
  if (type === 'status') return stored === undefined ? null : { statusHistory: [...list('statusHistory'), data] };
  if (type === 'files') return { files: [...list('files'), ...added(data.files)] };
  if (type === 'embeds') return { embeds: [...list('embeds'), ...added(data.embeds)] };
  if (type === 'source' || type === 'citation') return { sources: [...list('sources'), data] };
  return null;
}
