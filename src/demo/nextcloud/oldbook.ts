import type { Task } from './book.ts';
import type { OldType } from './catalogue.ts';

/** A task of the old API: a number of its own, and the work behind it. */
export interface OldTask {
  readonly id: number;
  readonly type: OldType;
  readonly input: string;
  readonly identifier: string;
  /** Whether the provider said how long it takes; then 28 runs it inside `schedule`. */
  readonly expected: boolean;
  readonly task: Task;
}

const mostTasks = 1000;

/** The old API's tasks, bounded: the oldest go. */
export class OldBook {
  readonly #tasks = new Map<number, OldTask>();
  #next = 1;

  add(task: Omit<OldTask, 'id'>): OldTask {
    const added = { ...task, id: this.#next++ };
    this.#tasks.set(added.id, added);
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size > mostTasks && oldest !== undefined) this.#tasks.delete(oldest);
    return added;
  }

  get(id: number): OldTask | null {
    return this.#tasks.get(id) ?? null;
  }

  remove(id: number): void {
    this.#tasks.delete(id);
  }

  all(): readonly OldTask[] {
    return [...this.#tasks.values()];
  }
}
