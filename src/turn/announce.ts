import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import { placeKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { titleOf } from './compose.ts';
import { beginsThread, encodeQuestion, type Question } from './question.ts';

/** What announcing needs of the rest. */
export interface AnnounceRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly log: Log;
  titleLength(platform: string): number;
}

/**
 * A question asked by command in a channel leaves one line there, with a thread on it. Only then is it known which conversation
 * it belongs to: so this job ends here and hands the question on as one that waits in that conversation's line. True when it did.
 * Safe to repeat after a crash: the line and the thread are made once. Where the line or its thread cannot be made, the answer
 * goes into the channel.
 */
export async function announceFirst(rooms: AnnounceRooms, job: Job, question: Question): Promise<boolean> {
  if (!beginsThread(question) || question.announce === null) return false;
  const thread = await threadOnLine(rooms, job, question, question.announce);
  const now = rooms.clock.now();
  const next: Question = {
    ...question,
    conversation: thread ?? question.conversation,
    // The line has used the trigger up.
    trigger: thread ? null : question.trigger,
    announce: null,
  };
  const handedOn = {
    key: `announced:${job.id}`,
    lane: 'turn',
    conversation: placeKey(next.conversation),
    kind: 'question',
    payload: encodeQuestion(next, rooms.vault),
    notBefore: 0,
    expiresAt: now + rooms.store.keptMs,
    person: job.person,
  } as const;
  await rooms.store.jobs.finish(job, 'done', null, [handedOn], now);
  return true;
}

/** Posts the line and makes a thread on it; null where either cannot be. Once each, however often it is called. */
export async function threadOnLine(
  rooms: Pick<AnnounceRooms, 'delivery' | 'clock' | 'log' | 'titleLength'>,
  job: Job,
  question: Pick<Question, 'place' | 'trigger' | 'text'>,
  announce: string,
): Promise<Place | null> {
  const line = await rooms.delivery.say({
    lease: job,
    job: `${job.id}:line`,
    place: question.place,
    body: { markdown: announce, controls: null },
    via: question.trigger,
    expiresAt: job.expiresAt,
  });
  const posted = line.parts[0];
  if (!posted) return null;
  try {
    const title = titleOf(question.text, rooms.titleLength(question.place.platform));
    return await rooms.delivery.thread({ place: posted.place, id: posted.id }, title);
  } catch (error) {
    const { kind, detail } = problemOf(error);
    rooms.log.warn({ turn: job.id, kind, detail }, 'no thread on the line of a command');
    return null;
  }
}
