import type { Job, Jobs } from './port.ts';

/** What a runner leaves of its job in the store, one write after the other, for as long as the job is its own. */
export interface Checkpoints {
  /** Leaves this, as JSON, to go on from. */
  leave(state: unknown): void;
  /** Resolves when all that was left so far stands in the store, or could not be written. */
  written(): Promise<void>;
  /** Puts the job back to wait for whoever comes next; quietly does nothing when it has ended or is another's. Never rejects. */
  giveBack(now: number): Promise<void>;
}

/** See {@link Checkpoints}. `lost` is called when the job turns out to be another's, `failed` for each write that the store did not take. */
export function createCheckpoints(
  jobs: Pick<Jobs, 'checkpoint' | 'retry'>,
  job: Job,
  { lost, failed }: { lost(): void; failed(error: unknown): void },
): Checkpoints {
  let writing = Promise.resolve();
  return {
    leave(state) {
      const json = JSON.stringify(state);
      writing = writing
        .then(() => jobs.checkpoint(job, json))
        .then((held) => {
          if (!held) lost();
        })
        .catch(failed);
    },
    written: () => writing,
    async giveBack(now) {
      await writing;
      await jobs.retry(job, now, 'let go of').catch(failed);
    },
  };
}
