import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discordMarkdown } from '../../../adapters/discord/dialect.ts';
import { inlineMarkdown } from '../../../adapters/discord/inline.ts';
import { plainText, wholeText, withoutMention } from '../../../adapters/discord/text-in.ts';
import { displayWidth } from '../../../adapters/discord/width.ts';
import { workOf } from '../../awake.ts';

const lines = (...all: string[]) => all.join('\n');

describe('Markdown in Discord’s dialect', () => {
  it.each([
    ['headings below the third level become bold', '#### Deep **down**', '**Deep down**'],
    ['headings of three levels stay', lines('# One', '### Three ###'), lines('# One', '### Three')],
    ['underlined headings', lines('Title', '=====', '', 'Next', '---'), lines('# Title', '', '## Next')],
    ['double underscores are bold, not underlined', '__bold__ and snake_case__name', '**bold** and snake_case__name'],
    ['a rule', lines('above', '', '---', 'below'), lines('above', '', '────────────', 'below')],
    ['task boxes', lines('- [ ] open', '- [x] done'), lines('- ☐ open', '- ☑ done')],
    ['other bullets and brackets', lines('* a', '+ b', '1) c'), lines('- a', '- b', '1. c')],
    [
      'nested lists step by two',
      lines('- a', '    - b', '        - c', '- d'),
      lines('- a', '  - b', '    - c', '- d'),
    ],
    ['text inside an item stays inside', lines('1. a', '   more'), lines('1. a', '  more')],
    ['tilde fences', lines('~~~python', 'x = 1', '~~~'), lines('```python', 'x = 1', '```')],
    [
      'indented code',
      lines('Run:', '', '    npm ci', '    npm start', '', 'Done'),
      lines('Run:', '', '```', 'npm ci', 'npm start', '```', '', 'Done'),
    ],
    [
      'a fence in an item loses its indent',
      lines('1. Do', '   ```sh', '   ls', '   ```'),
      lines('1. Do', '```sh', 'ls', '```'),
    ],
    ['a language that is none is left out', lines('```{.python title="a"}', 'x', '```'), lines('```', 'x', '```')],
    ['spoilers nobody meant', 'a || b || c', 'a \\|\\| b \\|\\| c'],
    ['small print nobody meant', '-# not small', '\\-# not small'],
    ['nested quotes', lines('> a', '>> b', '>>> c'), lines('> a', '> b', '> c')],
    ['pictures are links', '![A cat](https://x.org/c.png)', '[A cat](https://x.org/c.png)'],
    ['pictures in the text itself are only named', '![plot](data:image/png;base64,AAAA)', '(plot)'],
    ['a label that looks like an address', '[https://a.org](https://b.org/x)', 'a.org (https://b.org/x)'],
    ['a label that is the address', '[https://a.org](https://a.org)', 'https://a.org'],
    ['links of other kinds', '[run](javascript:alert(1))', 'run'],
    ['addresses with underscores', 'https://a.org/__init__.py', 'https://a.org/__init__.py'],
    ['line breaks and tags', 'a<br>b <b>c</b>', lines('a', 'b **c**')],
    ['formulas', 'so \\(a_1 + b\\) is', 'so `a_1 + b` is'],
  ])('%s', (_, markdown, shown) => {
    expect(discordMarkdown(markdown)).toBe(shown);
  });

  it('keeps code as it is', () => {
    const code = lines('```ts', '#### no heading', 'a || b', '| a | b |', '|---|---|', '- [ ] x', '__init__', '```');
    expect(discordMarkdown(code)).toBe(code);
    expect(inlineMarkdown('`a || __b__ <t:1:R>` and ``x ` y``')).toBe('`a || __b__ <t:1:R>` and ``x ` y``');
  });

  it('breaks up a fence inside a fence', () => {
    const shown = discordMarkdown(lines('````md', '```js', 'x', '```', '````'));
    expect(shown.match(/```/g)).toHaveLength(2);
  });

  it('leaves an open fence open, as it is while it grows', () => {
    expect(discordMarkdown(lines('```js', 'let a'))).toBe(lines('```js', 'let a'));
  });

  it.each([
    '<t:1700000000:R>',
    '<#123456789012345678>',
    '</ask:123456789012345678>',
    '<:wave:123456789012345678>',
    '<id:customize>',
  ])('takes %s for text', (text) => {
    expect(discordMarkdown(`Hello ${text}`)).not.toContain(text);
  });

  it('pings nobody, whatever is written, in code too', () => {
    const piece = fc.constantFrom(
      '@everyone',
      '@here',
      '<@123456789012345678>',
      '<@!1>',
      '<@&123456789012345678>',
      '`',
      '```',
      '<br>',
      '<details>',
      '&lt;',
      '**',
      '@',
      'every',
      'one',
      '\n',
      ' ',
      '|',
      '> ',
      '- ',
      '[',
      '](',
      ')',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(discordMarkdown(pieces.join(''))).not.toMatch(/@(everyone|here)|<@[!&]?\d+>/);
      }),
      { numRuns: 500 },
    );
  });

  it('takes any text, and is quick about long ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        expect(typeof discordMarkdown(text)).toBe('string');
      }),
      { numRuns: 200 },
    );
    for (const unit of ['[', '`', '\\(', '| a ', '<', '__a', '> ', '- ', '!['.repeat(2), '$$', '](', '*']) {
      const work = workOf(() => void discordMarkdown(unit.repeat(4_000)));
      expect(work, unit).toBeLessThan(1_500);
    }
  });
});

describe('tables', () => {
  const table = lines('| Name | Cost |', '|:-----|-----:|', '| Tea | 2 |', '| **Coffee** | 13 |');

  it('become aligned code blocks', () => {
    expect(discordMarkdown(table)).toBe(
      lines('```', 'Name   │ Cost', '───────┼─────', 'Tea    │    2', 'Coffee │   13', '```'),
    );
  });

  it('are aligned by what is seen: CJK and emoji take two columns', () => {
    const shown = discordMarkdown(lines('| a | b |', '|---|---|', '| 日本 | x |', '| 👩‍👩‍👧 | y |', '| é | z |')).split(
      '\n',
    );
    const bars = shown
      .filter((line) => line.includes('│'))
      .map((line) => displayWidth(line.slice(0, line.indexOf('│'))));
    expect(new Set(bars).size).toBe(1);
  });

  it('become lists where they are too wide, or hold links', () => {
    const wide = discordMarkdown(lines('| Key | Text |', '|---|---|', `| one | ${'word '.repeat(20)}|`));
    expect(wide.split('\n')).toEqual(['- **one**', expect.stringMatching(/^ {2}- Text: word/)]);
    expect(discordMarkdown(lines('| a | b |', '|---|---|', '| x | [y](https://y.org) |'))).toContain(
      '[y](https://y.org)',
    );
  });

  it('keep bars in code and after backslashes in their cell', () => {
    expect(discordMarkdown(lines('| a | b |', '|---|---|', '| `x|y` | p\\|q |'))).toContain('x|y │ p|q');
  });
});

describe('display width', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['e\u0301', 1],
    ['\u200b', 0],
    ['한글', 4],
    ['ﾊﾝｶｸ', 4],
  ])('of %s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('text that comes in', () => {
  const names = {
    user: (id: string) => (id === '123456789012345678' ? 'Ann' : null),
    role: (id: string) => (id === '123456789012345678' ? 'team' : null),
    channel: (id: string) => (id === '123456789012345678' ? 'general' : null),
  };

  it('has names for what it points at', () => {
    const id = '123456789012345678';
    expect(plainText(`<@${id}> <@!${id}> <@&${id}> <#${id}> </ask:${id}> <a:wave:${id}> <t:0:R>`, names)).toBe(
      '@Ann @Ann @team #general /ask :wave: 1970-01-01T00:00:00.000Z',
    );
    expect(plainText('<@999999999999999999> <t:9999999999999>', names)).toBe('<@999999999999999999> <t:9999999999999>');
  });

  it('loses the bot’s mention at its ends, and keeps it inside', () => {
    expect(withoutMention('<@1>, <@1> what did <@1> say? <@1>', ['1'])).toBe('what did <@1> say?');
  });

  it('of a message without text is what stands in its place', () => {
    expect(
      wholeText('', [{ title: 'T', description: 'D' }], [{ type: 17, components: [{ type: 10, content: 'shown' }] }]),
    ).toBe('T\nD\n\nshown');
  });
});
