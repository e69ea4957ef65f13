import type { Accounts, Identity } from '../accounts/accounts.ts';
import { problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import { type Place, placeKey, userKey } from '../chat/places.ts';
import type { Done, Verdict } from '../commands/desk.ts';
import { changeMessage } from '../openwebui/chat-tree.ts';
import { changeChat } from '../openwebui/chats.ts';
import { changeFeedback, type Feedback, sendFeedback } from '../openwebui/feedback.ts';
import type { Log } from '../ops/log.ts';
import type { Store } from '../store/port.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { sameAccount } from '../turn/credentials.ts';
import type { Control } from './control.ts';

/** What rating needs. */
interface RatingRooms {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly control: Control;
  readonly log: Log;
}

/** Keeps what a person thinks of an answer with its chat; what the same person said before is replaced. Throws a `Failure`. */
export async function rate(rooms: RatingRooms, person: Person, place: Place, verdict: Verdict): Promise<Done> {
  const { store } = rooms;
  const job = verdict.answer ? await store.jobs.get(verdict.answer) : await rooms.control.newest(placeKey(place));
  const state = job && savedTurn(job);
  // The buttons show a moment before the job is recorded as over.
  const isWhole = state?.phase === 'over' || state?.phase === 'finishing';
  if (!job || !state?.ids?.chatId || !isWhole || state.text === '') {
    return { done: false, why: 'There is no finished answer here that I could rate.' };
  }
  const { chatId, answerId, model } = state.ids;
  const { reason, comment } = verdict;
  const feedback: Feedback = { chatId, messageId: answerId, model, rating: verdict.good ? 1 : -1, reason, comment };
  // An opinion belongs to whoever has it: Open WebUI keeps it with the chat, whoever the chat belongs to.
  const rater = await rooms.accounts.asking(person);
  const { server, account, owner } = rater;
  const scope = `answer:${answerId}`;
  const name = `feedback:${owner === null ? '' : `${account?.id}:`}${userKey(person.ref)}`;
  const before = await store.settings.get(scope, name);
  const more = { person: userKey(person.ref), expiresAt: job.expiresAt };
  const id = before ?? (await sendFeedback(server, feedback));
  if (before === null) await store.settings.set(scope, name, id, more);
  else await changeFeedback(server, before, feedback);
  await mark(rooms, rater, state.ids.owner, feedback, id);
  return { done: true };
}

/**
 * Marks the answer in its chat as the browser would, so that its thumb is seen there. Only in the rater's own chat: a message bears
 * one opinion, and the browser changes it with the account it is read with. Best effort: the opinion itself is kept by now.
 */
async function mark(
  rooms: RatingRooms,
  rater: Identity,
  owner: string | null,
  { chatId, messageId, rating, reason, comment }: Feedback,
  feedbackId: string,
): Promise<void> {
  try {
    const saves = await rooms.accounts.owning(owner);
    if (!saves || !sameAccount(rater, saves)) return;
    const annotation = { rating, ...(reason && { reason }), ...(comment && { comment }) };
    await changeChat(saves.server, chatId, (tree) =>
      Object.hasOwn(tree.history.messages, messageId)
        ? changeMessage(tree, messageId, { annotation, feedbackId })
        : tree,
    );
  } catch (error) {
    rooms.log.info({ detail: problemOf(error).detail }, 'an opinion is not marked in its chat');
  }
}
