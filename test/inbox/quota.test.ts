import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Quota, takingOne, timeWords, waitFor } from '../../src/inbox/quota.ts';

const quotas = fc.record({ count: fc.integer({ min: 1, max: 20 }), ms: fc.integer({ min: 1_000, max: 100_000 }) });
const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 120 });

/** Somebody who tries after each gap: when they were let in, and when they were told to wait for how long. */
function tries(quota: Quota, after: readonly number[]) {
  const admitted: number[] = [];
  const refused: { at: number; wait: number; taken: readonly number[] }[] = [];
  let taken: readonly number[] = [];
  let now = 1_000_000;
  for (const gap of after) {
    now += gap;
    const wait = waitFor(taken, now, quota);
    if (wait > 0) refused.push({ at: now, wait, taken });
    else {
      taken = takingOne(taken, now, quota);
      admitted.push(now);
    }
  }
  return { admitted, refused, taken };
}

describe('a quota', () => {
  it('lets no more than its count in, in any stretch of its time', () => {
    fc.assert(
      fc.property(quotas, gaps, (quota, after) => {
        const { admitted } = tries(quota, after);
        for (const from of admitted)
          expect(admitted.filter((at) => at >= from && at < from + quota.ms).length).toBeLessThanOrEqual(quota.count);
      }),
    );
  });

  it('refuses nobody while there is room', () => {
    fc.assert(
      fc.property(quotas, gaps, (quota, after) => {
        const { admitted, refused } = tries(quota, after);
        for (const { at } of refused)
          expect(admitted.filter((one) => one <= at && one > at - quota.ms).length).toBeGreaterThanOrEqual(quota.count);
      }),
    );
  });

  it('tells the wait to the millisecond, and never more than its own time', () => {
    fc.assert(
      fc.property(quotas, gaps, (quota, after) => {
        for (const { at, wait, taken } of tries(quota, after).refused) {
          expect(wait).toBeLessThanOrEqual(quota.ms);
          expect(waitFor(taken, at + wait, quota)).toBe(0);
          expect(waitFor(taken, at + wait - 1, quota)).toBe(1);
        }
      }),
    );
  });

  it('remembers no more than it counts', () => {
    fc.assert(
      fc.property(quotas, gaps, (quota, after) => {
        expect(tries(quota, after).taken.length).toBeLessThanOrEqual(quota.count);
      }),
    );
  });

  it('makes nobody wait longer when the clock is set back', () => {
    const quota = { count: 1, ms: 60_000 };
    expect(waitFor([5_000_000], 1_000, quota)).toBe(60_000);
  });
});

describe('a time in words', () => {
  it.each([
    [0, 'a second'],
    [1_001, '2 seconds'],
    [59_001, 'a minute'],
    [60_001, '2 minutes'],
    [300_000, '5 minutes'],
    [3_600_000, 'an hour'],
    [7_000_000, '2 hours'],
    [86_400_000, 'a day'],
    [3 * 86_400_000, '3 days'],
  ])('%i ms is %s', (ms, words) => {
    expect(timeWords(ms)).toBe(words);
  });
});
