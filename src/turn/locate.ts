import type { Clock } from '../chat/clock.ts';
import type { Place } from '../chat/places.ts';
import { placeKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { titleOf } from './compose.ts';
import { decodeQuestion, type Question } from './question.ts';
import { KEPT_MS } from './runner.ts';
import { viewOf } from './view.ts';

/** Finds (or makes) the place where a turn's answer stands and takes the conversation over: its answer is now the newest. */
export type Locate = (job: Job, question: Question) => Promise<Place>;

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
  titleLength(platform: string): number;
}): Locate {
  const { store, delivery, clock } = rooms;

  return async (job, question) => {
    const place = await placeOf(job, question);
    const key = conversationKey(job, question, place);
    const now = clock.now();
    const before = (await store.conversations.get(key)) ?? newConversation(key, place, now);
    await store.conversations.put(
      { ...before, place, newest: job.id, joinedAt: before.joinedAt ?? now, usedAt: now },
      job,
    );
    if (before.newest !== null && before.newest !== job.id && before.newest !== question.replaces) {
      withoutControls(before.newest, job).catch((error: unknown) =>
        rooms.log.warn({ turn: job.id, error }, 'old buttons stay'),
      );
    }
    return place;
  };

  async function placeOf(job: Job, question: Question): Promise<Place> {
    const { conversation, message } = question;
    if (question.private || question.replaces !== null) return conversation;
    const title = titleOf(question.text, rooms.titleLength(conversation.platform));
    if (message && conversation.thread !== question.place.thread) return delivery.thread(message, title);
    if (question.announce === null) return conversation;
    const line = await delivery.say({
      lease: job,
      job: `${job.id}:line`,
      place: conversation.thread === null ? question.place : conversation,
      body: { markdown: question.announce, controls: null },
      via: question.trigger,
      expiresAt: clock.now() + KEPT_MS,
    });
    const posted = line.ok ? line.parts[0] : undefined;
    if (conversation.thread !== null || conversation.kind === 'direct' || !posted) return conversation;
    return delivery.thread({ place: posted.place, id: posted.id }, title);
  }

  /** Takes the buttons off an answer that is no longer the newest. */
  async function withoutControls(old: string, lease: Job): Promise<void> {
    const job = await store.jobs.get(old);
    const state = job && savedTurn(job);
    if (!job || !state?.place || state.phase !== 'over') return;
    const question = decodeQuestion(job.payload, rooms.vault);
    const reply = delivery.reply({
      lease,
      job: old,
      generation: question.generation,
      place: state.place,
      via: null,
      after: null,
      reuse: [],
      expiresAt: clock.now() + KEPT_MS,
    });
    await reply.finish(viewOf(state, { controls: false }));
  }
}

function newConversation(key: string, place: Place, now: number): Conversation {
  return {
    key,
    place,
    chatId: null,
    owner: null,
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
