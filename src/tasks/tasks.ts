import type { LinkedAccount } from '../accounts/nextcloud-links.ts';
import { problemOf } from '../chat/errors.ts';
import type { Trigger } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import { type MessageRef, messageKey, type Place, userKey } from '../chat/places.ts';
import type { Done } from '../commands/desk.ts';
import { removeUpload } from '../nextcloud/files.ts';
import type { LoginFlow } from '../nextcloud/login-flow.ts';
import type { Job, NewJob } from '../store/port.ts';
import { createTaskBook } from './book.ts';
import { awaitGrant, connectJob, dropUnconfirmed, newestFlow } from './connect.ts';
import { chained, tidyOrder } from './follow.ts';
import { awayDelay } from './poll.ts';
import { decodeRequest, encodeRequest, type TaskRequest } from './request.ts';
import { type RunningTask, runTask, type TaskRooms } from './runner.ts';
import { savedTask, type TaskState } from './state.ts';

/** A task as its person sees it in a list. */
export interface OwnTask {
  readonly job: Job;
  readonly request: TaskRequest;
  /** Null before it has begun. */
  readonly state: TaskState | null;
}

/** Nextcloud's tasks that were asked for in chat. */
export interface Tasks {
  /** Performs one job of the lane to its end. Rejects only when the store does. */
  run(held: { readonly job: Job; readonly lost: AbortSignal }): Promise<void>;
  /** Records a request under its event's key. Null when that key was recorded before. */
  add(key: string, request: TaskRequest): Promise<Job | null>;
  /** Waits in the background for the grant of a login flow. */
  connect(key: string, flow: LoginFlow, who: { person: Person; place: Place; requester: string }): Promise<void>;
  /** Calls a task off, if this person may. */
  cancel(person: Person, job: string): Promise<Done>;
  /** The message that asked for it was deleted: what runs or waits for it is called off. */
  withdraw(message: MessageRef): Promise<void>;
  /** Does a failed task again, once however often it is wanted; what is shown comes through `trigger` when it is private. */
  again(person: Person, job: string, trigger: Trigger | null): Promise<Done>;
  /** Goes on with a task's result, for whoever wants it. */
  chain(person: Person, job: string, trigger: Trigger | null): Promise<Done>;
  /** The person's newest tasks, the newest first. */
  of(person: Person): Promise<readonly OwnTask[]>;
  forget(person: Person, job: string): Promise<void>;
  /** Whose a task is, where it stands, and whether it is for its asker alone; null when it is not known. */
  about(job: string): Promise<{ readonly asker: Person; readonly place: Place; readonly private: boolean } | null>;
  /** Lets go of every running task without a word and gives it back to the queue: the next process takes it up again. */
  abandon(): Promise<void>;
}

/** What tasks need beside {@link TaskRooms}. */
export interface TasksRooms extends TaskRooms {
  isAdmin(person: Person): boolean;
  /** There is something new in the lane. */
  wake(): void;
  /** Asks somebody alone whether an account is theirs. */
  ask(person: Person, place: Place, account: LinkedAccount): Promise<unknown>;
}

/** Tries to take files away. */
const TIDYINGS = 8;
const DONE: Done = { done: true };

/** See {@link Tasks}. */
export function createTasks(rooms: TasksRooms): Tasks {
  const { store, vault, clock, log, accounts } = rooms;
  const book = createTaskBook(store.settings, store.jobs);
  const running = new Map<string, RunningTask>();
  const grants = new AbortController();

  async function run(held: { readonly job: Job; readonly lost: AbortSignal }): Promise<void> {
    const { job, lost } = held;
    switch (job.kind) {
      case 'tidy':
        return tidy(job);
      case 'connect': {
        const tell = (person: Person, place: Place, words: string) =>
          rooms.delivery.tell(
            person.ref,
            place,
            { markdown: rooms.spell(place.platform, words), controls: null },
            null,
          );
        const gone = AbortSignal.any([lost, grants.signal]);
        await awaitGrant({ ...rooms, tell, ask: rooms.ask }, job, gone);
        if (grants.signal.aborted) await store.jobs.retry(job, clock.now(), 'let go of');
        return;
      }
      case 'unconfirmed':
        return dropUnconfirmed(rooms, job);
      default:
    }
    await book.add(decodeRequest(job.payload, vault).asker.ref, job.id);
    const task = runTask(rooms, held);
    running.set(job.id, task);
    try {
      await task.over;
    } finally {
      running.delete(job.id);
    }
    // Something may follow at once.
    rooms.wake();
  }

  /** Takes a task's files away again. Whoever's Nextcloud it is would find them there for ever. */
  async function tidy(job: Job): Promise<void> {
    const { account, paths } = tidyOrder.parse(JSON.parse(job.payload));
    const identity = await accounts.owning(account);
    try {
      for (const path of identity ? paths : []) if (identity) await removeUpload(identity.nc, path);
    } catch (error) {
      const problem = identity ? await accounts.judge(identity, error) : problemOf(error);
      log.info({ job: job.id, kind: problem.kind, detail: problem.detail }, 'files could not be taken away');
      if (problem.retry.when !== 'never' && job.attempts < TIDYINGS) {
        await store.jobs.retry(job, clock.now() + 30 * awayDelay(job.attempts), problem.detail);
        return;
      }
    }
    await store.jobs.finish(job, 'done', null, [], clock.now());
  }

  async function add(key: string, request: TaskRequest): Promise<Job | null> {
    const now = clock.now();
    const made: NewJob = {
      key,
      lane: 'task',
      conversation: null,
      kind: 'task',
      payload: encodeRequest(request, vault),
      notBefore: 0,
      expiresAt: now + store.keptMs,
      person: userKey(request.asker.ref),
    };
    const job = await store.jobs.accept(made, now);
    if (job) rooms.wake();
    return job;
  }

  async function find(id: string): Promise<OwnTask | null> {
    const job = await store.jobs.get(id);
    if (job?.lane !== 'task' || job.kind !== 'task') return null;
    return { job, request: decodeRequest(job.payload, vault), state: savedTask(job) };
  }

  function refused(person: Person, { request }: OwnTask): Done | null {
    const { asker } = request;
    if (userKey(asker.ref) === userKey(person.ref) || rooms.isAdmin(person)) return null;
    return { done: false, why: `Only ${asker.name}, who asked, can do that.` };
  }

  return {
    run,
    add,
    async connect(key, flow, who) {
      const job = connectJob(key, flow, who, vault);
      await newestFlow(store.settings, userKey(who.person.ref)).set(job);
      await store.jobs.accept(job, clock.now());
      rooms.wake();
    },
    async cancel(person, id) {
      const task = await find(id);
      if (!task) return { done: false, why: UNKNOWN };
      const no = refused(person, task);
      if (no) return no;
      const here = running.get(id);
      here?.dispatch({ type: 'cancel', at: clock.now() });
      if (here) return DONE;
      // What has begun must be called off in Nextcloud too, and its message ended: whoever takes it up does that.
      if (!task.state && (await store.jobs.cancel(id))) return DONE;
      const state = (await store.jobs.get(id))?.state;
      if (state !== 'running' && state !== 'waiting') return { done: false, why: 'That task is already over.' };
      return { done: false, why: 'I am just taking that task up again. Please try once more in a few seconds.' };
    },
    async withdraw(message) {
      const job = await store.jobs.byKey(messageKey(message));
      if (job?.lane !== 'task') return;
      running.get(job.id)?.dispatch({ type: 'cancel', at: clock.now() });
      if (!savedTask(job)) await store.jobs.cancel(job.id);
    },
    async again(person, id, trigger) {
      const task = await find(id);
      if (!task) return { done: false, why: UNKNOWN };
      const no = refused(person, task);
      if (no) return no;
      // Its result would come to whoever pressed, who is not to see it.
      if (task.request.private && userKey(task.request.asker.ref) !== userKey(person.ref))
        return { done: false, why: `Only ${task.request.asker.name}, who asked, can do that.` };
      if (task.state?.phase !== 'over' || task.state.result)
        return { done: false, why: 'That task has not failed, so there is nothing to do again.' };
      const { request } = task;
      const conversation = task.state.place ?? request.conversation;
      const wanted = { ...request, conversation, announce: null, at: clock.now(), replaces: id };
      const added = await add(`rerun:${id}`, { ...wanted, trigger: request.private ? trigger : null });
      return added ? DONE : { done: false, why: 'That is being done again already; look below.' };
    },
    async chain(person, id, trigger) {
      const task = await find(id);
      if (!task?.state?.result) return { done: false, why: UNKNOWN };
      const { request, state } = task;
      if (request.private && userKey(request.asker.ref) !== userKey(person.ref))
        return { done: false, why: `Only ${request.asker.name}, who asked, can do that.` };
      const next = chained(request, task.state.result.bare, state);
      if (!next) return { done: false, why: 'There is nothing to go on with.' };
      const account = (await accounts.asking(person)).owner;
      const wanted = { ...next, asker: person, account, at: clock.now(), trigger: request.private ? trigger : null };
      const added = await add(`chain:${id}`, wanted);
      return added ? DONE : { done: false, why: 'That has been asked for already; look below.' };
    },
    async of(person) {
      const jobs = await book.of(person.ref);
      return jobs.map((job) => ({ job, request: decodeRequest(job.payload, vault), state: savedTask(job) }));
    },
    forget: (person, job) => book.remove(person.ref, job),
    async about(id) {
      const task = await find(id);
      if (!task) return null;
      const { asker, conversation, private: isPrivate } = task.request;
      return { asker, place: task.state?.place ?? conversation, private: isPrivate };
    },
    async abandon() {
      grants.abort();
      const tasks = [...running.values()];
      for (const task of tasks) task.abandon();
      await Promise.all(tasks.map((task) => task.giveBack()));
      rooms.lines.stop();
    },
  };
}

const UNKNOWN = 'I no longer know that task. Please ask again.';
