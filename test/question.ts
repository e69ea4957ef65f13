import type { Place } from '../src/chat/places.ts';
import type { Question } from '../src/turn/question.ts';
import { person } from './person.ts';

/** Ann's first question in a conversation, in the open, as if it came from nowhere; or what is said to be different. */
export function question(text: string, place: Place, more: Partial<Question> = {}): Question {
  return {
    asker: person('Ann'),
    place,
    conversation: place,
    message: null,
    trigger: null,
    text,
    files: [],
    replyTo: null,
    model: null,
    announce: null,
    private: false,
    at: 0,
    generation: 0,
    replaces: null,
    confirmed: false,
    ...more,
  };
}
