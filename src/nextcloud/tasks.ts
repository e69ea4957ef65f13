import * as z from 'zod';
import { asAccount } from './account.ts';
import { type Api, withApi } from './api.ts';
import type { Nextcloud } from './connection.ts';
import { failure, reasonOf } from './errors.ts';
import { fieldsOf } from './fields.ts';
import type { OcsCall } from './ocs.ts';
import { APP_ID, isOver, parseTask, type Task, type TaskRef } from './task.ts';
import type { Values } from './task-types.ts';

/** A quick provider of 28 and 29 runs inside the call, for up to 80 % of PHP's time (our reference, nextcloud 3). */
const SCHEDULE_MS = 180_000;

/** Bytes of a list: a server keeps tasks with all their texts for half a year, and has no pages. */
const LIST_BYTES = 32 * 1024 * 1024;

/** What is to be done. */
export interface Order {
  /** A `TaskType`'s id. */
  readonly type: string;
  /** By slot key. */
  readonly input: Values;
  /** Made up once per order, 1 to 255 characters: finds the task again after a crash. */
  readonly key: string;
  /** Set when this order may have been sent before: then it is looked for first, and only scheduled when it is not there. */
  readonly again?: boolean | undefined;
}

/**
 * Hands a task to the server. Never repeated by itself; when the connection breaks before the answer, the task is looked for by
 * its key, and only if it is not there does this fail. Then it may still arrive later: order with `again` the next time.
 * The older API runs quick tasks within this call, so the task may already be `done` or `failed`.
 */
export async function schedule(nc: Nextcloud, order: Order, signal?: AbortSignal): Promise<Task> {
  const where = { call: 'schedule' };
  if (order.key === '' || order.key.length > 255) throw failure('bug', where, 'a key has 1 to 255 characters');
  if (order.again === true) {
    const before = await findTask(nc, order.key);
    if (before !== null) return before;
  }
  try {
    return await withApi(nc, (api) => scheduleOn(nc, api, order, signal));
  } catch (error) {
    if (!isDoubtful(error)) throw error;
    const arrived = await findTask(nc, order.key).catch(() => null);
    if (arrived === null) throw error;
    return arrived;
  }
}

async function scheduleOn(nc: Nextcloud, api: Api, order: Order, signal?: AbortSignal): Promise<Task> {
  const call = {
    method: 'POST',
    path: `/${api}/schedule`,
    json: bodyOf(api, order),
    schedules: true,
    timeoutMs: Math.max(nc.timeoutMs, SCHEDULE_MS),
    signal,
  } as const;
  const { task: answer } = await asAccount(nc, call, taskAnswer);
  const made = oneTask(api, answer, call);
  // 27 to 29 let strangers schedule: a revoked credential shows only in a task that belongs to nobody.
  if (made.userId === null) {
    nc.learnt.refused = true;
    throw failure('credential', { call: `POST ${call.path}` }, 'the task belongs to nobody');
  }
  return made;
}

function bodyOf(api: Api, order: Order): unknown {
  const { type, input, key } = order;
  if (api === 'taskprocessing') return { input, type, appId: APP_ID, customId: key };
  const text = input.input;
  if (typeof text !== 'string') throw failure('input', { call: 'schedule' }, 'the older API takes one text');
  return { input: text, type, appId: APP_ID, identifier: key };
}

/** The task that was ordered with this key, the newest if there are more; null when there is none. Looks in every API the server has. */
export async function findTask(nc: Nextcloud, key: string, signal?: AbortSignal): Promise<Task | null> {
  return await withApi(nc, async (api) => {
    const found = await ofApp(nc, api, key, signal);
    if (found[0] !== undefined || api === 'textprocessing') return found[0] ?? null;
    // Scheduled before the server was upgraded.
    return (await orMissing(ofApp(nc, 'textprocessing', key, signal)))?.[0] ?? null;
  });
}

/** The task as it stands now. Fails with the reason `missing` when it is deleted, too old, or another user's. */
export async function task(nc: Nextcloud, ref: TaskRef, signal?: AbortSignal): Promise<Task> {
  const call = { method: 'GET', path: `/${ref.api}/task/${ref.id}`, signal } as const;
  try {
    return await one(nc, ref.api, call);
  } catch (error) {
    // The official manual says POST for the older API; every server seen says 405 to it, and answers GET.
    if (reasonOf(error) !== 'method' || ref.api !== 'textprocessing') throw error;
    return await one(nc, ref.api, { ...call, method: 'POST' });
  }
}

/**
 * Tasks of the account, the newest first: our own, or with `all` those of every app, which the older API cannot tell: there it is
 * our own again. There are no pages; fails with the reason `file-size` when the list is over 32 MiB.
 */
export async function tasks(
  nc: Nextcloud,
  options: {
    readonly all?: boolean | undefined;
    readonly type?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Task[]> {
  const { type, signal } = options;
  const found = await withApi(nc, async (api) => {
    if (api === 'textprocessing' || options.all !== true) return await ofApp(nc, api, undefined, signal);
    return await list(nc, api, { method: 'GET', path: '/taskprocessing/tasks', query: { taskType: type }, signal });
  });
  return type === undefined ? found : found.filter((task) => task.type === type);
}

/**
 * Stops a task. One that is over comes back as it is. The older API cannot stop: there the task is deleted, so that it is not
 * begun, and comes back as `cancelled`; what already runs runs on unseen. Fails with the reason `missing` when it is not there.
 */
export async function cancel(nc: Nextcloud, ref: TaskRef): Promise<Task> {
  if (ref.api === 'taskprocessing') {
    return await one(nc, ref.api, { method: 'POST', path: `/taskprocessing/tasks/${ref.id}/cancel` });
  }
  const now = await task(nc, ref);
  if (isOver(now)) return now;
  await remove(nc, ref);
  return { ...now, status: 'cancelled' };
}

/** Deletes a task with its texts and its results. One that is not there any more is fine. */
export async function remove(nc: Nextcloud, ref: TaskRef): Promise<void> {
  const call = { method: 'DELETE', path: `/${ref.api}/task/${ref.id}` } as const;
  await orMissing(asAccount(nc, call, z.unknown()));
}

const taskAnswer = z.looseObject({ task: z.unknown() });
const tasksAnswer = z.looseObject({ tasks: z.unknown() });

async function one(nc: Nextcloud, api: Api, call: OcsCall): Promise<Task> {
  return oneTask(api, (await asAccount(nc, call, taskAnswer)).task, call);
}

function oneTask(api: Api, answer: unknown, call: OcsCall): Task {
  const found = parseTask(api, answer);
  if (found === null) throw failure('shape', { call: `${call.method} ${call.path}` }, 'no task in the answer');
  return found;
}

/** Our tasks, the newest first, of this key when there is one. A server that ignores the key in the query is not believed. */
async function ofApp(nc: Nextcloud, api: Api, key?: string, signal?: AbortSignal): Promise<Task[]> {
  const query = { [api === 'taskprocessing' ? 'customId' : 'identifier']: key };
  const found = await list(nc, api, { method: 'GET', path: `/${api}/tasks/app/${APP_ID}`, query, signal });
  return key === undefined ? found : found.filter((task) => task.key === key);
}

async function list(nc: Nextcloud, api: Api, call: OcsCall): Promise<Task[]> {
  const answer = await asAccount(nc, { ...call, maxBytes: LIST_BYTES }, tasksAnswer);
  // PHP writes a list with holes as a map.
  const entries = Array.isArray(answer.tasks) ? answer.tasks : fieldsOf(answer.tasks).map(([, value]) => value);
  return entries.flatMap((value: unknown) => parseTask(api, value) ?? []).sort((a, b) => b.id - a.id);
}

/** Null in place of a thing that is not there. */
async function orMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'missing' || reason === 'no-route' || reason === 'method') return null;
    throw error;
  }
}

/** Whether the request may have arrived although no answer did. */
function isDoubtful(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === 'timeout' || reason === 'cut' || reason === 'unavailable' || reason === 'no-connection';
}
