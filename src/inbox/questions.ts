import type { Clock } from '../chat/clock.ts';
import { placeKey, userKey } from '../chat/places.ts';
import type { Next } from '../commands/registry.ts';
import type { Job, Jobs } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { whoAsks } from '../turn/credentials.ts';
import { beginsThread, encodeQuestion, type Question } from '../turn/question.ts';
import type { Allowance } from './allowance.ts';

/** The longest question when nothing is set, in UTF-16 units. More than most models can read; beyond it a file is the better way. */
export const QUESTION_UNITS = 100_000;

/** What is said of a question that is longer than any may be; null for the others. */
export function tooLong(text: string, most: number): string | null {
  if (text.length <= most) return null;
  const [is, may] = [text.length, most].map((units) => units.toLocaleString('en'));
  return `That is ${is} characters; I can take ${may}. Send it as a file, and I read it from there.`;
}

/** What became of a question: it waits in the queue, its key was known before, or there was no room for it, which `say` tells. */
export type Added =
  | { readonly do: 'added'; readonly job: Job }
  | { readonly do: 'known' }
  | {
      readonly do: 'refused';
      readonly say: string;
      /** Buttons under the words; with them the question is kept, and nothing needs to be sent again. */
      readonly next?: readonly Next[];
    };

/** Puts questions in the queue. Whatever is asked, by whatever way, passes here and is counted. */
export interface Questions {
  /** Records a question under its event's key. */
  add(key: string, question: Question, conversation?: string): Promise<Added>;
}

/** See {@link Questions}. `wake` tells the lane that there is something new. */
export function createQuestions(rooms: {
  jobs: Jobs;
  /** See `Store.keptMs`. */
  keptMs: number;
  vault: Vault;
  clock: Clock;
  allowance: Allowance;
  wake(): void;
}): Questions {
  function record(key: string, question: Question, conversation: string): Promise<Job | null> {
    const now = rooms.clock.now();
    return rooms.jobs.accept(
      {
        key,
        lane: 'turn',
        conversation,
        kind: 'question',
        payload: encodeQuestion(question, rooms.vault),
        notBefore: 0,
        expiresAt: now + rooms.keptMs,
        person: userKey(question.asker.ref),
      },
      now,
    );
  }

  return {
    async add(key, question, conversation = queueOf(question, key)) {
      const allowed = await rooms.allowance(whoAsks(question).ref, question.place, key, 'turn');
      if (!allowed.ok) return { do: 'refused', say: allowed.say };
      const job = await record(key, question, conversation).catch((error: unknown) => {
        allowed.undo();
        throw error;
      });
      if (!job) {
        allowed.undo();
        return { do: 'known' };
      }
      rooms.wake();
      return { do: 'added', job };
    },
  };
}

/** What a question waits in line for: its conversation, or itself when nobody else can see or join it (yet). */
function queueOf(question: Question, key: string): string {
  return question.private || beginsThread(question) ? `alone:${key}` : placeKey(question.conversation);
}
