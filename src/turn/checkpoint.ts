import * as z from 'zod';
import type { Job } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';
import { type Manner, newTurn, ORDINARY, type TurnState } from './state.ts';

const { place, problem } = storedShapes;

const state = z.object({
  job: z.string(),
  phase: z.enum(['gathering', 'asking', 'answering', 'finishing', 'over']),
  attempt: z.number(),
  place: place.nullable(),
  ids: z
    .object({
      chatId: z.string().nullable(),
      questionId: z.string(),
      besides: z.string().optional(),
      answerId: z.string(),
      model: z.string(),
      modelName: z.string(),
      // Turns of an older Parley were all asked and kept by the service account.
      owner: z.string().nullable().default(null),
      asker: z.string().nullable().default(null),
    })
    .nullable(),
  asked: z.string().nullable().default(null),
  notices: z.array(z.string()),
  text: z.string(),
  reasoning: z.string(),
  startedAt: z.number(),
  thoughtFrom: z.number().nullable(),
  thoughtTo: z.number().nullable(),
  sources: z.array(z.object({ number: z.number(), name: z.string(), url: z.string().nullable() })),
  citations: z.array(z.unknown()),
  usage: z.record(z.string(), z.unknown()).nullable(),
  status: z.string().nullable(),
  tool: z.string().nullable(),
  armed: z.boolean(),
  background: z.boolean().default(false),
  stopped: z.boolean(),
  // Rows of an older version know of none.
  manner: z
    .object({
      asked: z.string().nullable().default(null),
      shareable: z.boolean(),
      temporary: z.boolean(),
      web: z.boolean(),
    })
    .default(ORDINARY),
  problem: problem.nullable(),
}) satisfies z.ZodType<TurnState>;

/** What a turn left in its job row; null when it left nothing, or an older Parley left something this one cannot read. */
export function savedTurn(job: Job): TurnState | null {
  if (job.checkpoint === null) return null;
  const read = state.safeParse(JSON.parse(job.checkpoint));
  return read.success ? read.data : null;
}

/** The state a claimed job begins or goes on with. */
export function resumeTurn(job: Job, now: number, manner: Manner): TurnState {
  const saved = savedTurn(job);
  return saved ? { ...saved, attempt: job.attempts } : newTurn(job.id, job.attempts, now, manner);
}
