import type { Job } from '../store/port.ts';
import { createAnswering } from './answering.ts';
import { type RunningTurn, runTurn, type TurnRooms } from './runner.ts';

/** Turns that run in this process. */
export interface Turns {
  /** Performs a turn's job from where it stands to its end. Rejects only when the store does. */
  run(held: { readonly job: Job; readonly lost: AbortSignal }): Promise<void>;
  /** Stops a running turn, keeping what is there. False: it does not run here. */
  stop(job: string): boolean;
  /** Stops a turn as soon as it runs here: for one that has been taken from the queue and not been begun. */
  stopSoon(job: string): void;
  /** Lets go of every running turn without a word and gives it back to the queue: the next process takes it up again. */
  abandon(): Promise<void>;
}

/** Turns that are to be stopped once they run, at most; they wait for a moment only. */
const MOST_STOPPED = 1_000;

/** See {@link Turns}. */
export function createTurns(rooms: TurnRooms): Turns {
  const running = new Map<string, RunningTurn>();
  const toStop = new Set<string>();
  const answering = createAnswering();
  return {
    async run(held) {
      const turn = runTurn(rooms, answering, held);
      running.set(held.job.id, turn);
      if (toStop.delete(held.job.id)) turn.dispatch({ type: 'stop' });
      try {
        await turn.over;
      } finally {
        running.delete(held.job.id);
      }
    },
    stop(job) {
      const turn = running.get(job);
      turn?.dispatch({ type: 'stop' });
      return turn !== undefined;
    },
    stopSoon(job) {
      if (toStop.size < MOST_STOPPED) toStop.add(job);
    },
    async abandon() {
      const turns = [...running.values()];
      for (const turn of turns) turn.abandon();
      await Promise.all(turns.map((turn) => turn.giveBack()));
    },
  };
}
