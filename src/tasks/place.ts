import type { Clock } from '../chat/clock.ts';
import type { Place } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import type { Job } from '../store/port.ts';
import { threadOnLine } from '../turn/announce.ts';
import { titleOf } from '../turn/compose.ts';
import type { TaskRequest } from './request.ts';

/**
 * The place where a task's result stands: a thread on the line that others see, or on the message that asked. Throws a `Failure`
 * when there is no such place. Safe to repeat after a crash: the line and the thread are made once.
 */
export async function placeOf(
  rooms: { delivery: Delivery; clock: Clock; log: Log; titleLength(platform: string): number },
  job: Job,
  request: TaskRequest,
): Promise<Place> {
  const { conversation, place, message, announce, trigger } = request;
  if (request.private || request.replaces !== null) return conversation;
  const text = titleText(request);
  if (announce !== null && conversation.thread === null && conversation.kind !== 'direct')
    return (await threadOnLine(rooms, job, { place, trigger, text }, announce)) ?? conversation;
  if (announce !== null) {
    const { expiresAt } = job;
    const body = { markdown: announce, controls: null };
    await rooms.delivery.say({ lease: job, job: `${job.id}:line`, place: conversation, body, via: trigger, expiresAt });
  }
  if (message === null || conversation.thread === place.thread) return conversation;
  return rooms.delivery.thread(message, titleOf(text, rooms.titleLength(place.platform)));
}

/** Whether the first message of the result is the answer to the trigger, since no line has used it up. */
export function answersTrigger({ announce, private: isPrivate, replaces }: TaskRequest): boolean {
  return isPrivate || replaces !== null || announce === null;
}

function titleText({ order }: TaskRequest): string {
  return `Nextcloud: ${order.name}`;
}
