import * as fc from 'fast-check';
import { lexer, type Token } from 'marked';

/** Words of plain letters: whatever else shows in a rendered text is syntax that was not meant to be seen. */
const word = fc.stringMatching(/^(?:[a-z]{1,9}|ü[a-z]{1,3}ß)$/);
const plain = fc.array(word, { minLength: 1, maxLength: 14 }).map((words) => words.join(' '));
const atom = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 1, arbitrary: plain.map((text) => `**${text}**`) },
  { weight: 1, arbitrary: plain.map((text) => `*${text}*`) },
  { weight: 1, arbitrary: plain.map((text) => `~~${text}~~`) },
  { weight: 1, arbitrary: plain.map((text) => `**${text} *${text}* ${text}**`) },
  { weight: 1, arbitrary: word.map((text) => `\`${text} ${text}\``) },
  { weight: 1, arbitrary: fc.tuple(plain, word).map(([text, path]) => `[${text}](https://example.org/${path}_(x))`) },
  { weight: 1, arbitrary: word.map((path) => `https://example.org/${path}/page`) },
  { weight: 1, arbitrary: fc.constantFrom('<@U123456>', ':smile:', '👩‍👩‍👧‍👦', '🇩🇪🇫🇷', 'e\u0301') },
);
const sentence = fc.array(atom, { minLength: 1, maxLength: 6 }).map((atoms) => `${atoms.join(' ')}.`);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 6 }).map((sentences) => sentences.join(' '));
const heading = fc.tuple(fc.integer({ min: 1, max: 4 }), plain).map(([level, text]) => `${'#'.repeat(level)} ${text}`);
const codeLine = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
const fence = fc
  .tuple(
    fc.constantFrom('```', '~~~', '````'),
    fc.constantFrom('', 'js', 'python'),
    fc.array(codeLine, { minLength: 1, maxLength: 30 }),
  )
  .map(([marker, info, lines]) => `${marker}${info}\nx\n${lines.join('\n')}\nx\n${marker}`);
const list = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(sentence, fc.array(plain, { maxLength: 4 })), { minLength: 2, maxLength: 12 }))
  .map(([ordered, items]) =>
    items
      .map(([text, nested], index) => {
        const marker = ordered ? `${index + 1}. ` : '- ';
        return [`${marker}${text}`, ...nested.map((one) => `${' '.repeat(marker.length)}- ${one}`)].join('\n');
      })
      .join('\n'),
  );
const table = fc
  .array(fc.tuple(word, word, word), { minLength: 1, maxLength: 25 })
  .map((rows) => ['| ann | ben | cat |', '|---|:--:|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'));
const quote = paragraph.map((text) => text.replace(/(.{20,40}) /g, '$1\n').replace(/^/gm, '> '));
const quotedFence = fence.map((text) => text.replace(/^/gm, '> '));

/** Well-formed Markdown as models write it. */
export const document = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: paragraph },
      heading.map((text) => `${text}\n\nunder it`),
      fence,
      list,
      table,
      quote,
      quotedFence,
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((blocks) => blocks.join('\n\n'));

/** Anything at all, rich in what matters to Markdown. */
export const junk = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '`',
        '```',
        '~~~',
        '*',
        '**',
        '_',
        '~~',
        '[',
        ']',
        '](',
        ')',
        '|',
        '---',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '1. ',
        '# ',
        '    ',
        '\\',
        '<',
        '>',
        '<@U1',
        '$$',
        ':',
        '@',
        '!',
        '|---|---|',
        ' ',
      ),
      word,
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    ),
    { maxLength: 400 },
  )
  .map((pieces) => pieces.join(''));

/** What a reader sees of a text: the leaves of its syntax tree, without the syntax. */
export function seen(markdown: string): string[] {
  const leaves: string[] = [];
  const walk = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.type === 'table') {
        for (const cell of [...token.header, ...token.rows.flat()]) walk(cell.tokens);
      } else if (token.type === 'list') for (const item of token.items) walk(item.tokens);
      else if ('tokens' in token && token.tokens) walk(token.tokens);
      else if ('text' in token && typeof token.text === 'string') leaves.push(token.text);
    }
  };
  walk(lexer(markdown));
  return leaves;
}
