import { expect, test } from 'vitest';
import { runAll } from './stream/lanes.ts';
import { measure } from './stream/measure.ts';
import { BRIEF } from './stream/scenarios.ts';

test('the bench runs on both platforms, and nothing of an answer is lost or refused', async () => {
  const jobs = BRIEF.map((scenario) => ({ scenario, policy: 'parley' as const }));
  const outcomes = await runAll(jobs, { Discord: 1, Slack: 1 }, () => undefined);
  expect(outcomes.map(({ scenario }) => scenario).sort()).toEqual(['Discord, brief', 'Slack, brief']);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ lost: 0, refused: 0 });
    expect(outcome.callsPerReply).toBeGreaterThanOrEqual(2);
    // A text that is visible before it is written, or never, would fall out of this.
    expect(outcome.D).toBeGreaterThan(0.1);
    expect(outcome.D).toBeLessThan(30);
  }
}, 240_000);

test('delay, first word, lag and losses are read off the history', () => {
  const produced = [
    { at: 0, length: 4 },
    { at: 1_000, length: 10 },
  ];
  const changes = [
    { at: 500, message: 'a', text: 'One ' },
    { at: 900, message: 'other', text: 'One two th' },
    { at: 1_200, message: 'a', text: 'One two ' },
    { at: 1_500, message: 'b', text: 'th' },
  ];
  // 3 characters wait 500 ms, 3 wait 200 ms, 2 wait 500 ms.
  const seen = { staleness: 3 * 500 + 3 * 200 + 2 * 500, characters: 8, first: 500, lag: 500, lost: 0 };
  expect(measure('One two th', produced, changes, ['a', 'b'])).toEqual(seen);
  expect(measure('One two th', produced, changes.slice(0, 3), ['a']).lost).toBe(2);
  expect(measure('One two th', produced, [...changes].reverse(), ['b', 'a']).lost).toBe(8);
});
