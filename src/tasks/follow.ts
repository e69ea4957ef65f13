import * as z from 'zod';
import type { Job, NewJob } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { encodeRequest, type TaskRequest } from './request.ts';
import type { TaskState } from './state.ts';

/** Files to be taken away from somebody's Nextcloud: the payload of a job of kind `tidy`. */
export const tidyOrder = z.object({ account: z.string().nullable(), paths: z.array(z.string()) });
/** {@link tidyOrder} as it is read. */
export type TidyOrder = z.output<typeof tidyOrder>;

/** The jobs that follow a task which is over: its files are taken away, and its result goes on where that was wanted. */
export function whatFollows(
  job: Job,
  request: TaskRequest,
  state: TaskState,
  vault: Vault,
  now: number,
): readonly NewJob[] {
  const jobs: NewJob[] = [];
  // What follows is kept for as long as what it follows.
  const expiresAt = now + job.expiresAt - job.acceptedAt;
  const { person } = job;
  const usual = { lane: 'task', conversation: null, notBefore: 0, expiresAt, person } as const;
  if (state.put.length > 0) {
    const order: TidyOrder = { account: request.account, paths: state.put.map(({ path }) => path) };
    jobs.push({ ...usual, key: `tidy:${job.id}`, kind: 'tidy', payload: JSON.stringify(order) });
  }
  const { order } = request;
  const next = order.goOn && state.result ? chained(request, state.result.bare, state) : null;
  if (next) jobs.push({ ...usual, key: `chain:${job.id}`, kind: 'task', payload: encodeRequest(next, vault) });
  return jobs;
}

/** The request that goes on with a result's text; null where nothing is chained to it, or there is no text. */
export function chained(request: TaskRequest, text: string, state: Pick<TaskState, 'place'>): TaskRequest | null {
  const { chain } = request.order;
  if (chain === null || text === '') return null;
  return {
    ...request,
    order: { ...chain, input: [['input', { value: text }]] },
    conversation: state.place ?? request.conversation,
    message: null,
    announce: null,
    replaces: null,
  };
}
