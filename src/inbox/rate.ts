import type { Person } from '../chat/messages.ts';
import { type Place, placeKey, userKey } from '../chat/places.ts';
import type { Done, Verdict } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { changeFeedback, type Feedback, sendFeedback } from '../openwebui/feedback.ts';
import type { Store } from '../store/port.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import type { Control } from './control.ts';

/** What rating needs. */
interface RatingRooms {
  readonly store: Store;
  readonly server: OpenWebUI;
  readonly control: Control;
}

/** Keeps what a person thinks of an answer with its chat; what the same person said before is replaced. Throws a `Failure`. */
export async function rate(rooms: RatingRooms, person: Person, place: Place, verdict: Verdict): Promise<Done> {
  const { store, server } = rooms;
  const job = verdict.answer ? await store.jobs.get(verdict.answer) : await rooms.control.newest(placeKey(place));
  const state = job && savedTurn(job);
  if (!state?.ids?.chatId || state.phase !== 'over' || state.text === '') {
    return { done: false, why: 'There is no finished answer here that I could rate.' };
  }
  const { chatId, answerId, model } = state.ids;
  const { reason, comment } = verdict;
  const feedback: Feedback = { chatId, messageId: answerId, model, rating: verdict.good ? 1 : -1, reason, comment };
  const scope = `answer:${answerId}`;
  const name = `feedback:${userKey(person.ref)}`;
  const before = await store.settings.get(scope, name);
  if (before === null) await store.settings.set(scope, name, await sendFeedback(server, feedback));
  else await changeFeedback(server, before, feedback);
  return { done: true };
}
