import * as fc from 'fast-check';
import remend from 'remend';
import { describe, expect, it } from 'vitest';
import { closed, committed, HOLD_UNITS, repair } from '../../src/delivery/repair.ts';
import { scan } from '../../src/delivery/scanner.ts';
import { document, junk, seen } from './markdown.ts';

const runs = { numRuns: Number(process.env.RUNS ?? 200), endOnFailure: true };

/** What a reader sees, less whole mentions, which are not syntax that Markdown knows. */
const visible = (markdown: string): string =>
  seen(markdown)
    .join(' ')
    .replace(/<@U\d{6}>/g, '');

describe('repairing a live tail', () => {
  it('never shows half-made syntax, wherever the text stops', () => {
    fc.assert(
      fc.property(document, fc.nat(), (source, at) => {
        const text = source.slice(0, at % (source.length + 1));
        const { markdown } = repair(text, 0);
        expect(visible(markdown)).not.toMatch(/[*`[\]|~<]|#{2}|^\d+\.?$|^[-=]+$/m);
      }),
      { ...runs, numRuns: runs.numRuns * 5 },
    );
  });

  it('never takes back what it has shown, and stays clean on the way', () => {
    fc.assert(
      fc.property(
        document,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }),
        (source, steps) => {
          let least = 0;
          let length = 0;
          for (const step of steps) {
            length = Math.min(source.length, length + step);
            const { markdown, shown } = repair(source.slice(0, length), least);
            expect(shown).toBeGreaterThanOrEqual(least);
            expect(visible(markdown)).not.toMatch(/[*`[\]|~<]|#{2}|^\d+\.?$|^[-=]+$/m);
            least = shown;
          }
        },
      ),
      runs,
    );
  });

  it('holds back no more than a little, and shows a prefix of what is there', () => {
    fc.assert(
      fc.property(fc.oneof(document, junk), (text) => {
        const { markdown, shown } = repair(text, 0);
        expect(text.length - shown).toBeLessThanOrEqual(HOLD_UNITS);
        expect(markdown.startsWith(text.slice(0, shown).trimEnd())).toBe(true);
      }),
      runs,
    );
  });

  it('shows what has been held long enough as it is', () => {
    for (const text of ['a | b\n| c', 'see [this', 'wait <@U1', '| a | b |', 'x\n-']) {
      const first = repair(text, 0);
      expect(first.shown).toBeLessThan(text.length);
      expect(repair(text, text.length).shown).toBe(text.length);
    }
  });

  it('closes emphasis and code as remend does', () => {
    for (const text of [
      '**bold te',
      'a *soft wo',
      'some `code he',
      'a ~~gone wo',
      '- item **x',
      '> quote **y',
      'plain text',
    ]) {
      expect(repair(text, 0).markdown).toBe(remend(text));
    }
  });

  it('closes a fence, which remend leaves open, and knows platform tokens', () => {
    expect(repair('```js\nlet a', 0).markdown).toBe('```js\nlet a\n```');
    expect(repair('> ```js\n> let a', 0).markdown).toBe('> ```js\n> let a\n> ```');
    expect(repair('- x\n  ```js\n  let a', 0).markdown).toBe('- x\n  ```js\n  let a\n  ```');
    expect(repair('ask <@U12', 0).markdown).toBe('ask');
    expect(repair('see [the page](https://exa', 0).markdown).toBe('see');
    expect(repair('so :smi', 0).markdown).toBe('so');
  });

  it('waits for the second line of a table', () => {
    expect(repair('Figures:\n\n| a | b |', 0).markdown).toBe('Figures:');
    expect(repair('Figures:\n\n| a | b |\n|--', 0).markdown).toBe('Figures:');
    expect(repair('Figures:\n\n| a | b |\n|---|---|\n| 1', 0).markdown).toBe('Figures:\n\n| a | b |\n|---|---|');
  });
});

describe('the committed prefix', () => {
  it('only grows, and ends as the whole text', () => {
    fc.assert(
      fc.property(fc.oneof(document, junk), fc.array(fc.nat(4_000), { maxLength: 40 }), (source, steps) => {
        let before = '';
        for (const step of steps.sort((a, b) => a - b)) {
          const text = source.slice(0, step);
          const now = text.slice(0, committed(text, 0));
          if (now.length >= before.length) before = now;
          expect(source.startsWith(before)).toBe(true);
        }
      }),
      runs,
    );
  });

  it('never ends inside emphasis, code or a link of well-formed text', () => {
    fc.assert(
      fc.property(document, fc.nat(), (source, at) => {
        const text = source.slice(0, at % (source.length + 1));
        const shown = committed(text, 0);
        const tail = text.slice(0, shown);
        const scanned = scan(tail);
        // What is longer than the bound is let go, and fences close themselves where text is only appended.
        const long = [...scanned.emphasis.filter((one) => one.to > tail.length), ...scanned.halves].some(
          (one) => text.length - one.from > HOLD_UNITS,
        );
        if (long || scanned.fence) return;
        expect(visible(tail)).not.toMatch(/[*`[\]|~<]/);
      }),
      runs,
    );
  });
});

describe('ending a text before it is whole', () => {
  const below = '*Stopped.*';

  it.each([
    ['You asked: **And', 'You asked: **And**'],
    ['You asked: **', 'You asked:'],
    ['a `co', 'a `co`'],
    ['```py\nx', '```py\nx\n```'],
    ['```py\nx\n```', '```py\nx\n```'],
    ['> **b', '> **b**'],
    ['- one\n  ```\n  x', '- one\n  ```\n  x\n  ```'],
    ['see [x](http://ex', 'see [x](http://ex'],
    ['**whole**', '**whole**'],
  ])('%j becomes %j', (text, ended) => expect(closed(text)).toBe(ended));

  it('what is said below it is never part of its code, wherever it stops', () => {
    fc.assert(
      fc.property(document, fc.nat(), (source, at) => {
        const text = source.slice(0, at % (source.length + 1));
        expect(scan(`${closed(text)}\n\n${below}`).lines.at(-1)?.fence ?? null).toBeNull();
      }),
      runs,
    );
  });

  it('loses no letter or digit', () => {
    const words = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
    fc.assert(
      fc.property(junk, (text) => {
        expect(words(closed(text))).toContain(words(text));
      }),
      runs,
    );
  });
});
