import type { Clock } from '../../chat/clock.ts';
import type { Json } from '../openwebui/json.ts';
import { isOver, type Task, type TaskBook } from './book.ts';

/** How quickly tasks move, in milliseconds. */
export interface Pace {
  /** From scheduled to running. */
  readonly pickupMs: number;
  /** From running to the end; progress is told four times meanwhile. */
  readonly runMs: number;
}

/** What became of a task in a provider's hands. */
export type Outcome =
  | { readonly output: Json }
  /** `reason` is for people to read; null when the provider just threw. */
  | { readonly failed: true; readonly reason: string | null };

/** A second or three, as on a server with a worker. */
export const humanPace: Pace = { pickupMs: 700, runMs: 1800 };

const steps = 4;

/** Takes scheduled tasks from the book and runs them at a pace, each by itself. Held, it takes none. */
export class Worker {
  readonly #clock: Clock;
  readonly #book: TaskBook;
  readonly #pace: Pace;
  readonly #provider: (task: Task) => Outcome;
  readonly #timers = new Map<number, () => void>();
  #held: boolean;

  constructor(options: {
    clock: Clock;
    book: TaskBook;
    pace: Pace;
    held: boolean;
    provider: (task: Task) => Outcome;
  }) {
    this.#clock = options.clock;
    this.#book = options.book;
    this.#pace = options.pace;
    this.#held = options.held;
    this.#provider = options.provider;
    this.#book.watch((task, change) => {
      if (change === 'added' && !this.#held) this.#take(task);
      if (change === 'ended' || change === 'removed') this.#drop(task);
    });
  }

  /** Takes no further task, and leaves the running ones where they are. */
  hold(): void {
    this.#held = true;
    this.stop();
  }

  /** Goes to work again: waiting tasks are picked up, running ones begin their run anew. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    for (const task of this.#waiting()) this.#take(task);
  }

  /** Runs everything that waits to its end, now, held or not. Says how many tasks that were. */
  work(): number {
    const waiting = this.#waiting();
    for (const task of waiting) this.run(task);
    return waiting.length;
  }

  /** Runs one task to its end, now. Does nothing when it is over. */
  run(task: Task): void {
    if (isOver(task)) return;
    this.#book.start(task);
    const outcome = this.#provider(task);
    if ('output' in outcome) this.#book.finish(task, outcome.output);
    else this.#book.fail(task, outcome.reason);
  }

  /** Cancels every timer. */
  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #waiting(): readonly Task[] {
    return this.#book.all().filter((task) => !isOver(task));
  }

  #take(task: Task): void {
    this.#after(task, this.#pace.pickupMs, () => {
      this.#book.start(task);
      this.#step(task, 1, this.#pace.runMs);
    });
  }

  #step(task: Task, step: number, runMs: number): void {
    const slow = slowness(task) ?? runMs;
    this.#after(task, slow / steps, () => {
      if (step >= steps) return this.run(task);
      this.#book.progress(task, step / steps);
      this.#step(task, step + 1, runMs);
    });
  }

  #after(task: Task, ms: number, next: () => void): void {
    this.#drop(task);
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(task.id);
      next();
    });
    this.#timers.set(task.id, cancel);
  }

  #drop(task: Task): void {
    this.#timers.get(task.id)?.();
    this.#timers.delete(task.id);
  }
}

/** An input that begins with `slow:4` takes four seconds: a way to see a long task. */
function slowness(task: Task): number | null {
  const seconds = /^slow:(\d{1,2})\b/.exec(String(task.input.input ?? ''))?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
