import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { type Call, json, segment } from './request.ts';

/** What a person thinks of an answer. */
export interface Feedback {
  readonly chatId: string;
  readonly messageId: string;
  readonly model: string;
  /** 1 is good, -1 is bad. */
  readonly rating: 1 | -1;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  /** Where the answer stands in its branch, from 0. */
  readonly messageIndex?: number | undefined;
}

const answer = z.looseObject({ id: z.string() });

/** Stores feedback; gives its id, under which {@link changeFeedback} finds it. */
export async function sendFeedback(server: OpenWebUI, feedback: Feedback): Promise<string> {
  return (await json(server, post('/api/v1/evaluations/feedback', feedback), answer)).id;
}

/** Puts another opinion in place of the stored one. */
export async function changeFeedback(server: OpenWebUI, id: string, feedback: Feedback): Promise<void> {
  await json(server, post(feedbackPath(id), feedback), answer);
}

function post(path: string, feedback: Feedback): Call {
  const { chatId, messageId, model, rating, reason, comment, messageIndex } = feedback;
  const body = {
    type: 'rating',
    data: { rating, model_id: model, reason: reason ?? '', comment: comment ?? '' },
    meta: { arena: false, chat_id: chatId, message_id: messageId, model_id: model, message_index: messageIndex ?? 0 },
  };
  return { method: 'POST', path, about: 'feedback', body };
}

function feedbackPath(id: string): string {
  return `/api/v1/evaluations/feedback/${segment(id)}`;
}
