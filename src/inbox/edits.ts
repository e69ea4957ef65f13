import * as z from 'zod';
import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { ButtonEvent, EditedEvent } from '../chat/events.ts';
import { holdsKey } from '../chat/keys.ts';
import { messageKey, userKey } from '../chat/places.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { cleanText } from '../turn/compose.ts';
import type { Offers } from '../turn/offers.ts';
import { decodeQuestion } from '../turn/question.ts';
import type { Access } from './access.ts';
import type { Control } from './control.ts';
import { tooLong } from './questions.ts';
import type { Waiting } from './waiting.ts';

/** Questions that were edited: the newest of a conversation can be asked again as it reads now, by whoever asked it. */
export interface Edits {
  /** A message reads otherwise now. Resolves once that is kept; the offer follows by itself, after a restart too. */
  take(event: EditedEvent): Promise<void>;
  /** Performs the job of kind {@link OFFER} that shows it. */
  run(job: Job): Promise<void>;
  /** The button under the answer was pressed. */
  ask(event: ButtonEvent, job: string): Promise<Answer>;
}

/** The kind of its jobs, in the lane `after`. */
export const OFFER = 'offer';

const payload = z.object({ turn: z.string() });

/** See {@link Edits}. */
export function createEdits(rooms: {
  store: Store;
  vault: Vault;
  access: Access;
  control: Control;
  offers: Offers;
  waiting: Pick<Waiting, 'revise'>;
  /** The longest question, in UTF-16 units. */
  questionUnits: number;
  clock: Clock;
  /** There is something new in the lane. */
  wake(): void;
}): Edits {
  const { store, offers, clock } = rooms;

  return {
    async take({ key: event, message }) {
      const { author, ref } = message;
      if (message.ours || author.bot || rooms.access.refusal(author, ref.place) !== null) return;
      const text = cleanText(message.text).trim();
      const { files } = message;
      // A command is not a question, and a question cannot become one; what looks like a key goes to no model.
      const unfit = text.startsWith('/') || holdsKey(text) || tooLong(text, rooms.questionUnits) !== null;
      const nothing = text === '' && files.length === 0;
      const asked = await store.jobs.byKey(messageKey(ref));
      if (!asked && !unfit && !nothing) return rooms.waiting.revise({ ...message, text });
      if (asked?.lane !== 'turn' || asked.conversation === null) return;
      // An answer that was given anew is another job, with the same message before it.
      const newest = await rooms.control.newest(asked.conversation);
      const question = newest && decodeQuestion(newest.payload, rooms.vault);
      if (!newest || question?.message?.id !== ref.id || userKey(question.asker.ref) !== userKey(author.ref)) return;
      const same = text === question.text && sameFiles(files, question.files);
      if (!same && (unfit || nothing)) return;
      if (same && (await offers.edit(newest.id)) === null) return;
      await offers.edited(newest, same ? null : { text, files });
      const job = {
        key: `${OFFER}:${event}`,
        lane: 'after',
        conversation: null,
        kind: OFFER,
        payload: JSON.stringify({ turn: newest.id }),
        notBefore: 0,
        expiresAt: newest.expiresAt,
        person: newest.person,
      } as const;
      await store.jobs.accept(job, clock.now());
      rooms.wake();
    },
    async run(job) {
      // What is being answered shows it at its end.
      await offers.show(payload.parse(JSON.parse(job.payload)).turn);
      await store.jobs.finish(job, 'done', null, [], clock.now());
    },
    async ask(event, id) {
      const job = await store.jobs.get(id);
      if (!job) return tell('I no longer know that question. Please ask again.');
      const { asker, private: isPrivate } = decodeQuestion(job.payload, rooms.vault);
      if (userKey(asker.ref) !== userKey(event.author.ref))
        return tell(`Only ${asker.name}, who asked, can have the edited question answered.`);
      const edit = await offers.edit(id);
      if (edit === null) return tell('Your question reads as it did when I answered it. Edit it first.');
      const done = await rooms.control.again(event.author, id, event.trigger, edit);
      if (!done.done) return tell(done.why);
      return isPrivate ? { do: 'work', private: true } : { do: 'none' };
    },
  };
}

function sameFiles(one: readonly { readonly id: string }[], other: readonly { readonly id: string }[]): boolean {
  return one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);
}

function tell(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
