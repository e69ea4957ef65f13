import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonIn } from '../../src/openwebui/lenient-json.ts';
import { emojiIn, listIn, taskText, textIn, titleIn } from '../../src/openwebui/task-answer.ts';

const answer = (message: object): unknown => ({ choices: [{ message: { role: 'assistant', ...message } }] });
const said = (content: string) => taskText(answer({ content })) ?? { said: 'no completion', thought: '' };

describe('the title in a task answer', () => {
  test.each([
    ['plain JSON', '{"title":"The team\'s plan"}', "The team's plan"],
    ['a fence', '```json\n{"title":"A plan"}\n```', 'A plan'],
    ['words around', 'Here is your title:\n\n{"title":"A plan"}\n\nI hope it helps {really}!', 'A plan'],
    ['thinking with braces before', '<think>{"title":"Not this"}? {no}</think>\n{"title":"A plan"}', 'A plan'],
    ['thinking whose opening tag is lost', 'Maybe {"title":"no"}.\n</think>\n\n{"title":"A plan"}', 'A plan'],
    ['single quotes with an apostrophe', "{'title': 'The team's plan'}", "The team's plan"],
    ['curly quotes', '{“title”: “A plan”}', 'A plan'],
    ['a trailing comma', '{"title":"A plan",}', 'A plan'],
    ['no quotes at the name', '{title: "A plan"}', 'A plan'],
    ['an array', '["A plan"]', 'A plan'],
    ['an array of objects', '[{"title":"A plan"}]', 'A plan'],
    ['one line of plain text', 'A plan', 'A plan'],
    ['a label before plain text', 'Title: "A plan"', 'A plan'],
    ['bold plain text', '**A plan**', 'A plan'],
    ['a line end inside', '{"title":"A\\nplan"}', 'A plan'],
    ['an emoji', '{"title":"📉 Stock Trends"}', '📉 Stock Trends'],
  ])('is read from %s', (_name, content, title) => {
    expect(titleIn(said(content))).toBe(title);
  });

  test('is read from the thinking when the content is null', () => {
    const text = taskText(answer({ content: null, reasoning_content: 'So: {"title":"A plan"}' }));
    expect(text && titleIn(text)).toBe('A plan');
  });

  test.each(
    [['', '{}', '{"title":""}', '{"title":null}', '{"title":', 'Two\nlines', '```\n```', '{"tags":["x"]}']].flat(),
  )('is null in %j', (content) => {
    expect(titleIn(said(content))).toBeNull();
  });

  test('is cut to 200 units without breaking a character', () => {
    const title = titleIn(said(JSON.stringify({ title: '👩🏽‍🚀'.repeat(100) })));
    expect(title?.length).toBeLessThanOrEqual(200);
    expect(title?.replaceAll('👩🏽‍🚀', '')).toBe('');
  });
});

describe('a task answer that is no completion', () => {
  test.each([[{ detail: 'Title generation is disabled' }], [null], [{}], [{ choices: [] }], ['text'], [[1]]])(
    '%j is null',
    (value) => {
      expect(taskText(value)).toBeNull();
    },
  );
});

describe('the list in a task answer', () => {
  test.each([
    ['{"follow_ups":["A?","B?"]}'],
    ['["A?","B?"]'],
    ["{'follow_ups': ['A?', 'B?',]}"],
    ['{"follow_ups":[{"question":"A?"},{"question":"B?"}]}'],
    ['{"follow_ups":["A?"," A? ","B?",3,null]}'],
  ])('is read from %s', (content) => {
    expect(listIn(said(content), 'follow_ups', 5)).toEqual(['A?', 'B?']);
  });

  test('is no longer than asked for', () => {
    expect(listIn(said('["a","b","c"]'), 'tags', 2)).toEqual(['a', 'b']);
  });

  test('is empty without any JSON', () => {
    expect(listIn(said('I have no idea.'), 'tags', 5)).toEqual([]);
  });
});

describe('the text in a task answer', () => {
  test('is the named one', () => {
    expect(textIn(said('{"text":"and then"}'), 'text')).toBe('and then');
  });

  test('is everything said when there is no JSON', () => {
    expect(textIn(said('and then'), 'text')).toBe('and then');
  });

  test('is null in broken JSON', () => {
    expect(textIn(said('{"text":'), 'text')).toBeNull();
  });
});

describe('the emoji in a task answer', () => {
  test.each([
    ['😊', '😊'],
    ['"👩🏽‍🚀"', '👩🏽‍🚀'],
    ['```\n😊\n```', '😊'],
    ['A fitting emoji would be ❤️, because…', '❤️'],
    ['<think>😢?</think>😊', '😊'],
    ['🇩🇪 it is', '🇩🇪'],
    ['1️⃣', '1️⃣'],
    ['["🎉","😊"]', '🎉'],
  ])('%s is %s', (content, emoji) => {
    expect(emojiIn(said(content))).toBe(emoji);
  });

  test.each([[':smile:'], ['© 2026'], ['42'], [''], ['→']])('%j has none', (content) => {
    expect(emojiIn(said(content))).toBeNull();
  });
});

describe('JSON as models write it', () => {
  test('reads all real JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = JSON.stringify([value]);
        expect(jsonIn(text)).toEqual([JSON.parse(text)]);
      }),
    );
  });

  test('never throws, whatever it is given', () => {
    const noise = fc.array(fc.constantFrom('{', '}', '[', ']', '"', "'", ',', ':', '\\', 'a', ' ', '1', '“'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(noise, (parts) => void jsonIn(parts.join(''))),
      { numRuns: 2000 },
    );
  });

  test('reads characters written by their numbers, as Python writes all that is not ASCII', () => {
    expect(jsonIn('{"title": "Caf\\u00e9 \\uD83D\\udcc9, \\u12 and \\up"}')).toEqual([
      { title: 'Café 📉, u12 and up' },
    ]);
  });

  test('reads what Python prints', () => {
    expect(jsonIn("{'a': None, 'b': [True, False], 'c': 1.5}")).toEqual([{ a: null, b: [true, false], c: 1.5 }]);
  });
});
