import * as z from 'zod';
import { type Background, tagId } from '../background.ts';
import { chatAnswer, chatLine, ownChat, readableChat } from '../chatrows.ts';
import { type Exchange, flagOf, jsonOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import { messagesOf, textOf } from '../history.ts';
import { asObject } from '../json.ts';
import { since } from '../profile.ts';
import { anyObject, type Chat, type User } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const size = 60;
const tagForm = z.object({ name: z.string() });

/** Lists of chats, search, tags, and what is done to many at once (our reference, openwebui 7). These come before `/chats/:id`. */
export function chatListRoutes(world: World, background: Background): Route[] {
  const mine = (user: User) =>
    world.chats
      .all()
      .filter((chat) => chat.user_id === user.id)
      .sort((a, b) => b.updated_at - a.updated_at);
  const line = (chat: Chat, snippet: string | null = null) =>
    chatLine(world, chat, background.of(chat.id).length > 0, snippet);
  const lines = (chats: readonly Chat[]): Reply => ({ json: chats.map((chat) => line(chat)) });

  const list = (exchange: Exchange): Reply => {
    const pinned = flagOf(exchange, 'include_pinned', false);
    const foldered = flagOf(exchange, 'include_folders', false);
    const chats = mine(exchange.user).filter(
      (chat) => !chat.archived && (pinned || !chat.pinned) && (foldered || chat.folder_id === null),
    );
    return lines(exchange.query.has('page') ? pageIn(chats, pageOf(exchange), size) : chats);
  };

  const search = (exchange: Exchange): Reply => {
    const text = exchange.query.get('text');
    if (text === null)
      throw new Refusal(422, [{ type: 'missing', loc: ['query', 'text'], msg: 'Field required', input: null }]);
    const found = mine(exchange.user).flatMap((chat) => {
      const snippet = match(world, chat, text);
      return snippet === null ? [] : [line(chat, snippet)];
    });
    return { json: pageIn(found, pageOf(exchange), size) };
  };

  const archived = (exchange: Exchange): Reply =>
    lines(
      pageIn(
        mine(exchange.user).filter((chat) => chat.archived),
        pageOf(exchange),
        size,
      ),
    );

  const all = ({ user }: Exchange): Reply => {
    const answers = mine(user).map((chat) => chatAnswer(world, chat));
    if (!since(world.profile, '0.9')) return { json: answers };
    return {
      bytes: Buffer.from(answers.map((answer) => `${JSON.stringify(answer)}\n`).join('')),
      type: 'application/x-ndjson',
    };
  };

  const tagsOf = (chat: Chat): Reply => ({ json: chat.tags.flatMap((id) => world.tags.get(id) ?? []) });

  const addTag = async (exchange: Exchange): Promise<Reply> => {
    const { name } = await jsonOf(exchange, tagForm);
    const chat = ownChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw new Refusal(401, say.wrong);
    const id = tagId(name);
    if (id === 'none') throw new Refusal(400, "[ERROR: Tag name cannot be 'None']");
    if (!chat.tags.includes(id)) world.tags.put({ id, name, user_id: exchange.user.id, meta: null });
    return tagsOf(world.chats.put({ ...chat, tags: [...new Set([...chat.tags, id])] }));
  };

  const dropTag = async (exchange: Exchange): Promise<Reply> => {
    const { name } = await jsonOf(exchange, tagForm);
    const chat = ownChat(world, exchange.user, exchange.param('id'));
    if (chat === null) throw new Refusal(401, say.notFound);
    return tagsOf(world.chats.put({ ...chat, tags: chat.tags.filter((id) => id !== tagId(name)) }));
  };

  const importAll = async (exchange: Exchange): Promise<Reply> => {
    const entry = z.object({
      chat: anyObject,
      folder_id: z.nullish(z.string()),
      pinned: z.nullish(z.boolean()),
      created_at: z.nullish(z.number()),
      updated_at: z.nullish(z.number()),
    });
    const { chats } = await jsonOf(exchange, z.object({ chats: z.array(entry) }));
    const now = seconds(world);
    const made = chats.map((form) =>
      world.chats.put({
        id: newId(),
        user_id: exchange.user.id,
        title: typeof form.chat.title === 'string' ? form.chat.title : 'New Chat',
        chat: form.chat,
        created_at: form.created_at ?? now,
        updated_at: form.updated_at ?? now,
        last_read_at: now,
        share_id: null,
        archived: false,
        pinned: form.pinned ?? false,
        tags: [],
        folder_id: form.folder_id ?? null,
      }),
    );
    return { json: made.map((chat) => chatAnswer(world, chat)) };
  };

  const each =
    (change: (chat: Chat) => void) =>
    ({ user }: Exchange): Reply => {
      for (const chat of mine(user)) change(chat);
      return { json: true };
    };

  const inFolder = (exchange: Exchange) =>
    mine(exchange.user).filter((chat) => chat.folder_id === exchange.param('fid') && !chat.archived);
  const who = 'verified';
  return [
    { method: 'GET', path: '/api/v1/chats/', who, run: list },
    { method: 'GET', path: '/api/v1/chats/list', who, run: list },
    { method: 'DELETE', path: '/api/v1/chats/', who, run: each((chat) => world.chats.drop(chat.id)) },
    { method: 'GET', path: '/api/v1/chats/search', who, run: search },
    { method: 'GET', path: '/api/v1/chats/all', who, run: all },
    { method: 'GET', path: '/api/v1/chats/archived', who, run: archived },
    {
      method: 'GET',
      path: '/api/v1/chats/pinned',
      who,
      run: ({ user }) => lines(mine(user).filter((chat) => chat.pinned && !chat.archived)),
    },
    {
      method: 'GET',
      path: '/api/v1/chats/all/tags',
      who,
      run: ({ user }) => ({ json: world.tags.all().filter((tag) => tag.user_id === user.id) }),
    },
    {
      method: 'POST',
      path: '/api/v1/chats/tags',
      who,
      run: async (exchange) => {
        const form = await jsonOf(
          exchange,
          z.object({ name: z.string(), skip: z.nullish(z.number()), limit: z.nullish(z.number()) }),
        );
        const skip = form.skip ?? 0;
        const found = mine(exchange.user).filter((chat) => chat.tags.includes(tagId(form.name)));
        return lines(found.slice(skip, skip + (form.limit ?? 50)));
      },
    },
    { method: 'POST', path: '/api/v1/chats/import', who, run: importAll },
    {
      method: 'POST',
      path: '/api/v1/chats/archive/all',
      who,
      run: each((chat) => world.chats.put({ ...chat, archived: true })),
    },
    {
      method: 'POST',
      path: '/api/v1/chats/unarchive/all',
      who,
      run: each((chat) => world.chats.put({ ...chat, archived: false })),
    },
    {
      method: 'GET',
      path: '/api/v1/chats/folder/:fid',
      who,
      run: (exchange) => ({ json: inFolder(exchange).map((chat) => chatAnswer(world, chat)) }),
    },
    {
      method: 'GET',
      path: '/api/v1/chats/folder/:fid/list',
      who,
      run: (exchange) => lines(pageIn(inFolder(exchange), pageOf(exchange), 10)),
    },
    {
      method: 'GET',
      path: '/api/v1/chats/:id/tags',
      who,
      run: ({ user, param }) => {
        const chat = readableChat(world, user, param('id'));
        if (chat === null) throw new Refusal(401, say.notFound);
        return tagsOf(chat);
      },
    },
    { method: 'POST', path: '/api/v1/chats/:id/tags', who, run: addTag },
    { method: 'DELETE', path: '/api/v1/chats/:id/tags', who, run: dropTag },
  ];
}

/** A snippet when the chat fits the search, else null. Knows the words `tag:`, `pinned:` and `archived:`; the rest is text. */
function match(world: World, chat: Chat, text: string): string | null {
  const words = text.trim().split(/\s+/);
  const filters = words.filter((word) => /^(?:tag|pinned|archived|shared|folder):/.test(word));
  const needle = words
    .filter((word) => !filters.includes(word))
    .join(' ')
    .toLowerCase();
  const wantsArchived = filters.includes('archived:true');
  if (chat.archived !== wantsArchived) return null;
  for (const filter of filters) {
    const [key, value = ''] = filter.split(':');
    if (key === 'tag' && !chat.tags.includes(tagId(value))) return null;
    if (key === 'pinned' && chat.pinned !== (value === 'true')) return null;
    if (key === 'shared' && (chat.share_id !== null) !== (value === 'true')) return null;
    if (key === 'folder' && world.folders.get(chat.folder_id ?? '')?.name !== value) return null;
  }
  if (needle === '' || chat.title.toLowerCase().includes(needle)) return '';
  for (const message of Object.values(messagesOf(asObject(chat.chat.history) ?? {}))) {
    const said = textOf(message);
    const at = said.toLowerCase().indexOf(needle);
    if (at >= 0) return said.slice(Math.max(0, at - 40), at + needle.length + 40);
  }
  return null;
}
