import type { Clock } from '../chat/clock.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { controlId } from '../turn/control-id.ts';
import { decodeQuestion } from '../turn/question.ts';
import { KEPT_MS } from '../turn/runner.ts';

/** A question this old may no longer want its answer (DESIGN, "The port to a platform"). */
const LATE_MS = 900_000;

/**
 * Asks "Still want an answer?" about a question that waited too long, in place of answering it. True when it asked; the job is
 * then over, and Yes makes a new one. Says nothing about a question that has been begun already, or was confirmed.
 */
export async function askFirst(
  rooms: { store: Store; vault: Vault; delivery: Delivery; clock: Clock },
  job: Job,
): Promise<boolean> {
  if (job.checkpoint !== null) return false;
  const question = decodeQuestion(job.payload, rooms.vault);
  const now = rooms.clock.now();
  if (question.confirmed || now - question.at < LATE_MS) return false;
  const minutes = Math.round((now - question.at) / 60_000);
  const age = minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  await rooms.delivery.say({
    lease: job,
    job: `${job.id}:late`,
    place: question.conversation.thread === question.place.thread ? question.conversation : question.place,
    body: {
      markdown: `I was away, ${question.asker.name}, and only now see your question from ${age} ago. Still want an answer?`,
      controls: {
        buttons: [
          { id: controlId('still', job.id), label: 'Yes, answer it', style: 'primary', role: 'other' },
          { id: controlId('drop', job.id), label: 'No', style: 'plain', role: 'other' },
        ],
        menu: null,
      },
    },
    via: null,
    expiresAt: now + KEPT_MS,
  });
  await rooms.store.jobs.finish(job, 'cancelled', 'asked first', [], now);
  return true;
}
