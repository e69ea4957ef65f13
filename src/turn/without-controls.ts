import type { Clock } from '../chat/clock.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { decodeQuestion } from './question.ts';
import { viewOf } from './view.ts';

/**
 * Takes the buttons off an answer that is no longer the newest; `old` is its job. Best effort: an answer that cannot be changed
 * any more keeps them, and they then say that they are old.
 */
export async function withoutControls(
  rooms: { readonly store: Store; readonly vault: Vault; readonly delivery: Delivery; readonly clock: Clock },
  old: string,
): Promise<void> {
  const job = await rooms.store.jobs.get(old);
  const state = job && savedTurn(job);
  if (!job || state?.phase !== 'over') return;
  const question = decodeQuestion(job.payload, rooms.vault);
  const rows = (await rooms.store.outbox.of(old)).filter((row) => row.generation === question.generation);
  // What does not stand whole would be posted now, long after its time.
  if (rows.length === 0 || rows.some((row) => row.state !== 'done')) return;
  const reply = rooms.delivery.reply({
    lease: null,
    job: old,
    generation: question.generation,
    place: state.place ?? question.place,
    via: null,
    after: null,
    reuse: [],
    expiresAt: job.expiresAt,
    ...(question.private && { answerUser: question.asker.ref }),
  });
  await reply.finish(viewOf(state, { controls: false }));
}
