import type { NextcloudAccounts, NextcloudIdentity } from '../accounts/nextcloud-accounts.ts';
import type { Clock } from '../chat/clock.ts';
import type { Problem } from '../chat/errors.ts';
import { userKey } from '../chat/places.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { apiOf } from '../nextcloud/api.ts';
import { failure, reasonOf } from '../nextcloud/errors.ts';
import { removeUpload } from '../nextcloud/files.ts';
import { isOver, type Task, type TaskRef } from '../nextcloud/task.ts';
import { cancel as cancelTask, schedule, task as taskNow } from '../nextcloud/tasks.ts';
import type { Log } from '../ops/log.ts';
import type { Job } from '../store/port.ts';
import type { TaskFiles } from './files.ts';
import type { Lines } from './lines.ts';
import type { TaskRequest } from './request.ts';
import { resultOf } from './result.ts';
import type { TaskEvent, TaskState } from './state.ts';

/** What a task asks of Nextcloud, effect by effect. Each ends in an event, and rejects only for what nobody foresaw. */
export interface Remote {
  prepare(): Promise<void>;
  order(): Promise<void>;
  poll(): Promise<void>;
  cancel(): Promise<void>;
  fetch(): Promise<void>;
  /** Gives up the place in the account's line, if it waits there. */
  leaveLine(): void;
}

/** How the remote side talks with the task it belongs to. */
export interface Talk {
  state(): TaskState;
  dispatch(event: TaskEvent): void;
  /** Resolves when what was left in the store so far is there. */
  written(): Promise<unknown>;
  /** The task is somebody else's now. */
  readonly gone: AbortSignal;
  later(ms: number, task: () => void): void;
}

/** While a task stands in line, or is on its way, what is told of it may grow old. */
const TICK_MS = 10_000;

/** See {@link Remote}. */
export function createRemote(
  rooms: {
    accounts: NextcloudAccounts;
    lines: Lines;
    delivery: Delivery;
    clock: Clock;
    log: Log;
    spell(problem: Problem): Problem;
  },
  work: { job: Job; request: TaskRequest; files: TaskFiles },
  talk: Talk,
): Remote {
  const { accounts, delivery, clock, log } = rooms;
  const { job, request, files } = work;
  const { dispatch, gone } = talk;
  let done: Task | null = null;
  let leaveLine: (() => void) | null = null;

  /** Does something with the task's account; what Nextcloud refuses is told to the reducer. */
  async function withAccount(act: (identity: NextcloudIdentity) => Promise<void>): Promise<void> {
    const identity = await accounts.owning(request.account);
    if (identity === null) return dispatch({ type: 'unseen', problem: rooms.spell(UNLINKED), at: clock.now() });
    try {
      await act(identity);
    } catch (error) {
      const problem = rooms.spell(await accounts.judge(identity, error));
      if (problem.kind === 'bug') throw error;
      if (gone.aborted || problem.kind === 'stopped') return;
      log.info({ kind: problem.kind, detail: problem.detail }, 'Nextcloud did not do it');
      if (problem.kind === 'unauthorized' && identity.owner !== null) await tellAlone(problem);
      dispatch({ type: 'unseen', problem, at: clock.now() });
    }
  }

  /** What concerns a person's own account is for them alone, also where all see the task. */
  async function tellAlone(problem: Problem): Promise<void> {
    if (request.private) return;
    await delivery.tell(request.asker.ref, request.place, { markdown: problem.say, controls: null }, null);
  }

  /** Keeps what is told true while nothing is heard, until the returned function is called. */
  function tick(): () => void {
    let cancelled = false;
    const next = () => {
      if (cancelled) return;
      dispatch({ type: 'tick', at: clock.now() });
      talk.later(TICK_MS, next);
    };
    talk.later(TICK_MS, next);
    return () => {
      cancelled = true;
    };
  }

  async function turnIn(line: string): Promise<number> {
    const left = new AbortController();
    leaveLine = () => left.abort();
    const untick = tick();
    const told = (turnAt: number) => dispatch({ type: 'turn', turnAt, at: clock.now() });
    const who = { key: job.id, requester: userKey(request.asker.ref) };
    try {
      return await rooms.lines.enter(line, who, told, AbortSignal.any([gone, left.signal]));
    } finally {
      untick();
      leaveLine = null;
    }
  }

  function see(task: Task): void {
    if (task.status === 'done') done = task;
    const { api, id, status, progress, expectedAt } = task;
    dispatch({ type: 'seen', task: { api, id, status, progress, expectedAt }, reason: task.reason, at: clock.now() });
  }

  function theTask(): TaskRef | null {
    const { seen } = talk.state();
    return seen && { api: seen.api, id: seen.id };
  }

  /** The task as it stands. A server that was moved, or set up anew, may know another one by its number: that is nobody's business here. */
  async function ours(nc: NextcloudIdentity['nc'], ref: TaskRef): Promise<Task> {
    const found = await taskNow(nc, ref, gone);
    if (found.key !== job.id) throw failure('missing', { call: `task ${ref.id}` }, 'the number is another task’s');
    return found;
  }

  /** Something with the task as Nextcloud knows it. */
  function withTask(act: (nc: NextcloudIdentity['nc'], ref: TaskRef) => Promise<void>): Promise<void> {
    return withAccount(async ({ nc }) => {
      const ref = theTask();
      if (ref) await act(nc, ref);
    });
  }

  return {
    prepare: () =>
      withAccount(async ({ nc }) => {
        for (const file of files.wanted()) {
          if (talk.state().put.some((one) => one.name === file.name)) continue;
          const put = await files.put(nc, file, gone);
          dispatch({ type: 'put', file: put });
          // Called off meanwhile: nobody else knows of the file, which would stand there for ever.
          if (!talk.state().put.includes(put)) return removeUpload(nc, put.path);
          await talk.written();
          if (gone.aborted || talk.state().phase !== 'preparing') return;
        }
        dispatch({ type: 'prepared' });
      }),
    order: () =>
      withAccount(async ({ nc }) => {
        const again = talk.state().ordered || job.attempts > 1;
        const line = `${nc.url} ${nc.login} ${await apiOf(nc)}`;
        const at = await turnIn(line);
        if (talk.state().phase !== 'ordering') return;
        dispatch({ type: 'ordering', at: clock.now() });
        // Should the process end now, the next one looks before it schedules.
        await talk.written();
        if (gone.aborted) return;
        const { type } = request.order;
        // The older API may do the whole task within this call, which takes minutes then.
        const untick = tick();
        try {
          see(await schedule(nc, { type, input: files.input(talk.state().put), key: job.id, again }, gone));
        } catch (error) {
          if (reasonOf(error) === 'rate-limit') rooms.lines.refused(line, at);
          throw error;
        } finally {
          untick();
        }
      }),
    poll: () => withTask(async (nc, ref) => see(await ours(nc, ref))),
    cancel: () =>
      withTask(async (nc, ref) => {
        await ours(nc, ref);
        const left = await cancelTask(nc, ref);
        // Nothing more is heard of it, whatever the server still calls it.
        see(isOver(left) ? left : { ...left, status: 'cancelled' });
      }),
    fetch: () =>
      withTask(async (nc, ref) => {
        const whole = done ?? (await ours(nc, ref));
        dispatch({ type: 'fetched', result: resultOf(request.order, whole) });
      }),
    leaveLine: () => leaveLine?.(),
  };
}

const UNLINKED: Problem = {
  kind: 'unauthorized',
  retry: { when: 'never' },
  say: 'The Nextcloud account that this was asked with is not connected any more. Connect it anew with `/nextcloud connect`, then ask again.',
  detail: 'no usable link for the account of a task',
};
