import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { Log } from '../ops/log.ts';
import type { Job, Jobs, Lane as LaneName } from '../store/port.ts';

/** What a worker gets with a job: `lost` fires when the lease was lost, after which nothing may be written any more. */
export interface Held {
  readonly job: Job;
  readonly lost: AbortSignal;
}

/** Works off one lane of the queue. */
export interface Lane {
  /** There may be something new: look. Cheap, may be called at any time. */
  wake(): void;
  /** Takes no more jobs and waits until the running ones have ended, at most `drainMs`. */
  stop(drainMs: number): Promise<void>;
  running(): number;
}

function noTimer(): void {
  // Stands for a timer that has not been set.
}

/** How often a job that ends in an error nobody expected is tried before it is given up. */
const TRIES = 3;

/**
 * Runs a lane: claims jobs while there are any and places free, keeps their leases alive, and comes back by itself when the
 * next one is due. `run` ends its job in the store (`finish` or `retry`); one that throws is tried again, thrice in all.
 * A claim that fails because the store does is logged and tried again after a second, for ever: accepted jobs are not lost.
 */
export function createLane(options: {
  lane: LaneName;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** Jobs that may run at once. */
  most: number;
  leaseMs: number;
  run(held: Held): Promise<void>;
}): Lane {
  const { lane, jobs, clock, log, leaseMs } = options;
  const running = new Set<Promise<void>>();
  /** Jobs under lease, each with what tells its work that the lease was lost. */
  const held = new Map<Job, AbortController>();
  let stopped = false;
  let looking = false;
  let again = false;
  let cancelTimer = noTimer;
  let cancelRenewal = noTimer;
  let renewAt = Number.POSITIVE_INFINITY;

  async function look(): Promise<void> {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    do {
      again = false;
      await claimAll();
    } while (again && !stopped);
    looking = false;
  }

  async function claimAll(): Promise<void> {
    cancelTimer();
    // After a long sleep of the machine our own leases have ended: renew them before looking for jobs whose lease has ended.
    if (clock.now() >= renewAt) await renewAll();
    try {
      while (!stopped && running.size < options.most) {
        const job = await jobs.claim(lane, clock.now(), leaseMs);
        if (!job) break;
        const work = hold(job).finally(() => {
          running.delete(work);
          wake();
        });
        running.add(work);
      }
      const next = stopped ? null : await jobs.nextAt(lane);
      // A lease of our own that is being renewed would come due for ever: look again no sooner than it could truly end.
      if (next !== null && !stopped)
        cancelTimer = clock.after(Math.max(next - clock.now(), running.size > 0 ? 1000 : 50), wake);
    } catch (error) {
      log.error({ lane, error }, 'the queue could not be read');
      if (!stopped) cancelTimer = clock.after(1000, wake);
    }
  }

  async function hold(job: Job): Promise<void> {
    const lost = new AbortController();
    held.set(job, lost);
    if (held.size === 1) renewLater();
    try {
      await options.run({ job, lost: lost.signal });
    } catch (error) {
      await settle(job, error);
    } finally {
      held.delete(job);
      if (held.size === 0) cancelRenewal();
    }
  }

  /** One write keeps all leases of the lane alive, however many there are. */
  function renewLater(): void {
    cancelRenewal();
    renewAt = clock.now() + leaseMs / 3;
    cancelRenewal = clock.after(leaseMs / 3, () => void renewAll());
  }

  async function renewAll(): Promise<void> {
    try {
      for (const lease of await jobs.renew([...held.keys()], clock.now(), leaseMs)) {
        for (const [job, lost] of held) if (job.id === lease.id && job.fence === lease.fence) lost.abort();
      }
    } catch (error) {
      log.warn({ lane, error }, 'leases could not be renewed');
    }
    if (held.size > 0) renewLater();
  }

  async function settle(job: Job, error: unknown): Promise<void> {
    const problem = problemOf(error);
    log.error({ lane, job: job.id, kind: job.kind, attempt: job.attempts, error }, 'a job failed');
    try {
      if (job.attempts < TRIES) await jobs.retry(job, clock.now() + 1000 * 2 ** job.attempts, problem.detail);
      else await jobs.finish(job, 'failed', problem.detail, [], clock.now());
    } catch (storeError) {
      log.error(
        { lane, job: job.id, error: storeError },
        'the end of a job could not be recorded; its lease will run out',
      );
    }
  }

  function wake(): void {
    if (!stopped) void look();
  }

  return {
    wake,
    running: () => running.size,
    async stop(drainMs) {
      stopped = true;
      cancelTimer();
      const limit = Promise.withResolvers<void>();
      const cancelLimit = clock.after(drainMs, limit.resolve);
      await Promise.race([Promise.allSettled(running), limit.promise]);
      cancelLimit();
      held.clear();
      cancelRenewal();
    },
  };
}
