import type { Adapter, SurfaceRef } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { Place } from '../chat/places.ts';
import { placeKey, userKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import { type Conversation, type Job, SEVERAL, type Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { changeConversation } from './change-conversation.ts';
import { titleOf } from './compose.ts';
import { whoAsks } from './credentials.ts';
import type { Question } from './question.ts';
import { withoutControls } from './without-controls.ts';

/** Where a turn's answer stands. */
export interface Located {
  readonly place: Place;
  /** Messages of the answer that this one replaces, to be written into again. */
  readonly reuse: readonly SurfaceRef[];
}

/** Finds (or makes) the place where a turn's answer stands. */
export interface Locate {
  /** Takes the conversation over: this turn's answer is now the newest. Throws a `Failure` when there is no such place. */
  locate(job: Job, question: Question): Promise<Located>;
  /** The messages that an answer at this place is written into again: none when they are old, or people wrote after them. */
  reusable(question: Question, place: Place): Promise<readonly SurfaceRef[]>;
}

/** Old messages are not written into again: their edits are limited and nobody looks there (our reference, discord 1.6). */
const REUSE_MS = 3_600_000;

/** The conversation's row for a question: a private answer in a shared place is a conversation of its own. */
export function conversationKey(job: Job, question: Question, place: Place): string {
  return question.private && job.conversation !== null ? job.conversation : placeKey(place);
}

/** See {@link Locate}. Safe to repeat after a crash: the line and the thread are made once. */
export function createLocate(rooms: {
  store: Store;
  vault: Vault;
  delivery: Delivery;
  clock: Clock;
  log: Log;
  adapter(platform: string): Adapter;
}): Locate {
  const { store, delivery, clock } = rooms;

  async function locate(job: Job, question: Question): Promise<Located> {
    const place = await placeOf(job, question);
    const reuse = await reusable(question, place);
    const key = conversationKey(job, question, place);
    const now = clock.now();
    const by = userKey(whoAsks(question).ref) === userKey(question.asker.ref) ? userKey(question.asker.ref) : SEVERAL;
    const older = (await store.conversations.get(key))?.newest ?? null;
    await changeConversation(store.conversations, key, job, (was) => {
      const row = was ?? newConversation(key, place, now);
      const asker = row.asker === null || row.asker === by ? by : SEVERAL;
      return { ...row, place, asker, newest: job.id, joinedAt: row.joinedAt ?? now, usedAt: now };
    });
    if (older !== null && older !== job.id && (older !== question.replaces || reuse.length === 0)) {
      withoutControls(rooms, older).catch((error: unknown) =>
        rooms.log.warn({ turn: job.id, error }, 'old buttons stay'),
      );
    }
    return { place, reuse };
  }

  async function placeOf(job: Job, question: Question): Promise<Place> {
    if (question.private) return question.conversation;
    const place = await threadOf(question);
    if (question.announce !== null && question.replaces === null) {
      await delivery.say({
        lease: job,
        job: `${job.id}:line`,
        place,
        body: { markdown: question.announce, controls: null },
        via: question.trigger,
        expiresAt: job.expiresAt,
      });
    }
    return place;
  }

  async function threadOf({ conversation, message, place, text }: Question): Promise<Place> {
    if (!message || conversation.thread === place.thread) return conversation;
    // A place that has a row has been found before, by an earlier question or an earlier try.
    if (await store.conversations.get(placeKey(conversation))) return conversation;
    return delivery.thread(message, titleOf(text, rooms.adapter(conversation.platform).limits.titleLength));
  }

  async function reusable(question: Question, place: Place): Promise<readonly SurfaceRef[]> {
    if (question.replaces === null) return [];
    const rows = await store.outbox.of(question.replaces);
    const newest = Math.max(...rows.map((row) => row.generation));
    const refs = rows.filter((row) => row.generation === newest).flatMap((row) => (row.ref ? [row.ref] : []));
    const last = refs.at(-1);
    if (!last || placeKey(last.place) !== placeKey(place) || clock.now() - last.openedAt > REUSE_MS) return [];
    const later = await rooms
      .adapter(place.platform)
      .history(place, { before: null, after: { place: last.place, id: last.id } }, 10)
      .catch(() => []);
    return later.some((message) => !message.ours) ? [] : refs;
  }

  return { locate, reusable };
}

function newConversation(key: string, place: Place, now: number): Conversation {
  return {
    key,
    place,
    chatId: null,
    owner: null,
    asker: null,
    title: null,
    titledBy: null,
    model: null,
    seen: null,
    newest: null,
    joinedAt: null,
    createdAt: now,
    usedAt: now,
  };
}
