import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fallback } from '../../../adapters/slack/blocks.ts';
import { mrkdwn } from '../../../adapters/slack/mrkdwn.ts';
import { quiet } from '../../../adapters/slack/quiet.ts';
import { emojiName } from '../../../adapters/slack/reactions.ts';
import { renderBody, renderPart, withoutMarkdown } from '../../../adapters/slack/render.ts';
import { decode, readText } from '../../../adapters/slack/text-in.ts';
import { cut, cutBytes } from '../../../adapters/slack/words.ts';
import type { Button, Source } from '../../../src/chat/view.ts';
import { workOf } from '../../awake.ts';
import { readBlocks } from '../../servers/slack/body.ts';
import { startSlack } from '../../servers/slack/server.ts';
import { part } from './stage.ts';

const names = {
  users: new Map([
    ['U1', 'Ann'],
    ['U2', 'Bob'],
  ]),
  channels: new Map([['C1', 'general']]),
  self: 'UBOT',
};

describe('text that comes in', () => {
  it.each([
    ['<@UBOT> hello', 'hello'],
    ['hey <@UBOT>, are you there', 'hey, are you there'],
    ['ask <@U1> and <@U9|zoe> or <@U8>', 'ask @Ann and @zoe or @U8'],
    ['in <#C1> or <#C2|random>', 'in #general or #random'],
    [
      '<https://example.org/a?b=1&amp;c=2|the page> and <https://example.org>',
      '[the page](https://example.org/a?b=1&c=2) and https://example.org',
    ],
    ['<mailto:a@b.org|a@b.org>', 'a@b.org'],
    ['<!here> and <!subteam^S1|@team> on <!date^1^{date}|Monday>', '@here and @team on Monday'],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2', '1 < 2 && 3 > 2'],
    ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
  ])('%s', (wire, read) => expect(decode(wire, names)).toBe(read));

  it('is read from rich text where there is some, with its structure', () => {
    const blocks = [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'user', user_id: 'UBOT' },
              { type: 'text', text: ' look at ' },
              { type: 'text', text: 'this ', style: { bold: true } },
              { type: 'text', text: 'and', style: { italic: true, strike: true } },
              { type: 'text', text: ' ' },
              { type: 'text', text: 'x < y', style: { code: true } },
              { type: 'emoji', name: 'wave', unicode: '1f44b-1f3fd' },
              { type: 'link', url: 'https://example.org', text: 'page' },
            ],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'if  (a)\n  b();' }] },
          {
            type: 'rich_text_list',
            style: 'ordered',
            indent: 0,
            elements: [
              { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
              { type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U2' }] },
            ],
          },
          {
            type: 'rich_text_list',
            style: 'bullet',
            indent: 1,
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'deep' }] }],
          },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'they said\nso' }] },
        ],
      },
    ];
    expect(readText('ignored', blocks, names)).toBe(
      [
        'look at **this** *~~and~~* `x < y`👋🏽[page](https://example.org)',
        '',
        '```',
        'if  (a)',
        '  b();',
        '```',
        '1. one',
        '2. @Bob',
        '    - deep',
        '',
        '> they said',
        '> so',
      ].join('\n'),
    );
  });

  it('of ours is read from its own blocks', () => {
    expect(
      readText(
        'short',
        [
          { type: 'markdown', text: '**long**' },
          { type: 'actions', elements: [] },
        ],
        names,
      ),
    ).toBe('**long**');
  });

  it('is read whatever it is, in time that grows with it', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => typeof decode(text, names) === 'string'));
    const hostile = `${'<'.repeat(20_000)}${'<@U1'.repeat(5_000)}`;
    const work = workOf(() => {
      decode(hostile, names);
      mrkdwn(hostile);
      quiet(hostile);
      mrkdwn(`${'**'.repeat(10_000)}${'[a]('.repeat(5_000)}${'`'.repeat(10_000)}`);
    });
    expect(work).toBeLessThan(2_000);
  });
});

describe('mrkdwn', () => {
  it.each([
    ['**bold** and __bold__', '*bold* and *bold*'],
    ['*it* and ***both***', '_it_ and *_both_*'],
    ['~~gone~~ `a<b`', '~gone~ `a&lt;b`'],
    ['# Title **x**', '*Title x*'],
    ['- [ ] a\n- [x] b\n  * c\n1. d', '☐ a\n☑ b\n  • c\n1. d'],
    ['> quoted', '> quoted'],
    [
      '[a|b](https://e.org/?a=1&b=2) ![p](https://e.org/p.png)',
      '<https://e.org/?a=1&amp;b=2|a¦b> <https://e.org/p.png|p>',
    ],
    ['[bad](javascript:alert(1))', 'bad'],
    ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
    ['a \\*b\\*', 'a *b*'],
    ['```js\nconst a = 1 < 2;\n```', '```\nconst a = 1 &lt; 2;\n```'],
    ['| a | b |\n|---|:-:|\n| 1 | **22** |', '```\na  b\n─  ──\n1  22\n```'],
    ['```\nnever closed', '```\nnever closed\n```'],
  ])('%j', (markdown, wire) => expect(mrkdwn(markdown)).toBe(wire));
});

const button = (id: string, role: Button['role'] = 'other', label = id): Button => ({
  id,
  label,
  style: 'plain',
  role,
});

describe('what goes out', () => {
  it('fits Slack, whatever is in it', async () => {
    const slack = await startSlack();
    const words = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.constantFrom(
          '```js\n',
          '| a | b |\n|--|--|\n',
          '**',
          '<!channel>',
          '<@U123456>',
          '# ',
          '\n\n',
          '> ',
          '[x](https://e.org)',
          '&lt;!here&gt;',
        ),
      ),
      { maxLength: 60 },
    );
    const buttons = Array.from({ length: 30 }, (_none, at) =>
      button(`b${at}`, at % 3 ? 'follow-up' : 'other', `<!here> ${'label '.repeat(40)}`),
    );
    const sources: Source[] = Array.from({ length: 80 }, (_none, at) => ({
      number: at + 1,
      name: `<!channel> ${'n'.repeat(300)}`,
      url: `https://e.org/${'p'.repeat(at * 20)}`,
    }));
    const menu = {
      id: 'm',
      placeholder: '',
      choices: Array.from({ length: 120 }, (_none, at) => ({ label: '', value: 'v'.repeat(at) })),
    };
    try {
      fc.assert(
        fc.property(words, fc.boolean(), (pieces, last) => {
          const markdown = pieces.join('');
          const note = { title: 'Thought', markdown: markdown.repeat(3) };
          const { payload, size, max } = renderPart(part(markdown, { last, note, sources, status: '<!channel>…' }), {
            live: false,
            controls: { buttons, menu },
          });
          const text = fallback(payload.blocks);
          if (size > max) return;
          readBlocks(slack.world, JSON.stringify(payload.blocks));
          readBlocks(slack.world, JSON.stringify(withoutMarkdown(payload.blocks)));
          readBlocks(slack.world, JSON.stringify(renderBody({ markdown, controls: { buttons, menu } }, 'sections')));
          readBlocks(slack.world, JSON.stringify(renderBody({ markdown, controls: { buttons, menu } }, 'markdown')));
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3_000);
          expect(text.trim()).not.toBe('');
          expect(JSON.stringify([payload, text])).not.toMatch(/<!(channel|here)|<@U/i);
        }),
        { numRuns: 60 },
      );
    } finally {
      await slack.close();
    }
  });

  it('keeps tables and code as they are', () => {
    const markdown = '| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nconst a: Map<string, number>;\n```';
    expect(renderPart(part(markdown), { live: false, controls: null }).payload.blocks).toEqual([
      { type: 'markdown', text: markdown },
    ]);
  });

  it('has feedback buttons of Slack’s own for good and bad', () => {
    const controls = {
      buttons: [button('good:j:0', 'good', 'Good'), button('bad:j:0', 'bad', 'Bad'), button('r', 'regenerate')],
      menu: null,
    };
    const { blocks } = renderPart(part('x'), { live: false, controls }).payload;
    expect(blocks.map((block) => block.type)).toEqual(['markdown', 'actions', 'context_actions']);
    expect(JSON.stringify(blocks[2])).toContain('"value":"good:j:0"');
  });

  it('shows a status and Stop while there is no text', () => {
    const controls = { buttons: [button('stop:j:0', 'stop', 'Stop')], menu: null };
    const { blocks } = renderPart(part('', { status: 'thinking…' }), { live: true, controls }).payload;
    expect(blocks).toEqual([
      { type: 'context', elements: [{ type: 'mrkdwn', text: '_thinking…_' }] },
      { type: 'actions', elements: [expect.objectContaining({ action_id: 'stop:j:0' })] },
    ]);
  });
});

describe('nothing notifies', () => {
  const LIVE = /<!(?:channel|here|everyone|subteam)|<@[UW]/i;
  it.each([
    '<!channel>',
    '<!HERE|x>',
    '<!everyone>',
    '<!subteam^S123|@team>',
    '<@U123ABC>',
    '<@W123|name>',
    '`<!channel>`',
    '&lt;!channel&gt;',
    '&#60;!here&#62;',
    '&#x3c;@U123&#x3e;',
    '<\u200b!channel>',
    '\\<!channel>',
    '<\\!channel>',
    '<&excl;channel>',
    '<&#64;U123ABC>',
  ])('%s', (token) => {
    const written = quiet(token);
    expect(written).not.toBe(token);
    expect(
      written
        .replaceAll(/&lt;|&#60;|&#x3c;/g, '<')
        .replaceAll(/&excl;/g, '!')
        .replaceAll('&#64;', '@'),
    ).not.toMatch(LIVE);
    expect(mrkdwn(token)).not.toMatch(LIVE);
  });

  it('and nothing else is touched', () => {
    for (const text of [
      '<!DOCTYPE html>',
      '<!-- x -->',
      '<channel>',
      'a < b && c',
      'List<@NonNull String>',
      'ann@here.org',
      '&lt;b&gt;',
    ])
      expect(quiet(text)).toBe(text);
  });
});

describe('cutting', () => {
  it('never splits what people see as one character', () => {
    expect(cut('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 12)).toBe('👨‍👩‍👧‍👦…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, units) => {
        expect(cut(text, units).length).toBeLessThanOrEqual(Math.max(units, 1));
        expect(cut(text, units).isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps to bytes, and leaves no half link', () => {
    expect(cutBytes(`${'ä'.repeat(20)} <https://example.org|page>`, 60)).toBe(`${'ä'.repeat(20)}…`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 10, max: 100 }), (text, bytes) => {
        expect(Buffer.byteLength(cutBytes(text, bytes))).toBeLessThanOrEqual(bytes);
      }),
    );
  });
});

describe('emoji', () => {
  it.each([
    ['👍', '+1'],
    ['👍🏽', '+1::skin-tone-4'],
    ['🇩🇪', 'de'],
    ['🇨🇭', 'flag-ch'],
    ['❤️', 'heart'],
    ['🫡', 'saluting_face'],
    ['👩🏿‍🚀', 'female-astronaut::skin-tone-6'],
    ['1️⃣', 'one'],
    ['🏳️‍🌈', 'rainbow-flag'],
    ['x', null],
    ['', null],
  ])('%s is %s', (emoji, name) => expect(emojiName(emoji)).toBe(name));
});
