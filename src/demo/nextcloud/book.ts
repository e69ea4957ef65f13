import type { Clock } from '../../chat/clock.ts';
import { isObject, type Json } from '../openwebui/json.ts';
import type { Files } from './files.ts';

/** The new API's names of a task's state. */
export type Status = 'STATUS_SCHEDULED' | 'STATUS_RUNNING' | 'STATUS_SUCCESSFUL' | 'STATUS_FAILED' | 'STATUS_CANCELLED';

/** A task. Times are whole Unix seconds. */
export interface Task {
  readonly id: number;
  readonly type: string;
  readonly userId: string | null;
  readonly appId: string;
  readonly input: Json;
  readonly customId: string;
  readonly includeWatermark: boolean;
  readonly completionExpectedAt: number;
  readonly scheduledAt: number;
  status: Status;
  output: Json | null;
  /** 0 to 1. */
  progress: number;
  lastUpdated: number;
  startedAt: number | null;
  endedAt: number | null;
  /** What a provider wants people to read about its failure. */
  userFacingErrorMessage: string | null;
}

/** What a new task begins with. */
export type NewTask = Pick<Task, 'type' | 'userId' | 'appId' | 'input' | 'customId' | 'includeWatermark'>;

/** Bytes that a provider made; the book keeps them as a file and puts its number in their place. */
export class Made {
  readonly bytes: Uint8Array;
  readonly type: string;

  constructor(bytes: Uint8Array, type: string) {
    this.bytes = bytes;
    this.type = type;
  }
}

/** What {@link TaskBook} tells whoever watches it. */
export type Change = 'added' | 'started' | 'progress' | 'ended' | 'removed';

const mostTasks = 1000;
/** Seconds that the server expects a task to take, until it knows better. */
const expectedSeconds = 7;

/** All tasks, and the only ways to change one. Nothing changes a task that is over. Bounded: the oldest go. */
export class TaskBook {
  readonly #clock: Clock;
  readonly #files: Files;
  readonly #tasks = new Map<number, Task>();
  readonly #watchers = new Set<(task: Task, change: Change) => void>();
  #next = 1;

  constructor(clock: Clock, files: Files) {
    this.#clock = clock;
    this.#files = files;
  }

  /** Calls `watcher` after every change. */
  watch(watcher: (task: Task, change: Change) => void): void {
    this.#watchers.add(watcher);
  }

  get(id: number): Task | null {
    return this.#tasks.get(id) ?? null;
  }

  /** All tasks, oldest first. */
  all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  add(task: NewTask): Task {
    const now = this.#seconds();
    const added: Task = {
      ...task,
      id: this.#next++,
      status: 'STATUS_SCHEDULED',
      output: null,
      progress: 0,
      completionExpectedAt: now + expectedSeconds,
      lastUpdated: now,
      scheduledAt: now,
      startedAt: null,
      endedAt: null,
      userFacingErrorMessage: null,
    };
    this.#tasks.set(added.id, added);
    for (const old of this.#tasks.values()) {
      if (this.#tasks.size <= mostTasks) break;
      this.remove(old);
    }
    this.#tell(added, 'added');
    return added;
  }

  start(task: Task): void {
    if (task.status !== 'STATUS_SCHEDULED') return;
    this.#set(task, { status: 'STATUS_RUNNING', startedAt: this.#seconds() }, 'started');
  }

  /** @param progress 0 to 1. */
  progress(task: Task, progress: number): void {
    this.start(task);
    if (task.status === 'STATUS_RUNNING') this.#set(task, { progress }, 'progress');
  }

  finish(task: Task, output: Json): void {
    this.start(task);
    if (task.status !== 'STATUS_RUNNING') return;
    const kept = Object.entries(output).map(([key, value]) => [key, this.#kept(value)]);
    this.#end(task, { status: 'STATUS_SUCCESSFUL', output: Object.fromEntries(kept), progress: 1 });
  }

  /** @param reason what people may read; null when the provider says nothing. */
  fail(task: Task, reason: string | null): void {
    this.start(task);
    if (task.status !== 'STATUS_RUNNING') return;
    this.#end(task, { status: 'STATUS_FAILED', userFacingErrorMessage: reason });
  }

  cancel(task: Task): void {
    if (isOver(task)) return;
    this.#end(task, { status: 'STATUS_CANCELLED' });
  }

  remove(task: Task): void {
    this.#tasks.delete(task.id);
    for (const id of outputFiles(task)) {
      const file = this.#files.get(id);
      if (file?.owner === null) this.#files.remove(file);
    }
    this.#tell(task, 'removed');
  }

  #end(task: Task, change: Partial<Task>): void {
    this.#set(task, { ...change, endedAt: this.#seconds() }, 'ended');
  }

  #set(task: Task, change: Partial<Task>, kind: Change): void {
    Object.assign(task, change, { lastUpdated: this.#seconds() });
    this.#tell(task, kind);
  }

  #tell(task: Task, kind: Change): void {
    for (const watcher of this.#watchers) watcher(task, kind);
  }

  #kept(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#kept(item));
    if (!(value instanceof Made)) return value;
    const changed = this.#clock.now();
    const path = `${Math.floor(changed / 1000)}-${Math.floor(Math.random() * 90_000) + 10_000}`;
    const file = this.#files.put({ owner: null, path, folder: false, type: value.type, bytes: value.bytes, changed });
    return file?.id ?? 0;
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

/** Whether a task has ended, however. */
export function isOver(task: Task): boolean {
  return task.status !== 'STATUS_SCHEDULED' && task.status !== 'STATUS_RUNNING';
}

/** Every number in a task's output that could be a file's. */
function outputFiles(task: Task): readonly number[] {
  return isObject(task.output)
    ? Object.values(task.output)
        .flat()
        .filter((value) => typeof value === 'number')
    : [];
}
