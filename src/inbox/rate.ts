import type { Accounts } from '../accounts/accounts.ts';
import type { Person } from '../chat/messages.ts';
import { type Place, placeKey, userKey } from '../chat/places.ts';
import type { Done, Verdict } from '../commands/desk.ts';
import { changeFeedback, type Feedback, sendFeedback } from '../openwebui/feedback.ts';
import type { Store } from '../store/port.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import type { Control } from './control.ts';

/** What rating needs. */
interface RatingRooms {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly control: Control;
}

/** Keeps what a person thinks of an answer with its chat; what the same person said before is replaced. Throws a `Failure`. */
export async function rate(rooms: RatingRooms, person: Person, place: Place, verdict: Verdict): Promise<Done> {
  const { store } = rooms;
  const job = verdict.answer ? await store.jobs.get(verdict.answer) : await rooms.control.newest(placeKey(place));
  const state = job && savedTurn(job);
  if (!job || !state?.ids?.chatId || state.phase !== 'over' || state.text === '') {
    return { done: false, why: 'There is no finished answer here that I could rate.' };
  }
  const { chatId, answerId, model } = state.ids;
  const { reason, comment } = verdict;
  const feedback: Feedback = { chatId, messageId: answerId, model, rating: verdict.good ? 1 : -1, reason, comment };
  // An opinion belongs to whoever has it: Open WebUI keeps it with the chat, whoever the chat belongs to.
  const { server, account, owner } = await rooms.accounts.asking(person);
  const scope = `answer:${answerId}`;
  const name = `feedback:${owner === null ? '' : `${account?.id}:`}${userKey(person.ref)}`;
  const before = await store.settings.get(scope, name);
  const more = { person: userKey(person.ref), expiresAt: job.expiresAt };
  if (before === null) await store.settings.set(scope, name, await sendFeedback(server, feedback), more);
  else await changeFeedback(server, before, feedback);
  return { done: true };
}
