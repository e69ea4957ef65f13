import * as z from 'zod';
import type { Place } from '../../src/chat/places.ts';
import type { Pages } from './book.ts';
import { TEAM } from './words.ts';

/** A thread: private ones hang on their owner's direct channel, shared ones on `team` and are named by their first message. */
export interface Conversation {
  readonly id: string;
  readonly place: Place;
  /** The one person who sees it; null for everybody. */
  readonly owner: string | null;
  readonly title: string | null;
  readonly titledBy: 'question' | 'parley' | 'person' | null;
  readonly usedAt: number;
  readonly seq: number;
}

/** The conversations there are. */
export interface Conversations {
  get(id: string): Conversation | null;
  /** Makes one that is not there; leaves one that is. */
  begin(place: Place, owner: string | null, at: number): Conversation;
  /** Those a person sees, used last first, at most 500; only those that changed after `since`. */
  seenBy(person: string, since: number): readonly Conversation[];
  title(id: string, title: string, by: NonNullable<Conversation['titledBy']>): void;
  /** Something happened in it. */
  touch(id: string, at: number): void;
}

/** The id of the conversation that a place names. The channels themselves have one too, for notes to one person. */
export function conversationId(place: Place): string {
  return place.thread ?? place.channel;
}

/** The place of a thread in the shared channel, or with null of the channel. */
export function teamPlace(thread: string | null): Place {
  return { platform: 'local', team: 'local', channel: TEAM, thread, kind: 'public' };
}

/** The place of a person's private conversation. */
export function directPlace(person: string, thread: string): Place {
  return { platform: 'local', team: 'local', channel: `d-${person}`, thread, kind: 'direct' };
}

const row = z.object({
  id: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  kind: z.enum(['direct', 'private', 'public']),
  owner: z.string().nullable(),
  title: z.string().nullable(),
  titled_by: z.enum(['question', 'parley', 'person']).nullable(),
  used_at: z.number(),
  seq: z.number(),
});

function read(found: unknown): Conversation {
  const { id, channel, thread, kind, owner, title, titled_by, used_at, seq } = row.parse(found);
  const place: Place = { platform: 'local', team: 'local', channel, thread, kind };
  return { id, place, owner, title, titledBy: titled_by, usedAt: used_at, seq };
}

/** See {@link Conversations}. */
export function createConversations({ db, next }: Pages): Conversations {
  const select = db.prepare('select * from conversations where id = ?');
  const insert = db.prepare(
    'insert or ignore into conversations (id, channel, thread, kind, owner, at, used_at, seq) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const seen = db.prepare(
    'select * from conversations where seq > ? and (owner is null or owner = ?) order by used_at desc, id desc limit 500',
  );
  const setTitle = db.prepare('update conversations set title = ?, titled_by = ?, seq = ? where id = ?');
  const touch = db.prepare('update conversations set used_at = max(used_at, ?), seq = ? where id = ?');

  function get(id: string): Conversation | null {
    const found = select.get(id);
    return found ? read(found) : null;
  }
  return {
    get,
    begin(place, owner, at) {
      const id = conversationId(place);
      const found = get(id);
      if (found) return found;
      insert.run(id, place.channel, place.thread, place.kind, owner, at, at, next());
      return read(select.get(id));
    },
    seenBy: (person, since) => seen.all(since, person).map(read),
    title: (id, title, by) => void setTitle.run(title, by, next(), id),
    touch: (id, at) => void touch.run(at, next(), id),
  };
}
