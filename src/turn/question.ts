import * as z from 'zod';
import type { Trigger } from '../chat/events.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { MessageRef, Place } from '../chat/places.ts';
import type { Wishes } from '../commands/wishes.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import { openTrigger, sealTrigger, storedTrigger } from '../store/stored-trigger.ts';
import type { Vault } from '../store/vault.ts';

/** A question as it waits in the queue: all a turn needs to begin, after a restart too. */
export interface Question {
  readonly asker: Person;
  /** Who wanted it answered again, where that is somebody else: their account asks. */
  readonly regeneratedBy?: Person | undefined;
  /** Where it was asked. */
  readonly place: Place;
  /** Where its conversation lives; the thread may not have been made yet. */
  readonly conversation: Place;
  /** The person's message, which gets the emoji and which the thread hangs on; null after a command. */
  readonly message: MessageRef | null;
  /** The command or click it came by; null after a message. */
  readonly trigger: Trigger | null;
  readonly text: string;
  readonly files: readonly FileRef[];
  readonly replyTo: Message | null;
  /** The model asked for by name, or null for the conversation's. */
  readonly model: string | null;
  /** The line that others see when a command asked; null when the question is itself a message. */
  readonly announce: string | null;
  /** Only the asker may see the answer. */
  readonly private: boolean;
  /** When it was asked, milliseconds since the epoch. */
  readonly at: number;
  /** 0 for a first answer; raised by each regenerate and retry. */
  readonly generation: number;
  /** The job whose answer this one replaces; null for a first answer. */
  readonly replaces: string | null;
  /** What it is asked with beside what the model brings along; none when not given. */
  readonly wishes?: Wishes | undefined;
  /** The text is another than that of the question whose answer this one replaces: the asker edited it. */
  readonly revised?: boolean | undefined;
  /** The asker said that an old question still wants its answer. */
  readonly confirmed: boolean;
}

const { place, person, file, messageRef, message } = storedShapes;

const named = z.object({ id: z.string(), name: z.string() });
const wishes = z.object({
  tools: z.array(named),
  knowledge: z.array(named),
  web: z.boolean(),
  folder: z.string().nullable(),
  temporary: z.boolean(),
}) satisfies z.ZodType<Wishes>;

const stored = z.object({
  asker: person,
  regeneratedBy: person.optional(),
  place,
  conversation: place,
  message: messageRef.nullable(),
  trigger: storedTrigger.nullable(),
  text: z.string(),
  files: z.array(file),
  replyTo: message.nullable(),
  model: z.string().nullable(),
  announce: z.string().nullable(),
  private: z.boolean(),
  at: z.number(),
  generation: z.number().int().nonnegative(),
  replaces: z.string().nullable(),
  // Rows of an older version have none.
  wishes: wishes.optional(),
  revised: z.boolean().optional(),
  confirmed: z.boolean(),
});

/** Whether the question's thread does not exist yet and hangs on the line that is still to be posted. */
export function beginsThread(question: Question): boolean {
  const { conversation } = question;
  return (
    !question.private &&
    question.announce !== null &&
    question.replaces === null &&
    conversation.thread === null &&
    conversation.kind !== 'direct'
  );
}

/** The question as JSON for its job row, the trigger's token sealed. */
export function encodeQuestion(question: Question, vault: Vault): string {
  return JSON.stringify({ ...question, trigger: question.trigger && sealTrigger(question.trigger, vault) });
}

/**
 * The question of a job row; throws when the row is not one, which is our own mistake. A trigger whose token cannot be opened
 * any more (it was sealed under a key that is gone) comes back expired: the answer then finds another way.
 */
export function decodeQuestion(json: string, vault: Vault): Question {
  const read = stored.parse(JSON.parse(json));
  return { ...read, trigger: read.trigger && openTrigger(read.trigger, vault) };
}
