import type { Clock } from '../chat/clock.ts';
import type { Body } from '../chat/view.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Job, Store } from '../store/port.ts';
import { controlId } from '../turn/control-id.ts';
import type { Question } from '../turn/question.ts';

/** A question this old may no longer want its answer (DESIGN, "The port to a platform"). */
const LATE_MS = 900_000;

/**
 * Asks "Still want an answer?" about a question that waited too long, in place of answering it. True when it asked; the job is
 * then over, and Yes makes a new one. Does not ask about a question that has been begun already, was confirmed, or whose asker
 * cannot be reached: that one is answered.
 */
export async function askFirst(
  rooms: { store: Store; delivery: Pick<Delivery, 'say' | 'tell'>; clock: Clock },
  job: Job,
  question: Question,
): Promise<boolean> {
  const now = rooms.clock.now();
  if (job.checkpoint !== null || question.confirmed || now - question.at < LATE_MS) return false;
  const body: Body = {
    markdown: `${question.asker.name}, I only now come to your question from ${ageOf(now - question.at)} ago. Still want an answer?`,
    controls: {
      buttons: [
        { id: controlId('still', job.id), label: 'Yes, answer it', style: 'primary', role: 'other' },
        { id: controlId('drop', job.id), label: 'No', style: 'plain', role: 'other' },
      ],
      menu: null,
    },
  };
  if (!(await asked(rooms, job, question, body))) return false;
  await rooms.store.jobs.finish(job, 'cancelled', 'asked first', [], now);
  return true;
}

/** What was asked is seen by nobody else when the question was not either. False when it could not be said. */
async function asked(
  rooms: { delivery: Pick<Delivery, 'say' | 'tell'>; clock: Clock },
  job: Job,
  question: Question,
  body: Body,
): Promise<boolean> {
  if (question.private)
    return (await rooms.delivery.tell(question.asker.ref, question.place, body, null)) !== 'impossible';
  const said = await rooms.delivery.say({ ...lateSaying(job, question), lease: job, body });
  return said.ok;
}

/** Where the asking stands in the outbox: the same for asking, and for taking its buttons off. */
export function lateSaying({ id, expiresAt }: Pick<Job, 'id' | 'expiresAt'>, question: Question) {
  return {
    job: `${id}:late`,
    place: question.conversation.thread === question.place.thread ? question.conversation : question.place,
    via: null,
    expiresAt,
  };
}

function ageOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
