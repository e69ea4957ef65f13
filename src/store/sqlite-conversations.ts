import * as z from 'zod';
import type { Conversation, Conversations } from './port.ts';
import type { SqliteFile } from './sqlite-file.ts';
import type { Guard } from './sqlite-jobs.ts';
import { storedShapes } from './stored-shapes.ts';

const columns = `key, place, chat_id as "chatId", owner, asker, title, titled_by as "titledBy", model, seen, newest,
  joined_at as "joinedAt", created_at as "createdAt", used_at as "usedAt"`;

const conversationRow = z.object({
  key: z.string(),
  place: z.string(),
  chatId: z.string().nullable(),
  owner: z.string().nullable(),
  asker: z.string().nullable(),
  title: z.string().nullable(),
  titledBy: z.enum(['question', 'model', 'person']).nullable(),
  model: z.string().nullable(),
  seen: z.string().nullable(),
  newest: z.string().nullable(),
  joinedAt: z.number().nullable(),
  createdAt: z.number(),
  usedAt: z.number(),
});

/** The conversations table. A chat that two conversations name is found by the one used last. */
export function sqliteConversations(file: SqliteFile, guard: Guard): Conversations {
  const byKey = file.prepare(`select ${columns} from conversations where key = :key`);
  const byChat = file.prepare(
    `select ${columns} from conversations where chat_id = :chatId order by used_at desc limit 1`,
  );
  const put = file.prepare(`
    insert or replace into conversations
      (key, platform, place, chat_id, owner, asker, title, titled_by, model, seen, newest, joined_at, created_at, used_at)
    values (:key, :platform, :place, :chatId, :owner, :asker, :title, :titledBy, :model, :seen, :newest, :joinedAt, :createdAt, :usedAt)`);
  const recent = file.prepare(`
    select ${columns} from conversations
    where platform = :platform and used_at >= :since order by used_at desc limit :limit`);
  const ofPerson = file.prepare(`
    select ${columns} from conversations where asker = :person or owner = :person order by used_at desc`);
  const remove = file.prepare(`delete from conversations where key = :key`);

  return {
    get: (key) => file.read(() => one(byKey.get({ key }))),
    byChat: (chatId) => file.read(() => one(byChat.get({ chatId }))),
    put: (
      { key, place, chatId, owner, asker, title, titledBy, model, seen, newest, joinedAt, createdAt, usedAt },
      lease,
    ) =>
      guard(lease, () => {
        const json = JSON.stringify(place);
        const row = { key, chatId, owner, asker, title, titledBy, model, seen, newest, joinedAt, createdAt, usedAt };
        put.run({ ...row, platform: place.platform, place: json });
      }),
    recent: (platform, since, limit) =>
      file.read(() => recent.all({ platform, since, limit: Math.max(0, limit) }).map(conversation)),
    of: (person) => file.read(() => ofPerson.all({ person }).map(conversation)),
    delete: (key) => file.write(() => void remove.run({ key })),
  };
}

function one(row: unknown): Conversation | null {
  return row === undefined ? null : conversation(row);
}

function conversation(row: unknown): Conversation {
  const { place, ...rest } = conversationRow.parse(row);
  return { ...rest, place: storedShapes.place.parse(JSON.parse(place)) };
}
