import type { Problem } from '../chat/errors.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Question } from './question.ts';

/** Tells the asker alone that the answer could not be shown where it belongs. Best effort: there may be no way to reach them. */
export async function toldInPrivate(delivery: Delivery, question: Question, problem: Problem): Promise<void> {
  const markdown = `I could not show my answer where you asked. ${WHY[problem.kind] ?? problem.say}`;
  await delivery.tell(question.asker.ref, question.place, { markdown, controls: null }, question.trigger);
}

const WHY: Partial<Record<Problem['kind'], string>> = {
  gone: 'My message was deleted while I wrote it. Ask again, and I answer in a new one.',
  closed: 'The conversation is closed or archived. Ask again somewhere I may write.',
  forbidden: 'I may not write there. Ask whoever manages the channel to let me, or write to me privately.',
};
