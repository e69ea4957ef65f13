import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Piece, thinkSplitter } from '../../src/openwebui/think-tags.ts';

function split(...texts: string[]): { text: string; reasoning: string } {
  const splitter = thinkSplitter();
  const pieces: Piece[] = [...texts.flatMap((text) => splitter.push(text)), ...splitter.end()];
  const joined = (type: Piece['type']): string =>
    pieces.flatMap((each) => (each.type === type ? [each.text] : [])).join('');
  return { text: joined('text'), reasoning: joined('reasoning') };
}

describe('thinking and answer', () => {
  test.each([
    ['<think>', '</think>'],
    ['<thinking>', '</thinking>'],
    ['<reason>', '</reason>'],
    ['<reasoning>', '</reasoning>'],
    ['<thought>', '</thought>'],
    ['<Thought>', '</Thought>'],
    ['<|begin_of_thought|>', '<|end_of_thought|>'],
    ['◁think▷', '◁/think▷'],
  ])('are told apart by %s … %s', (open, close) => {
    expect(split(`${open}\nLet me see.${close}\n\nFour.`)).toEqual({ text: 'Four.', reasoning: 'Let me see.' });
  });

  test('are told apart when every character comes alone', () => {
    expect(split(...'<think>2 < 3</think>\nYes, 2 < 3.')).toEqual({ text: 'Yes, 2 < 3.', reasoning: '2 < 3' });
  });

  test('may take turns, at the start of a line', () => {
    expect(split('One.\n<think>hm</think>\nTwo.')).toEqual({ text: 'One.\nTwo.', reasoning: 'hm' });
  });

  test('are not told apart by a tag that the text only speaks of', () => {
    const text = 'Models write <think>…</think> around it.';
    expect(split(text)).toEqual({ text, reasoning: '' });
  });

  test('are not told apart inside a code block', () => {
    const text = 'So:\n```\n<think>\nx\n</think>\n```\nDone.';
    expect(split(...text)).toEqual({ text, reasoning: '' });
  });

  test('a block that never ends stays thinking', () => {
    expect(split('<think>for ev', 'er</thin')).toEqual({ text: '', reasoning: 'for ever</thin' });
  });

  test('an empty block leaves nothing', () => {
    expect(split('<think>\n\n</think>\n\nHi')).toEqual({ text: 'Hi', reasoning: '' });
  });

  test('the beginning of a tag that is none comes out in the end', () => {
    expect(split('<thi')).toEqual({ text: '<thi', reasoning: '' });
    expect(split('<thi', 's>')).toEqual({ text: '<this>', reasoning: '' });
  });

  test('text is given at once, not held until its line ends', () => {
    const splitter = thinkSplitter();
    expect(splitter.push('Hel')).toEqual([{ type: 'text', text: 'Hel' }]);
    expect(splitter.push('lo')).toEqual([{ type: 'text', text: 'lo' }]);
  });

  test('the indentation of the first line is kept', () => {
    expect(split('\n\n', '    code')).toEqual({ text: '    code', reasoning: '' });
  });

  const anyText = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '<think>',
          '</think>',
          '<thinking>',
          '\n',
          '  ',
          '```',
          '~~~',
          '◁think▷',
          '◁/think▷',
          '<',
          '</th',
          'x',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 16 },
    )
    .map((parts) => parts.join(''));

  test('are the same however the text is cut', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat({ max: 40 }), { maxLength: 8 }), (text, places) => {
        const sorted = [0, ...places.sort((a, b) => a - b), text.length];
        expect(split(...sorted.slice(1).map((end, index) => text.slice(sorted[index], end)))).toEqual(split(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('lose no letter of a text without tags', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[<◁]/.test(text)),
        (text) => {
          expect(split(text).text).toBe(text.replace(/^(?:[ \t]{0,32}\n)+/, ''));
        },
      ),
    );
  });
});
