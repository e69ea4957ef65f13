import type { Outcome } from './run.ts';
import { LATENCY, type Scenario } from './scenarios.ts';

/** One aim of a scenario, and what came of it. */
export interface Aim {
  readonly name: 'D/D*' | '429s' | 'lost' | 'first word' | 'lag p95';
  readonly value: number;
  /** At most. */
  readonly aim: number;
  readonly met: boolean;
}

/**
 * What Parley is held to in a scenario: D/D* 1.15 alone and 1.35 together at published limits; no 429 there and 3 at lower ones; nothing
 * lost; the first word within mean latency + 150 ms; lag p95 500 ms where the scope is not saturated, that is, where an edit is in reserve
 * for each answer that ends: not with a burst of 1, nor where several end at one moment.
 */
export function aimsOf(scenario: Scenario, outcome: Outcome): readonly Aim[] {
  const { kind, replies, edits } = scenario;
  const aims: [Aim['name'], number, number][] = [
    ['429s', outcome.refused, kind === 'lower' ? 3 : 0],
    ['lost', outcome.lost, 0],
    ['first word', outcome.firstMean, (LATENCY.min + LATENCY.max) / 2 + 150],
  ];
  if (outcome.ratio !== null && kind === 'nominal') aims.unshift(['D/D*', outcome.ratio, replies === 1 ? 1.15 : 1.35]);
  const reserve = edits.burst >= 2 && (replies === 1 || kind === 'apart');
  if (reserve) aims.push(['lag p95', outcome.lagP95, 500]);
  return aims.map(([name, value, aim]) => ({ name, value, aim, met: rounded(name, value) <= aim }));
}

/** Why an aim cannot be met there, as far as that is known. */
export function reasonFor({ platform, replies, edits, posts, seconds }: Scenario, name: Aim['name']): string | null {
  if (platform !== 'Discord') return null;
  if (name === 'D/D*') {
    const bucket = edits.perSecond * seconds + edits.burst;
    return `the limit counts in windows, which give ${bucket - edits.burst} calls in ${seconds} s where the bound has ${bucket} (figure in brackets)`;
  }
  if (name === 'lag p95')
    return 'the last call of a window is spent in its last second, and a text that ends just then waits for the next';
  if (name !== 'first word' || replies === 1) return null;
  return replies > posts.burst
    ? `only ${posts.burst} messages may begin in one channel in ${posts.burst / posts.perSecond} s`
    : 'discord.js sends the new messages of one channel one after the other';
}

function rounded(name: Aim['name'], value: number): number {
  return name === 'D/D*' ? Math.round(value * 100) / 100 : Math.round(value);
}
