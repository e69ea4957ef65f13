import type { Client } from 'discord.js';
import * as z from 'zod';
import type { Trigger } from '../../src/chat/events.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import type { Answers } from './answers.ts';
import { CODE, codeOf } from './errors.ts';
import { Kept } from './kept.ts';
import { limits } from './limits.ts';
import type { Messages } from './messages.ts';
import { NO_SERVER, type Places } from './places.ts';
import { cut } from './render.ts';
import type { Rest } from './rest.ts';
import { wireChannel } from './wire.ts';

/** Threads of conversations and their names. */
export interface Threads {
  thread(origin: MessageRef | Trigger, name: string): Promise<Place>;
  title(place: Place, title: string, by: 'model' | 'person'): Promise<void>;
}

/** A conversation rests after a day: writing wakes it again, and servers can have only so many active threads (our reference, discord 1.7). */
const ARCHIVE_MINUTES = 1_440;
const PUBLIC = 11;
const PRIVATE = 12;
/** The notice that somebody gave a thread another name. */
const RENAMED = 4;
const NAMES_KEPT = 1_000;

/** Refusals after which the answer stands where the question does. */
const IN_PLACE: ReadonlySet<number> = new Set([
  CODE.missingAccess,
  CODE.missingPermissions,
  CODE.wrongChannelType,
  CODE.systemMessage,
  CODE.tooManyThreads,
]);

/** See {@link Threads}. */
export function createThreads(options: {
  rest: Rest;
  messages: Messages;
  answers: Answers;
  places: Places;
  client(): Client<true> | null;
  privateThreads: boolean;
}): Threads {
  const { rest, messages } = options;
  /** Names that we gave, by thread. */
  const names = new Kept<string>(NAMES_KEPT);
  const made = new Kept<Place>(NAMES_KEPT);
  const isOurs = (author: string) => author === options.client()?.user.id;

  async function onMessage(ref: MessageRef, name: string): Promise<Place> {
    const { place } = ref;
    if (place.team === NO_SERVER || place.thread !== null) return place;
    try {
      return options.privateThreads ? await privately(ref, name) : await publicly(ref, name);
    } catch (error) {
      if (IN_PLACE.has(codeOf(error) ?? 0)) return place;
      throw error;
    }
  }

  /** A thread on a message has the message's id: a second attempt finds the first's (our reference, discord 1.10). */
  async function publicly({ place, id }: MessageRef, name: string): Promise<Place> {
    try {
      await rest.call({
        what: 'make a thread',
        method: 'POST',
        route: `/channels/${place.channel}/messages/${id}/threads`,
        body: { name, auto_archive_duration: ARCHIVE_MINUTES },
      });
      names.set(id, name);
    } catch (error) {
      if (codeOf(error) !== CODE.threadExists) throw error;
    }
    return { ...place, thread: id };
  }

  /** A private thread has an id of its own: a second attempt looks for ours by its name and age. */
  async function privately(ref: MessageRef, name: string): Promise<Place> {
    const known = made.get(ref.id) ?? (await earlier(ref, name));
    if (known) return known;
    const asker = (await messages.one(ref.place.channel, ref.id))?.author.id ?? null;
    const body = { name, auto_archive_duration: ARCHIVE_MINUTES, type: PRIVATE, invitable: false };
    const answer = await rest.call({
      what: 'make a private thread',
      method: 'POST',
      route: `/channels/${ref.place.channel}/threads`,
      body,
    });
    const { id } = wireChannel.parse(answer);
    const place: Place = { ...ref.place, thread: id, kind: 'private' };
    names.set(id, name);
    made.set(ref.id, place);
    if (asker !== null)
      await rest.call({ what: 'add to a thread', method: 'PUT', route: `/channels/${id}/thread-members/${asker}` });
    return place;
  }

  async function earlier(ref: MessageRef, name: string): Promise<Place | null> {
    const route = `/guilds/${ref.place.team}/threads/active` as const;
    const read = z
      .object({ threads: z.array(wireChannel) })
      .parse(await rest.call({ what: 'read threads', method: 'GET', route }));
    const mine = read.threads.find(
      (one) =>
        one.type === PRIVATE &&
        one.parent_id === ref.place.channel &&
        one.owner_id === options.client()?.user.id &&
        one.name === name &&
        BigInt(one.id) > BigInt(ref.id),
    );
    return mine ? { ...ref.place, thread: mine.id, kind: 'private' } : null;
  }

  /** Whether a person gave the thread the name it has: the notice of that stands in the thread, also when we were away. */
  async function namedByPerson(thread: string, name: string | null): Promise<boolean> {
    const given = names.get(thread);
    if (given !== undefined) return name !== given;
    const read = await messages.page(thread, { limit: '100' });
    const last = read.findLast((wire) => wire.type === RENAMED);
    return last !== undefined && !isOurs(last.author.id);
  }

  return {
    async thread(origin, name) {
      const named = cut(name.replaceAll(/\s+/g, ' ').trim(), limits.titleLength) || 'Conversation';
      if (!('token' in origin)) return onMessage(origin, named);
      if (origin.private || origin.place.team === NO_SERVER || origin.place.thread !== null) return origin.place;
      return onMessage({ place: origin.place, id: await options.answers.original(origin) }, named);
    },
    async title(place, title, by) {
      if (place.thread === null) return;
      const answer = await rest.call({ what: 'read a thread', method: 'GET', route: `/channels/${place.thread}` });
      const thread = wireChannel.parse(answer);
      const named = cut(title.replaceAll(/\s+/g, ' ').trim(), limits.titleLength);
      // Threads and posts that people made carry the names that people gave.
      if (named === '' || thread.name === named || !isOurs(thread.owner_id ?? '')) return;
      if (thread.type !== PUBLIC && thread.type !== PRIVATE && thread.type !== 10) return;
      if (by === 'model' && (await namedByPerson(place.thread, thread.name))) return;
      await rest.call({
        what: 'name a thread',
        method: 'PATCH',
        route: `/channels/${place.thread}`,
        body: { name: named },
      });
      names.set(place.thread, named);
    },
  };
}
