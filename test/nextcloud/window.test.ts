import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOLD_MS, LIMIT, refused, SPAN_MS, take, type Window, waitOf, windowOf } from '../../src/nextcloud/window.ts';

function full(now: number): Window {
  return Array.from({ length: LIMIT }).reduce<Window>((window) => take(window, now)[0], windowOf());
}

describe('the window', () => {
  test('lets 20 through and tells the 21st how long to wait', () => {
    const window = full(1000);
    expect(take(window, 1000)).toEqual([window, SPAN_MS]);
    expect(take(window, 1000 + SPAN_MS - 1)[1]).toBe(1);
    expect(take(window, 1000 + SPAN_MS)[1]).toBe(0);
  });

  test('frees each place by itself, not all at once', () => {
    let window = windowOf();
    for (let call = 0; call < LIMIT; call += 1) window = take(window, call * 1000)[0];
    expect(waitOf(window, 20_000)).toBe(SPAN_MS - 20_000);
    window = take(window, SPAN_MS)[0];
    expect(waitOf(window, SPAN_MS)).toBe(1000);
  });

  test('gives a refused call its place back, and holds', () => {
    const window = refused(take(windowOf(), 5000)[0], 5000, 5100);
    expect(window.taken).toEqual([]);
    expect(waitOf(window, 5100)).toBe(HOLD_MS);
    expect(waitOf(window, 5100 + HOLD_MS)).toBe(0);
  });

  test('knows calls from before a restart', () => {
    expect(waitOf(windowOf(Array.from({ length: 25 }, (_, index) => index)), 30)).toBe(5 + SPAN_MS - 30);
  });

  test('never has more than 20 calls within the server’s two minutes, and says 0 as soon as it can', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 120 }), (gaps) => {
        let window = windowOf();
        let now = 0;
        const made: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const [after, wait] = take(window, now);
          if (wait === 0) made.push(now);
          else {
            expect(waitOf(window, now + wait)).toBe(0);
            expect(waitOf(window, now + wait - 1)).toBe(1);
          }
          window = after;
          expect(window.taken.length).toBeLessThanOrEqual(LIMIT);
        }
        for (const at of made) {
          expect(made.filter((other) => other > at - 120_000 && other <= at).length).toBeLessThanOrEqual(20);
        }
      }),
    );
  });
});
