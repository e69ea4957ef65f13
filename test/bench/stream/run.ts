import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../figures.ts';
import { prose, write } from './answer.ts';
import { boundOf, windowBoundOf } from './bound.ts';
import { fixedTimer } from './fixed-timer.ts';
import type { Ground } from './ground.ts';
import { measure } from './measure.ts';
import { parley } from './parley.ts';
import { type Counts, counted, type Policy } from './policy.ts';
import { roundRobin } from './round-robin.ts';
import { type Scenario, speedsOf } from './scenarios.ts';

/** The policies that are compared, by the names that tables show. */
export const POLICIES = { parley, 'round robin': roundRobin, 'fixed timer': fixedTimer } satisfies Record<
  string,
  Policy
>;
export type PolicyName = keyof typeof POLICIES;

/** What one policy did in one scenario. Times are milliseconds but for D and D*, which are seconds. */
export interface Outcome {
  readonly scenario: string;
  readonly policy: PolicyName;
  readonly D: number;
  /** Null where the answers do not run together. */
  readonly best: number | null;
  readonly ratio: number | null;
  /** Against what windows allow; null where the limit is a token bucket. */
  readonly ratioInWindows: number | null;
  readonly firstMean: number;
  readonly firstWorst: number;
  readonly lagMean: number;
  readonly lagP95: number;
  readonly callsPerReply: number;
  /** Answers of the server with 429. */
  readonly refused: number;
  /** Calls that the client's own book-keeping stopped before they left. */
  readonly heldBack: number;
  readonly lost: number;
}

/** What is left of an earlier scenario in the client's own book-keeping is gone after this, in milliseconds. */
const REST_MS = 300;

/** Runs one scenario under one policy. */
export async function run(ground: Ground, scenario: Scenario, name: PolicyName): Promise<Outcome> {
  const counts: Counts = { calls: 0, busy: 0 };
  const running = POLICIES[name](counted(ground.adapter, scenario.believed, counts));
  const places = await ground.prepare(scenario, running.learn);
  await sleep(REST_MS);
  const speeds = speedsOf(scenario);
  const answers = await Promise.all(
    places.map(async (place, at) => {
      const speed = speeds[at] ?? 0;
      const text = prose(Math.round(speed * scenario.seconds), at + 1);
      await sleep(at * scenario.apart * 1000);
      const shown = running.reply(place, `${scenario.name} ${name} ${at}`);
      const produced = await write(text, speed, shown);
      return { text, produced, messages: shown.messages() };
    }),
  );
  await running.stop();
  const changes = await ground.changes(places);
  const seen = answers.map(({ text, produced, messages }) => measure(text, produced, changes, messages));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const mean = (values: readonly number[]) => sum(values) / values.length;
  const D = sum(seen.map((one) => one.staleness)) / sum(seen.map((one) => one.characters)) / 1000;
  const best = boundOf(scenario);
  const inWindows = windowBoundOf(scenario);
  const refused = (await ground.refused()) ?? counts.busy;
  return {
    scenario: scenario.name,
    policy: name,
    D,
    best,
    ratio: best === null ? null : D / best,
    ratioInWindows: inWindows === null ? null : D / inWindows,
    firstMean: mean(seen.map((one) => one.first)),
    firstWorst: Math.max(...seen.map((one) => one.first)),
    lagMean: mean(seen.map((one) => one.lag)),
    lagP95: quantile(
      seen.map((one) => one.lag),
      0.95,
    ),
    callsPerReply: counts.calls / scenario.replies,
    refused,
    heldBack: Math.max(0, counts.busy - refused),
    lost: sum(seen.map((one) => one.lost)),
  };
}
