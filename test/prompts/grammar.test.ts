import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSpans, type Property, variablesOf } from '../../src/prompts/grammar.ts';
import { workOf } from '../awake.ts';

function asked(text: string) {
  return variablesOf(findSpans(text)).map(({ name, type, properties }) => ({
    name,
    type,
    ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
  }));
}

/** The only variable of a text. */
function one(text: string): { type: string; properties?: Record<string, Property> } {
  const [variable, ...others] = asked(text);
  expect(others).toEqual([]);
  if (!variable) throw new Error(`no variable in ${text}`);
  return variable;
}

describe('a variable', () => {
  it.each([
    ['{{a | text:placeholder="Enter: name":required}}', 'text', { placeholder: 'Enter: name', required: true }],
    [
      '{{p | select:options=["High","Low"]:default="Low":required}}',
      'select',
      { options: ['High', 'Low'], default: 'Low', required: true },
    ],
    ['{{n | number:min=1:max=100:default=5}}', 'number', { min: '1', max: '100', default: '5' }],
    ['{{d|date}}', 'date', undefined],
    ['{{x | type=textarea:required}}', 'textarea', { required: true }],
    ['{{u | url:default="https://a.b/c?d=e"}}', 'url', { default: 'https://a.b/c?d=e' }],
    ['{{s | select:options=["A: one","B=two"]}}', 'select', { options: ['A: one', 'B=two'] }],
    [`{{m | text:default='x'}}`, 'text', { default: "'x'" }],
    ['{{q | text:placeholder=Enter a name}}', 'text', { placeholder: 'Enter a name' }],
    ['{{j | select:options=[1,2]}}', 'select', { options: [1, 2] }],
    ['{{l | select:options=[bad json]}}', 'select', { options: '[bad json]' }],
    ['{{w | text:\n  required}}', 'text', { required: true }],
    ['{{t | time:default="09:30"}}', 'time', { default: '09:30' }],
    ['{{t | time:default=09:30}}', 'time', { default: '09', 30: true }],
    ['{{k | text:a=b=c}}', 'text', { a: 'b=c' }],
    [String.raw`{{k | text:default="a\n\"b"}}`, 'text', { default: String.raw`a\n\"b` }],
    ['{{k | text:required=false}}', 'text', { required: 'false' }],
  ])('%s', (text, type, properties) => {
    expect(one(text)).toMatchObject({ type, ...(properties && { properties }) });
  });

  it('is asked once: the last definition counts, wherever plain ones stand', () => {
    expect(asked('{{a | text}} {{a}} {{a | number}}')).toEqual([{ name: 'a', type: 'number' }]);
    expect(asked('{{b}} {{a | date}} {{c}}').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('has any name without white space, pipes and closing braces', () => {
    for (const name of ['__proto__', 'constructor', 'größe', 'a.b', '$&', '1', 'A', '{x'])
      expect(asked(`{{${name}}}`)).toEqual([{ name, type: 'text' }]);
    expect(asked('{{a}}{{A}}')).toHaveLength(2);
  });

  it('keeps a property called __proto__ to itself', () => {
    const [variable] = variablesOf(findSpans('{{a | text:__proto__=x:constructor}}'));
    expect([...(variable?.properties ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', true],
    ]);
  });
});

describe('broken syntax is text', () => {
  it.each([
    '{{first name}}',
    '{{}}',
    '{{ }}',
    '{{|text}}',
    '{{e | }}',
    '{{e |}}',
    '{{a',
    '{{a}',
    '{a}}',
    '}}{{',
    '{{o | select:options=["a}b","c"]}}',
    '{{a} }',
  ])('%s', (text) => {
    expect(findSpans(text)).toEqual([]);
  });

  it('does not hide the variables beside it', () => {
    expect(asked('{{hello {{x}} {{e | }} {{y}}').map(({ name }) => name)).toEqual(['x', 'y']);
  });
});

const texts = fc
  .array(fc.constantFrom('{{', '}}', '{', '}', '|', ' ', '\n', 'a', 'b', ':', 'text', '"', '=', '[', ']', '\\'), {
    maxLength: 24,
  })
  .map((pieces) => pieces.join(''));

describe('for every text', () => {
  it('each place found is one that the web page would recognise as well', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const { start, end, name, definition } of findSpans(text)) {
          const written = text.slice(start, end);
          const match =
            definition === null
              ? /^\{\{\s*([^|}\s]+)\s*\}\}$/.exec(written)
              : /^\{\{\s*([^|}\s]+)\s*\|\s*([^}]+)\s*\}\}$/.exec(written);
          expect(match?.[1]).toBe(name);
          if (definition !== null) expect(match?.[2]?.trim()).toBe(definition);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('no variable that the web page asks for and fills in is missed', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const plain = [...text.matchAll(/\{\{\s*([^|}\s]+)\s*\}\}/g)];
        const typed = [...text.matchAll(/\{\{\s*([^|}\s]+)\s*\|\s*([^}]+)\s*\}\}/g)].filter((match) =>
          match[2]?.trim(),
        );
        const names = new Set([...plain, ...typed].map((match) => match[1]));
        const filled = [...text.matchAll(/\{\{\s*([^|}]+)(?:\|[^}]*)?\s*\}\}/g)].map((match) => match[1]?.trim());
        const found = new Set(findSpans(text).map((span) => span.name));
        // What is a variable only because an empty definition made the web page throw is left out of the comparison.
        if (/\|\s*\}\}/.test(text)) return;
        for (const name of filled) if (names.has(name)) expect(found).toContain(name);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a megabyte of braces and spaces is read at once', () => {
    for (const piece of ['{', '{{', '{{a|', '{{a ', '}}', '{{a| ', '{{a}}', '{{ a | b }} ', '| ', '{{a "["']) {
      const work = workOf(() => {
        findSpans(piece.repeat(1_000_000 / piece.length));
        findSpans(`{{a|${' '.repeat(1_000_000)}`);
      });
      expect(work).toBeLessThan(2_000);
    }
  });
});
