import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInlineValues } from '../../src/prompts/inline-values.ts';
import { workOf } from '../awake.ts';

const read = (line: string, ...names: string[]) => {
  const { values, input } = readInlineValues(line, names);
  return { ...Object.fromEntries(values), input };
};

describe('what is typed after a prompt’s name', () => {
  it.each([
    ['a=1 the text b=2', { a: '1', b: '2', input: 'the text' }],
    ['the  text, exactly', { input: 'the  text, exactly' }],
    ['a="two words" rest', { a: 'two words', input: 'rest' }],
    ['a="say \\"hi\\" \\n" x', { a: 'say "hi" \\n', input: 'x' }],
    ['A=1', { a: '1', input: '' }],
    ['x=1 is an equation', { input: 'x=1 is an equation' }],
    ['when a=1 holds', { input: 'when a=1 holds' }],
    ['a="no end', { a: 'no end', input: '' }],
    ['a= b', { a: '', input: 'b' }],
    ['a=b=c', { a: 'b=c', input: '' }],
    ['', { input: '' }],
  ])('%s', (line, expected) => {
    expect(read(line, 'a', 'b')).toEqual(expected);
  });

  it('keeps names that differ in case apart where both are there', () => {
    expect(read('A=1 a=2', 'a', 'A')).toEqual({ A: '1', a: '2', input: '' });
  });

  it('takes names as data', () => {
    const { values } = readInlineValues('__proto__=1 constructor=2', ['__proto__', 'constructor']);
    expect([...values]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('is the input to the letter where no name is known', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect(readInlineValues(line, []).input).toBe(line.trim());
      }),
    );
  });

  it('is read at once, however long', () => {
    const work = workOf(() => {
      for (const piece of ['a="', 'a= ', '= ', 'a="\\" ', ' ']) readInlineValues(piece.repeat(200_000), ['a']);
    });
    expect(work).toBeLessThan(2_000);
  });
});
