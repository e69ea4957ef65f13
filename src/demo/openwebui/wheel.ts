import type { Clock } from '../../chat/clock.ts';

/**
 * Timers for many streams at once: waits are rounded up to a slot, and one timer of the clock serves all of them.
 * A thousand streams of twenty pieces a second cost a hundred wake-ups a second, not twenty thousand.
 */
export class Wheel {
  readonly #clock: Clock;
  readonly #slot: number;
  readonly #slots = new Map<number, Set<() => void>>();
  #cancel: (() => void) | null = null;
  #next = Number.POSITIVE_INFINITY;

  /** @param slot width of a slot in milliseconds. */
  constructor(clock: Clock, slot = 10) {
    this.#clock = clock;
    this.#slot = slot;
  }

  /** Runs `task` after at least `ms`, in the order of asking within a slot. The returned function cancels it. */
  after(ms: number, task: () => void): () => void {
    const due = Math.ceil((this.#clock.now() + Math.max(0, ms)) / this.#slot);
    const tasks = this.#slots.get(due) ?? new Set();
    // A wrapper, so that the same function may wait twice.
    const entry = () => task();
    tasks.add(entry);
    this.#slots.set(due, tasks);
    if (due < this.#next) this.#arm(due);
    return () => {
      tasks.delete(entry);
      if (tasks.size === 0 && this.#slots.get(due) === tasks) this.#slots.delete(due);
      if (this.#slots.size === 0) this.stop();
    };
  }

  /** Forgets every wait. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#next = Number.POSITIVE_INFINITY;
    this.#slots.clear();
  }

  #arm(due: number): void {
    this.#cancel?.();
    this.#next = due;
    this.#cancel = this.#clock.after(Math.max(0, due * this.#slot - this.#clock.now()), () => this.#turn());
  }

  #turn(): void {
    this.#cancel = null;
    this.#next = Number.POSITIVE_INFINITY;
    const now = Math.floor(this.#clock.now() / this.#slot);
    const due = [...this.#slots.keys()].filter((slot) => slot <= now).sort((a, b) => a - b);
    for (const slot of due) {
      const tasks = this.#slots.get(slot);
      this.#slots.delete(slot);
      for (const task of tasks ?? []) task();
    }
    const next = Math.min(...this.#slots.keys());
    if (Number.isFinite(next) && next < this.#next) this.#arm(next);
  }
}
