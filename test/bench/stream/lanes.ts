import { openDiscord } from './discord.ts';
import type { Ground } from './ground.ts';
import { type Outcome, type PolicyName, run } from './run.ts';
import type { PlatformName, Scenario } from './scenarios.ts';
import { openSlack } from './slack.ts';

/** One scenario under one policy. */
export interface Job {
  readonly scenario: Scenario;
  readonly policy: PolicyName;
}

const OPEN = { Discord: openDiscord, Slack: openSlack } satisfies Record<
  PlatformName,
  (seed: number) => Promise<Ground>
>;

/**
 * Runs all jobs, several at once. Each lane has a server process and an adapter of its own, so that jobs which run together share
 * nothing but the machine.
 */
export async function runAll(
  jobs: readonly Job[],
  lanes: Readonly<Record<PlatformName, number>>,
  told: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const alive = setInterval(() => undefined, 1_000);

  async function lane(platform: PlatformName, waiting: Job[], seed: number): Promise<void> {
    if (waiting.length === 0) return;
    const ground = await OPEN[platform](seed);
    try {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        const outcome = await run(ground, job.scenario, job.policy);
        outcomes.push(outcome);
        told(outcome);
      }
    } finally {
      await ground.close();
    }
  }

  try {
    const all = (['Discord', 'Slack'] as const).flatMap((platform) => {
      const waiting = jobs.filter(({ scenario }) => scenario.platform === platform);
      return Array.from({ length: lanes[platform] }, (_, at) => lane(platform, waiting, at + 1));
    });
    // All of them end before a failure is told, so that no server is left behind.
    for (const ended of await Promise.allSettled(all)) if (ended.status === 'rejected') throw ended.reason;
  } finally {
    clearInterval(alive);
  }
  return outcomes;
}
