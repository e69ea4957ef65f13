import type { Adapter } from '../chat/adapter.ts';
import { problemOf } from '../chat/errors.ts';
import type { Message } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Log } from '../ops/log.ts';
import type { Question } from './question.ts';

/** Messages of people that are read before a question. */
const OVERHEARD = 50;

/** What people wrote, and what the asker is told of it, such as that it could not be read. */
export interface Overheard {
  readonly messages: readonly Message[];
  readonly notices: readonly string[];
}

/**
 * What people wrote in a thread before this question, after the message with the id `seen`, which an earlier question was told;
 * nothing in private. Never rejects: without history, the question is asked all the same.
 */
export async function overhear(
  adapter: Adapter,
  place: Place,
  question: Question,
  seen: string | null,
  log: Log,
): Promise<Overheard> {
  const fresh = question.message !== null && question.place.thread === null && place.thread !== null;
  if (fresh || question.private || place.kind === 'direct') return { messages: [], notices: [] };
  try {
    const around =
      seen === null ? { before: question.message, after: null } : { before: null, after: { place, id: seen } };
    const messages = await adapter.history(place, around, OVERHEARD);
    return {
      messages: messages.filter(
        // A thread may repeat the message that it hangs on, which was told with its own turn.
        ({ ours, ref, at }) => !ours && ref.id !== question.message?.id && ref.id !== seen && at <= question.at,
      ),
      notices: [],
    };
  } catch (error) {
    const problem = problemOf(error);
    log.warn({ kind: problem.kind, detail: problem.detail }, 'history could not be read');
    return { messages: [], notices: ['I could not read the earlier messages here, so I only know your question.'] };
  }
}
