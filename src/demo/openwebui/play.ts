import type { Step } from './model.ts';
import type { Wheel } from './wheel.ts';

/** Where the steps of an answer go. */
export interface Sink {
  /** Takes one piece. Answers false when it is full; then {@link Sink.ready} is called once. */
  take(step: Exclude<Step, { wait: number } | { cut: true } | { hold: true }>): boolean;
  /** Calls back when there is room again. */
  ready(resume: () => void): void;
  /** The answer is over. */
  end(): void;
  /** The connection shall break here. */
  cut(): void;
}

/** An answer being given. */
export interface Playing {
  /** Gives nothing more. Calls neither `end` nor `cut`. */
  stop(): void;
}

/** Gives the steps one after the other, waiting where they say so and while the sink is full. */
export function play(steps: Iterable<Step>, wheel: Wheel, sink: Sink): Playing {
  const iterator = steps[Symbol.iterator]();
  let cancel: (() => void) | null = null;
  let stopped = false;

  const go = (): void => {
    cancel = null;
    while (!stopped) {
      const next = iterator.next();
      if (next.done === true) {
        sink.end();
        return;
      }
      const step = next.value;
      if ('wait' in step) {
        if (step.wait <= 0) continue;
        cancel = wheel.after(step.wait, go);
        return;
      }
      if ('hold' in step) return;
      if ('cut' in step) {
        sink.cut();
        return;
      }
      if (!sink.take(step)) {
        sink.ready(go);
        return;
      }
    }
  };

  // Never in the caller's own turn, so that a sink is whole before its first piece comes.
  cancel = wheel.after(0, go);
  return {
    stop() {
      stopped = true;
      cancel?.();
      iterator.return?.();
    },
  };
}
