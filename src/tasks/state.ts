import * as z from 'zod';
import type { Problem } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import type { View } from '../chat/view.ts';
import type { TaskOrder } from '../commands/task-order.ts';
import type { Task } from '../nextcloud/task.ts';
import type { Job } from '../store/port.ts';
import { storedShapes } from '../store/stored-shapes.ts';

/**
 * Where a task stands.
 * `placing`: finding out where to show it. `preparing`: putting its files into Nextcloud. `ordering`: waiting for its turn in the
 * account's window, and being scheduled. `waiting`: in Nextcloud's hands. `cancelling`: Nextcloud is being told. `fetching`: it is
 * done, its result is read. `finishing`: the last text is being put. `posting`: its files follow. `over`: nothing more to do.
 */
export type Phase =
  | 'placing'
  | 'preparing'
  | 'ordering'
  | 'waiting'
  | 'cancelling'
  | 'fetching'
  | 'finishing'
  | 'posting'
  | 'over';

/** A file that was put into the person's Nextcloud for this task, to be taken away again. */
export interface PutFile {
  /** Slot and position: `input 0`. */
  readonly name: string;
  readonly id: number;
  readonly path: string;
}

/** The part of Nextcloud's task that people are told about. */
export type Seen = Pick<Task, 'api' | 'id' | 'status' | 'progress' | 'expectedAt'>;

/** What a result comes to: text, and files of Nextcloud that are posted below it. */
export interface Result {
  /** Markdown. */
  readonly text: string;
  /** The bare text of its only text slot, for what goes on from it; empty for none. */
  readonly bare: string;
  readonly files: readonly { readonly id: number; readonly kind: 'file' | 'image' | 'audio' | 'video' }[];
}

/** All that a task knows while it runs. JSON: it is left in the job row and read back after a crash. Times are ms since the epoch. */
export interface TaskState {
  readonly job: string;
  readonly phase: Phase;
  /** How often this job has begun, from 1. */
  readonly attempt: number;
  readonly place: Place | null;
  readonly startedAt: number;
  readonly put: readonly PutFile[];
  /** When the account's window opens for it; null when it is its turn. */
  readonly turnAt: number | null;
  /** It may have been scheduled already: look before scheduling it. */
  readonly ordered: boolean;
  readonly seen: Seen | null;
  /** When it was sent to Nextcloud, the last time. */
  readonly scheduledAt: number | null;
  readonly runningAt: number | null;
  /** What keeps Nextcloud from answering, and since when; null while it answers. */
  readonly away: { readonly say: string; readonly since: number; readonly tries: number } | null;
  /** What was last shown as status. */
  readonly status: string | null;
  readonly result: Result | null;
  /** Files that stand below the answer, from the first. */
  readonly posted: number;
  readonly cancelled: boolean;
  readonly problem: Problem | null;
  /** Its text may go on into a summary: offered below it. */
  readonly chain: boolean;
  /** What is said with a failure that nobody explains. */
  readonly hint: string | null;
}

/** What can happen to a task. Times are ms since the epoch. */
export type TaskEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'placed'; readonly place: Place; readonly at: number }
  | { readonly type: 'put'; readonly file: PutFile }
  | { readonly type: 'prepared' }
  /** The account has used up what Nextcloud takes; there is room at this time. */
  | { readonly type: 'turn'; readonly turnAt: number; readonly at: number }
  /** It is about to be scheduled. */
  | { readonly type: 'ordering'; readonly at: number }
  | { readonly type: 'seen'; readonly task: Seen; readonly reason: string | null; readonly at: number }
  /** A call to Nextcloud failed. */
  | { readonly type: 'unseen'; readonly problem: Problem; readonly at: number }
  | { readonly type: 'fetched'; readonly result: Result }
  | { readonly type: 'failed'; readonly problem: Problem }
  | { readonly type: 'cancel'; readonly at: number }
  /** Time has passed: what is shown may be old. */
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'delivered' }
  | { readonly type: 'undelivered' }
  | { readonly type: 'posted'; readonly count: number }
  | { readonly type: 'settled' };

/** What a task wants done. The runner does each, in order. */
export type TaskEffect =
  | { readonly do: 'place' | 'prepare' | 'order' | 'cancel' | 'fetch' | 'post' | 'checkpoint' | 'end' }
  /** Do this effect after so many ms. */
  | { readonly do: 'later'; readonly ms: number; readonly what: 'prepare' | 'order' | 'poll' | 'fetch' | 'cancel' }
  | { readonly do: 'show' | 'finish'; readonly view: View };

/** The state of a task that begins for the first time. */
export function newTask(
  job: string,
  attempt: number,
  order: Pick<TaskOrder, 'chain' | 'goOn' | 'hint'>,
  at: number,
): TaskState {
  return {
    job,
    phase: 'placing',
    attempt,
    chain: order.chain !== null && !order.goOn,
    hint: order.hint,
    place: null,
    startedAt: at,
    put: [],
    turnAt: null,
    ordered: false,
    seen: null,
    scheduledAt: null,
    runningAt: null,
    away: null,
    status: null,
    result: null,
    posted: 0,
    cancelled: false,
    problem: null,
  };
}

const shape = z.object({
  job: z.string(),
  phase: z.enum([
    'placing',
    'preparing',
    'ordering',
    'waiting',
    'cancelling',
    'fetching',
    'finishing',
    'posting',
    'over',
  ]),
  attempt: z.number(),
  place: storedShapes.place.nullable(),
  startedAt: z.number(),
  put: z.array(z.object({ name: z.string(), id: z.number(), path: z.string() })),
  turnAt: z.number().nullable(),
  ordered: z.boolean(),
  seen: z
    .object({
      api: z.enum(['taskprocessing', 'textprocessing']),
      id: z.number(),
      status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'unknown']),
      progress: z.number().nullable(),
      expectedAt: z.number().nullable(),
    })
    .nullable(),
  scheduledAt: z.number().nullable(),
  runningAt: z.number().nullable(),
  away: z.object({ say: z.string(), since: z.number(), tries: z.number() }).nullable(),
  status: z.string().nullable(),
  result: z
    .object({
      text: z.string(),
      bare: z.string(),
      files: z.array(z.object({ id: z.number(), kind: z.enum(['file', 'image', 'audio', 'video']) })),
    })
    .nullable(),
  posted: z.number(),
  cancelled: z.boolean(),
  problem: storedShapes.problem.nullable(),
  chain: z.boolean(),
  hint: z.string().nullable(),
}) satisfies z.ZodType<TaskState>;

/** What a task left in its job row; null when it left nothing that this version can read. */
export function savedTask(job: Job): TaskState | null {
  if (job.checkpoint === null) return null;
  const read = shape.safeParse(JSON.parse(job.checkpoint));
  return read.success ? read.data : null;
}

/** The state a claimed job begins or goes on with. */
export function resumeTask(job: Job, order: TaskOrder, now: number): TaskState {
  const saved = savedTask(job);
  return saved ? { ...saved, attempt: job.attempts } : newTask(job.id, job.attempts, order, now);
}
