import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withFileTexts } from '../../src/turn/file-text.ts';

describe('files that go to the model as text', () => {
  it('stand below the message, each under its name', () => {
    expect(
      withFileTexts('Read this', [
        { name: 'a.txt', text: 'One.' },
        { name: 'b.txt', text: 'Two.' },
      ]),
    ).toBe('Read this\n\nFile “a.txt”:\n\n```\nOne.\n```\n\nFile “b.txt”:\n\n```\nTwo.\n```');
  });

  it('cannot end their own fence', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '``', '```', '````', 'x', '\n')), (pieces) => {
        const shown = withFileTexts('', [{ name: 'a', text: pieces.join('') }]);
        const fence = /\n(`{3,})\n/.exec(shown)?.[1] ?? '';
        const inside = shown.slice(shown.indexOf(`${fence}\n`) + fence.length + 1, -fence.length);
        expect(shown.endsWith(`\n${fence}`)).toBe(true);
        expect(inside.includes(fence)).toBe(false);
      }),
    );
  });

  it('are cut where they are long, and say so', () => {
    const shown = withFileTexts('', [{ name: 'long.txt', text: 'x'.repeat(50_000) }]);
    expect(shown).toContain('File “long.txt” (the first 40,000 characters):');
    expect(shown.length).toBeLessThan(40_200);
  });

  it('take a bounded room together', () => {
    const many = Array.from({ length: 10 }, (_, at) => ({ name: `${at}.txt`, text: 'x'.repeat(50_000) }));
    expect(withFileTexts('', many).length).toBeLessThan(101_000);
  });

  it('have names of one line', () => {
    expect(withFileTexts('', [{ name: `a\n\n# b\u0007${'c'.repeat(200)}`, text: 'x' }])).toContain(
      `File “a # b${'c'.repeat(75)}”:`,
    );
  });
});
