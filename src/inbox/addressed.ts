import type { MessageEvent } from '../chat/events.ts';
import { userKey } from '../chat/places.ts';

/** When Parley answers in a conversation it takes part in without being named. Direct messages are always answered. */
export type ThreadMode = 'thread' | 'mention' | 'always';

/** What is remembered of a conversation to decide: the person Parley is in dialogue with, by `userKey`. */
export interface Dialogue {
  readonly with: string | null;
}

/**
 * Whether a message is answered, and what to remember. Pure.
 *
 * - Direct messages and mentions are answered, and begin a dialogue with their author.
 * - `thread`: in a conversation Parley has joined, further messages of that same person are answered until somebody else
 *   writes: then people are talking to each other, and Parley waits to be named again.
 * - `mention` answers nothing else; `always` everything in joined conversations.
 */
export function isAddressed(
  event: Pick<MessageEvent, 'addressed' | 'message'>,
  mode: ThreadMode,
  joined: boolean,
  dialogue: Dialogue,
): { answer: boolean; dialogue: Dialogue } {
  const author = userKey(event.message.author.ref);
  if (event.addressed !== 'ambient') return { answer: true, dialogue: { with: author } };
  if (!joined || mode === 'mention') return { answer: false, dialogue: { with: null } };
  if (mode === 'always') return { answer: true, dialogue: { with: author } };
  const same = dialogue.with === author;
  return { answer: same, dialogue: same ? dialogue : { with: null } };
}
