import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyLine, join, type Line, LONGEST, leave, next, turns } from '../../src/nextcloud/line.ts';
import { LIMIT, SPAN_MS, windowOf } from '../../src/nextcloud/window.ts';

function lineOf(...orders: readonly string[]): Line {
  return orders.reduce<Line>((line, key, index) => {
    const more = join(line, { key: `${key}${index}`, requester: key, since: index });
    if (more === null) throw new Error('full');
    return more;
  }, emptyLine);
}

const busy = windowOf(Array.from({ length: LIMIT }, () => 0));

describe('the line', () => {
  test('serves people in turn, and one person’s orders in the order in which they came', () => {
    const order = turns(lineOf('a', 'a', 'a', 'b', 'c', 'b'), windowOf(), 0).map((turn) => turn.key);
    expect(order).toEqual(['a0', 'b3', 'c4', 'a1', 'b5', 'a2']);
  });

  test('serves somebody new before whoever was just served', () => {
    const [, left] = next(lineOf('a', 'a')) ?? [null, emptyLine];
    const joined = join(left, { key: 'new', requester: 'z', since: 9 });
    expect(next(joined ?? emptyLine)?.[0].key).toBe('new');
  });

  test('tells each when the turn comes', () => {
    const all = turns(lineOf('a', 'b'), windowOf([...Array.from({ length: 19 }, () => 0), 1000]), 5000);
    expect(all.map((turn) => [turn.requester, turn.place, turn.at])).toEqual([
      ['a', 1, SPAN_MS],
      ['b', 2, SPAN_MS],
    ]);
  });

  test('tells the 21st to wait for a second window', () => {
    const all = turns(lineOf(...Array.from({ length: 21 }, () => 'a')), busy, 10);
    expect(all.at(19)?.at).toBe(SPAN_MS);
    expect(all.at(20)?.at).toBe(2 * SPAN_MS);
  });

  test('takes an order once', () => {
    const line = lineOf('a');
    expect(join(line, { key: 'a0', requester: 'a', since: 5 })).toBe(line);
  });

  test('lets somebody leave', () => {
    expect(leave(lineOf('a', 'b'), 'a0').waiting.map((order) => order.key)).toEqual(['b1']);
  });

  test('is never longer than it may be', () => {
    const line = lineOf(...Array.from({ length: LONGEST }, () => 'a'));
    expect(join(line, { key: 'one-more', requester: 'b', since: 0 })).toBeNull();
  });

  test('serves everybody once, nobody twice before another who waits is served', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 60 }), (requesters) => {
        const served = turns(lineOf(...requesters), windowOf(), 0).map((turn) => turn.requester);
        expect(served.toSorted()).toEqual(requesters.toSorted());
        const people = new Set(requesters);
        const opening = served.slice(0, people.size);
        expect(new Set(opening)).toEqual(people);
        for (let index = 1; index < served.length; index += 1) {
          const rest = new Set(served.slice(index));
          if (served[index] === served[index - 1]) expect(rest.size).toBe(1);
        }
      }),
    );
  });
});
