import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/prompts/diff.ts';
import { workOf } from '../awake.ts';

/** The second text, made of the first and what the comparison says when every line is shown. */
function applied(before: string, lines: readonly string[]): string {
  const rest = before.split('\n');
  const made: string[] = [];
  for (const line of lines) {
    const head = /^@@ -(\d+) /.exec(line);
    if (head) while (before.split('\n').length - rest.length < Number(head[1]) - 1) made.push(rest.shift() ?? '');
    else if (line.startsWith('-')) rest.shift();
    else if (line.startsWith('+')) made.push(line.slice(1));
    else made.push(rest.shift() ?? '');
  }
  return [...made, ...rest].join('\n');
}

describe('a comparison', () => {
  it('is empty for the same text', () => {
    expect(diffLines('a\nb', 'a\nb')).toEqual([]);
  });

  it('shows three lines around each change', () => {
    const before = Array.from({ length: 12 }, (_, at) => `line ${at + 1}`).join('\n');
    expect(diffLines(before, before.replace('line 6', 'six'))).toEqual([
      '@@ -3 +3 @@',
      ' line 3',
      ' line 4',
      ' line 5',
      '-line 6',
      '+six',
      ' line 7',
      ' line 8',
      ' line 9',
    ]);
  });

  it('turns the one text into the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '@'), { minLength: 1, maxLength: 30 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(before, diffLines(before, after))).toBe(after);
      }),
    );
  });

  it('of long texts ends soon', () => {
    const long = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word} ${at}`).join('\n');
    const work = workOf(() => expect(diffLines(long('a'), long('b'))).toHaveLength(40_001));
    expect(work).toBeLessThan(3_000);
  });
});
