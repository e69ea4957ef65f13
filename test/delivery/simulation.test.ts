import { describe, expect, it } from 'vitest';
import { type Scenario, simulate } from './simulate.ts';

const discord = { real: { burst: 5, perSecond: 1 }, tripMs: 150, retryAfterMs: 300 };
const slack = { real: { burst: 10, perSecond: 50 / 60 }, tripMs: 200, retryAfterMs: 5_000 };
const unbursting = { ...slack, real: { burst: 1, perSecond: 50 / 60 } };

/** The runs of our reference, streaming 3.4, and those of its limits that are met in practice. */
const alone: Scenario[] = [
  { name: '5 per 5 s', replies: 1, speed: 150, ...discord },
  { name: '50 per minute, burst 10', replies: 1, speed: 150, ...slack },
  { name: '50 per minute, burst 1', replies: 1, speed: 150, ...unbursting },
  { name: '20,000 characters in parts of 2,000', replies: 1, speed: 400, seconds: 50, max: 2_000, ...discord },
];
const together: Scenario[] = [
  { name: '5 per 5 s', replies: 4, ...discord },
  { name: '5 per 5 s', replies: 10, ...discord },
  { name: '5 per 5 s, parts of 2,000', replies: 4, max: 2_000, ...discord },
  { name: '5 per 5 s in fixed windows told by headers', replies: 4, windows: true, ...discord },
  { name: '50 per minute, burst 10', replies: 5, ...slack },
  { name: '50 per minute, burst 10', replies: 15, ...slack },
  { name: '50 per minute, burst 1', replies: 5, ...unbursting },
  { name: '50 per minute, burst 1', replies: 15, ...unbursting },
];

describe('delay per character, in simulated time', () => {
  it.each(alone)('one reply at $name stays within 1.15 of the bound', async (scenario) => {
    const { D, best, refused, lost, TTFV } = await simulate(scenario);
    expect(D / best).toBeLessThanOrEqual(1.15);
    expect({ refused, lost }).toEqual({ refused: 0, lost: 0 });
    expect(TTFV).toBeLessThanOrEqual(scenario.tripMs / 2000 + 0.15);
  });

  it.each(together)('$replies replies at $name stay within 1.35 of the bound', async (scenario) => {
    const { D, best, refused, lost } = await simulate(scenario);
    expect(D / best).toBeLessThanOrEqual(1.35);
    expect({ refused, lost }).toEqual({ refused: 0, lost: 0 });
  });

  it('the last text of an answer that ends alone is there within half a second', async () => {
    for (const scenario of [
      { name: 'd', replies: 4, apartMs: 6_000, ...discord },
      { name: 's', replies: 3, apartMs: 6_000, ...slack },
    ]) {
      expect((await simulate(scenario)).lag).toBeLessThanOrEqual(0.5);
    }
  });

  it('at half the published limits few calls are refused and nothing is lost', async () => {
    const half = { burst: 5, perSecond: 25 / 60 };
    const { refused, lost } = await simulate({ name: 'half', replies: 5, ...slack, real: half, published: slack.real });
    expect(refused).toBeLessThanOrEqual(3);
    expect(lost).toBe(0);
  });
});
