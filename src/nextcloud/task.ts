import type { Api } from './api.ts';
import { field, fieldsOf, number, record, text } from './fields.ts';
import { slotValue, type Values } from './task-types.ts';

/** What finds a task again: an id is its own in each API. */
export interface TaskRef {
  readonly api: Api;
  readonly id: number;
}

/** Where a task is. `unknown` is what no version has said before. */
export type TaskStatus = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'unknown';

/** A task, whichever API it came from. */
export interface Task extends TaskRef {
  /** A `TaskType`'s id. */
  readonly type: string;
  readonly status: TaskStatus;
  /** As the server keeps it: defaults filled in, unknown keys gone. */
  readonly input: Values;
  /** Null until it is done. */
  readonly output: Values | null;
  /** 0 to 1; null when nobody tells. */
  readonly progress: number | null;
  /** Milliseconds since the epoch, each null when nobody tells. `expectedAt` knows nothing of the wait in the queue. */
  readonly expectedAt: number | null;
  readonly scheduledAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Why it failed, in the provider's words for people. Mostly null: only 33 and later tell, and few providers do. */
  readonly reason: string | null;
  /** Whether we made it, and not another app. */
  readonly ours: boolean;
  /** What it was ordered with; empty when nothing. */
  readonly key: string;
  /** Null for a task that a stranger made on 27 to 29. */
  readonly userId: string | null;
}

/** Whether nothing more becomes of a task. */
export function isOver({ status }: Pick<Task, 'status'>): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** The app that our tasks belong to, in Nextcloud's words. */
export const APP_ID = 'parley';

const statuses: ReadonlyMap<unknown, TaskStatus> = new Map<unknown, TaskStatus>([
  ['STATUS_SCHEDULED', 'waiting'],
  ['STATUS_RUNNING', 'running'],
  ['STATUS_SUCCESSFUL', 'done'],
  ['STATUS_FAILED', 'failed'],
  ['STATUS_CANCELLED', 'cancelled'],
  [1, 'waiting'],
  [2, 'running'],
  [3, 'done'],
  [4, 'failed'],
]);

/** A task out of an answer; null when it is none. Everything but id and type may be missing (our reference, nextcloud 4). Pure. */
export function parseTask(api: Api, value: unknown): Task | null {
  const id = number(field(value, 'id'));
  const type = text(field(value, 'type'));
  if (id === null || !Number.isSafeInteger(id) || type === '') return null;
  const status = statuses.get(field(value, 'status')) ?? 'unknown';
  const progress = number(field(value, 'progress'));
  const user = field(value, 'userId');
  return {
    api,
    id,
    type,
    status,
    input: values(api, 'input', field(value, 'input')),
    output: status === 'done' ? values(api, 'output', field(value, 'output')) : null,
    progress: progress === null ? null : Math.min(1, Math.max(0, progress)),
    expectedAt: ms(field(value, 'completionExpectedAt')),
    scheduledAt: ms(field(value, 'scheduledAt')),
    startedAt: ms(field(value, 'startedAt')),
    endedAt: ms(field(value, 'endedAt')),
    reason: text(field(value, 'userFacingErrorMessage')).trim().slice(0, 1000) || null,
    ours: field(value, 'appId') === APP_ID,
    key: text(field(value, api === 'taskprocessing' ? 'customId' : 'identifier')),
    userId: typeof user === 'string' ? user : null,
  };
}

/** The older API has one bare text on each side. */
function values(api: Api, key: string, value: unknown): Values {
  const entries = api === 'textprocessing' ? [[key, value] as const] : fieldsOf(value);
  return record(
    entries.flatMap(([name, raw]) => {
      const found = slotValue(raw);
      return found === null ? [] : [[name, found] as const];
    }),
  );
}

function ms(seconds: unknown): number | null {
  const found = number(seconds);
  return found === null || found <= 0 ? null : Math.round(found * 1000);
}
