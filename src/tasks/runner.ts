import type { NextcloudAccounts } from '../accounts/nextcloud-accounts.ts';
import type { Adapter } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import type { View } from '../chat/view.ts';
import type { Delivery, LiveReply } from '../delivery/delivery.ts';
import type { Log } from '../ops/log.ts';
import { createCheckpoints } from '../store/checkpoints.ts';
import type { Job, Store } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { FewAtOnce } from './few-at-once.ts';
import { createTaskFiles } from './files.ts';
import { whatFollows } from './follow.ts';
import type { Lines } from './lines.ts';
import { answersTrigger, placeOf } from './place.ts';
import { jittered } from './poll.ts';
import { reduceTask } from './reducer.ts';
import { createRemote } from './remote.ts';
import { decodeRequest } from './request.ts';
import { resumeTask, type TaskEffect, type TaskEvent, type TaskState } from './state.ts';
import { notShown } from './view.ts';

/** What tasks need of the rest. */
export interface TaskRooms {
  readonly store: Store;
  readonly vault: Vault;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: NextcloudAccounts;
  readonly lines: Lines;
  adapter(platform: string): Adapter;
  /** Words of our own as they are said on a platform, with its commands. */
  spell(platform: string, words: string): string;
  /** Bytes of one file that is put into Nextcloud. */
  readonly fileBytes: number;
  /** Files are held in memory on their way. */
  readonly carry: FewAtOnce;
  readonly random?: () => number;
}

/** One task that runs here. */
export interface RunningTask {
  dispatch(event: TaskEvent): void;
  /** Stops without a word: somebody else has the task now, or will. */
  abandon(): void;
  /** Puts the job back to wait; quietly does nothing when it has ended or is another's. */
  giveBack(): Promise<void>;
  /** Resolves when the task has ended in the store, or was let go; rejects when the store failed. */
  readonly over: Promise<void>;
}

/** Runs a task's job from where it stands: performs the reducer's effects and feeds it what comes of them. */
export function runTask(
  rooms: TaskRooms,
  { job, lost }: { readonly job: Job; readonly lost: AbortSignal },
): RunningTask {
  const { store, delivery, clock, accounts } = rooms;
  const random = rooms.random ?? Math.random;
  const request = decodeRequest(job.payload, rooms.vault);
  const log = rooms.log.child({ task: job.id });
  const gone = new AbortController();
  const over = Promise.withResolvers<void>();
  const timers = new Set<() => void>();
  const spell = (problem: Problem) => ({ ...problem, say: rooms.spell(request.place.platform, problem.say) });
  const files = createTaskFiles({ ...rooms, log, spell }, job, request);
  let state: TaskState = resumeTask(job, request.order, clock.now());
  let reply: LiveReply | null = null;
  let ended = false;

  const checkpoints = createCheckpoints(store.jobs, job, {
    lost: abandon,
    failed: (error) =>
      log.warn({ error }, 'a task could not be left in the store, or given back: then its lease will run out'),
  });

  const talk = { state: () => state, dispatch, written: checkpoints.written, gone: gone.signal, later };
  const remote = createRemote({ ...rooms, log, spell }, { job, request, files }, talk);

  function dispatch(event: TaskEvent): void {
    if (ended) return;
    const [next, effects] = reduceTask(state, event);
    state = next;
    for (const effect of effects) perform(effect);
  }

  function perform(effect: TaskEffect): void {
    switch (effect.do) {
      case 'place':
        follow(place());
        break;
      case 'prepare':
      case 'order':
      case 'cancel':
      case 'fetch':
        follow(remote[effect.do]());
        break;
      case 'post':
        follow(post());
        break;
      case 'later':
        later(jittered(effect.ms, random), () => again(effect.what));
        break;
      case 'show':
        theReply().show(effect.view);
        break;
      case 'finish':
        follow(finish(effect.view));
        break;
      case 'checkpoint':
        checkpoints.leave(state);
        break;
      case 'end':
        end().then(over.resolve, over.reject);
        break;
    }
  }

  function again(what: Extract<TaskEffect, { do: 'later' }>['what']): void {
    if (what === 'poll') {
      if (state.phase === 'waiting') follow(remote.poll());
    } else perform({ do: what });
  }

  function later(ms: number, task: () => void): void {
    const cancelTimer = clock.after(ms, () => {
      timers.delete(cancelTimer);
      if (!ended) task();
    });
    timers.add(cancelTimer);
  }

  /** What an effect throws happened to the task. */
  function follow(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const problem = spell(problemOf(error));
      if (ended || problem.kind === 'stopped') return;
      log.warn({ kind: problem.kind, detail: problem.detail, ...(problem.kind === 'bug' && { error }) }, 'task failed');
      dispatch({ type: 'failed', problem });
    });
  }

  async function place(): Promise<void> {
    const titleLength = (platform: string) => rooms.adapter(platform).limits.titleLength;
    const found = await placeOf({ delivery, clock, log, titleLength }, job, request);
    delivery.busy(found, 'working on it…');
    dispatch({ type: 'placed', place: found, at: clock.now() });
  }

  async function post(): Promise<void> {
    const identity = await accounts.owning(request.account);
    const { seen, result, place: at } = state;
    if (identity && seen && result && at) {
      for (const [index, file] of result.files.entries()) {
        if (index < state.posted || ended) continue;
        await files.post(identity.nc, seen, file, { place: at, index, sure: job.attempts === 1 }, gone.signal);
        if (ended) return;
        dispatch({ type: 'posted', count: index + 1 });
        await checkpoints.written();
      }
    }
    dispatch({ type: 'settled' });
  }

  /** The live reply. Made once: after a crash it finds the messages that already stand. */
  function theReply(): LiveReply {
    reply ??= delivery.reply({
      lease: job,
      job: job.id,
      generation: 0,
      place: state.place ?? request.conversation,
      via: answersTrigger(request) ? request.trigger : null,
      after: request.message,
      reuse: [],
      expiresAt: job.expiresAt,
      ...(request.private && { answerUser: request.asker.ref }),
    });
    return reply;
  }

  /** The last edit. Whatever becomes of it, nothing more is shown then but files. */
  async function finish(view: View): Promise<void> {
    stopTimers();
    remote.leaveLine();
    if (state.place) delivery.busy(state.place, null);
    const delivered = await theReply().finish(view);
    if (delivered.ok) return dispatch({ type: 'delivered' });
    const { problem } = delivered;
    // Another process has the task now, or will: its result is theirs to show.
    if (problem.kind === 'stopped') return abandon();
    if (ended) return;
    log.warn({ kind: problem.kind, detail: problem.detail }, 'a result could not be shown');
    const markdown = notShown(state, problem);
    await delivery.tell(request.asker.ref, request.place, { markdown, controls: null }, request.trigger);
    dispatch({ type: 'undelivered' });
  }

  async function end(): Promise<void> {
    ended = true;
    stopTimers();
    const { problem, cancelled, startedAt } = state;
    const outcome = problem?.kind ?? (state.result ? 'done' : cancelled ? 'cancelled' : 'gone');
    log.info({ ms: clock.now() - startedAt, number: state.seen?.id, outcome }, 'task over');
    checkpoints.leave(state);
    await checkpoints.written();
    const then = whatFollows(job, request, state, rooms.vault, clock.now());
    await store.jobs.finish(job, 'done', problem?.detail ?? null, then, clock.now());
  }

  function stopTimers(): void {
    for (const cancelTimer of timers) cancelTimer();
    timers.clear();
  }

  function abandon(): void {
    if (ended) return;
    ended = true;
    stopTimers();
    gone.abort();
    reply?.abandon();
    over.resolve();
  }

  lost.addEventListener('abort', abandon, { once: true });
  dispatch({ type: 'begin' });
  return { dispatch, abandon, giveBack: () => checkpoints.giveBack(clock.now()), over: over.promise };
}
