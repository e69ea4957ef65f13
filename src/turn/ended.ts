import * as z from 'zod';
import type { Conversation, Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { savedTurn } from './checkpoint.ts';
import { conversationKey } from './locate.ts';
import { decodeQuestion, type Question } from './question.ts';
import type { Ids, TurnState } from './state.ts';

/** A turn that is over, with all that is known of it. */
export interface Ended {
  readonly job: Job;
  readonly question: Question;
  readonly state: TurnState;
  readonly ids: Ids & { readonly chatId: string };
  readonly conversation: Conversation;
  /** Follow-up questions that were found already and are to be stored with the answer. */
  readonly followUps: readonly string[];
}

const payload = z.object({ turn: z.string(), followUps: z.array(z.string()).default([]) });

/** What a job that follows a turn knows of it. */
export function endedPayload(turn: string, followUps: readonly string[] = []): string {
  return JSON.stringify({ turn, followUps: [...followUps] } satisfies z.input<typeof payload>);
}

/** The turn that a job follows; null when its row is gone, or it never came to have a chat. */
export async function endedTurn(
  rooms: { readonly store: Store; readonly vault: Vault },
  job: Job,
): Promise<Ended | null> {
  const { store } = rooms;
  const read = payload.safeParse(JSON.parse(job.payload));
  const turn = read.success ? await store.jobs.get(read.data.turn) : null;
  const state = turn && savedTurn(turn);
  if (!read.success || !turn || !state?.ids || state.ids.chatId === null || !state.place) return null;
  const question = decodeQuestion(turn.payload, rooms.vault);
  const conversation = await store.conversations.get(conversationKey(turn, question, state.place));
  const ids = { ...state.ids, chatId: state.ids.chatId };
  return conversation && { job: turn, question, state, ids, conversation, followUps: read.data.followUps };
}
