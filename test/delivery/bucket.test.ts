import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBucket } from '../../src/delivery/bucket.ts';

const rate = { burst: 5, perSecond: 1 };

describe('a bucket', () => {
  it('never grants more than the burst and what came back since', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { maxLength: 60 }), fc.nat(300), (gaps, trip) => {
        const bucket = createBucket(rate, 0);
        let now = 0;
        const granted: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (bucket.wait(now, false) > 0) continue;
          const receipt = bucket.take(now, false);
          granted.push(now);
          bucket.settle(now + trip, receipt);
        }
        granted.forEach((at, i) => {
          granted.slice(i).forEach((later, k) => {
            expect(k + 1).toBeLessThanOrEqual(rate.burst + ((later - at) / 1000) * rate.perSecond + 1e-6);
          });
        });
      }),
    );
  });

  it('keeps one call for what matters more', () => {
    const bucket = createBucket(rate, 0);
    for (let i = 0; i < 4; i += 1) bucket.settle(0, bucket.take(0, false));
    expect(bucket.wait(0, true)).toBeGreaterThan(0);
    expect(bucket.wait(0, false)).toBe(0);
  });

  it('holds after a refusal, goes on slower, and recovers', () => {
    const bucket = createBucket(rate, 0);
    const receipt = bucket.take(0, true);
    bucket.settle(100, receipt);
    bucket.refused(100, receipt, 2_000);
    expect(bucket.wait(1_000, false)).toBe(1_100);
    expect(bucket.wait(2_100, false)).toBe(0);
    expect(bucket.rate()).toBeCloseTo(0.7);
    bucket.wait(32_200, false);
    expect(bucket.rate()).toBeCloseTo(0.75);
    bucket.wait(600_000, false);
    expect(bucket.rate()).toBeCloseTo(1);
  });

  it('takes refusals that were under way together for one', () => {
    const bucket = createBucket(rate, 0);
    const receipts = [bucket.take(0, true), bucket.take(10, true), bucket.take(20, true)];
    for (const receipt of receipts) bucket.refused(200, receipt, 1_000);
    expect(bucket.rate()).toBeCloseTo(0.7);
  });

  it('believes headers: nothing left means nothing until the reset', () => {
    const bucket = createBucket(rate, 0);
    const receipt = bucket.take(0, true);
    bucket.learn(100, 0, 3_000);
    bucket.settle(100, receipt);
    expect(bucket.wait(200, false)).toBe(2_900);
    expect(bucket.wait(3_100, false)).toBe(0);
  });

  it('learns from headers that more is allowed than was published', () => {
    const bucket = createBucket(rate, 0);
    const receipt = bucket.take(0, true);
    bucket.learn(100, 19, 5_000);
    bucket.settle(100, receipt);
    expect(bucket.rate()).toBeCloseTo(4);
  });

  it('knows a window that is spent evenly from a bucket that refills', () => {
    const bucket = createBucket(rate, 0);
    [5_000, 4_000, 3_000].forEach((resetMs, calls) => {
      const receipt = bucket.take(calls * 1_000, true);
      bucket.learn(calls * 1_000, 4 - calls, resetMs);
      bucket.settle(calls * 1_000, receipt);
    });
    // Two are left until the end at 5 s: none comes back before.
    bucket.take(2_000, true);
    bucket.take(2_000, true);
    expect(bucket.wait(2_100, false)).toBe(2_900);
  });

  it('takes a refusal right at the end of a window for a clock that is late, waits so much longer, and gets no slower', () => {
    const bucket = createBucket(rate, 0);
    bucket.settle(0, bucket.take(0, true));
    bucket.learn(0, 0, 5_000);
    const refused = bucket.take(5_000, true);
    bucket.settle(5_002, refused);
    bucket.refused(5_002, refused, 50);
    expect(bucket.wait(5_002, false)).toBe(50);
    expect(bucket.wait(5_052, false)).toBe(0);
    expect(bucket.rate()).toBeCloseTo(1);
    bucket.settle(5_100, bucket.take(5_052, true));
    bucket.learn(5_100, 0, 5_000);
    expect(bucket.wait(10_100, false)).toBe(52);
  });

  it('a call that was not made does not put off the next', () => {
    const bucket = createBucket(rate, 0);
    bucket.settle(0, bucket.take(0, true));
    const before = bucket.spacing(2_000);
    bucket.refund(2_000, bucket.take(2_000, true));
    expect(bucket.spacing(2_000)).toBe(before);
  });
});
