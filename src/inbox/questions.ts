import type { Clock } from '../chat/clock.ts';
import { placeKey } from '../chat/places.ts';
import type { Job, Jobs } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { beginsThread, encodeQuestion, type Question } from '../turn/question.ts';
import { KEPT_MS } from '../turn/runner.ts';

/** The longest question, in UTF-16 units. More than most models can read; beyond it a file is the better way. */
const QUESTION_UNITS = 100_000;

/** What is said of a question that is longer than any may be; null for the others. */
export function tooLong(text: string, most: number = QUESTION_UNITS): string | null {
  if (text.length <= most) return null;
  const [is, may] = [text.length, most].map((units) => units.toLocaleString('en'));
  return `That is ${is} characters; I can take ${may}. Send it as a file, and I read it from there.`;
}

/** Puts questions in the queue. */
export interface Questions {
  /** Records a question under its event's key. Null when that key was recorded before. */
  add(key: string, question: Question, conversation?: string): Promise<Job | null>;
}

/** See {@link Questions}. `wake` tells the lane that there is something new. */
export function createQuestions(rooms: { jobs: Jobs; vault: Vault; clock: Clock; wake(): void }): Questions {
  return {
    async add(key, question, conversation = queueOf(question, key)) {
      const now = rooms.clock.now();
      const job = await rooms.jobs.accept(
        {
          key,
          lane: 'turn',
          conversation,
          kind: 'question',
          payload: encodeQuestion(question, rooms.vault),
          notBefore: 0,
          expiresAt: now + KEPT_MS,
        },
        now,
      );
      if (job) rooms.wake();
      return job;
    },
  };
}

/** What a question waits in line for: its conversation, or itself when nobody else can see or join it (yet). */
function queueOf(question: Question, key: string): string {
  return question.private || beginsThread(question) ? `alone:${key}` : placeKey(question.conversation);
}
