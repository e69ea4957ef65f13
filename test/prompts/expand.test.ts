import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, readTemplate } from '../../src/prompts/expand.ts';

const NONE = new Map<string, string>();

function filled(content: string, values: Iterable<readonly [string, string]>, system = NONE): string {
  return fillTemplate(readTemplate(content, system), new Map(values));
}

describe('a prompt', () => {
  it('has every place of a name filled in, with and without definition', () => {
    expect(filled('{{a | text}} and {{ a }} and {{a}}', [['a', 'x']])).toBe('x and x and x');
  });

  it('takes what was not given as nothing', () => {
    expect(filled('[{{a}}]', [])).toBe('[]');
  });

  it('takes Windows line ends as plain ones', () => {
    expect(filled('{{a}}', [['a', 'x\r\ny']])).toBe('x\ny');
  });

  it('has system variables filled in first, in definitions too', () => {
    const system = new Map([['CURRENT_DATE', '2026-11-21']]);
    const template = readTemplate('{{day | date:default="{{CURRENT_DATE}}"}} {{CURRENT_DATE}}', system);
    expect(template.variables).toMatchObject([{ name: 'day', type: 'date' }]);
    expect(template.variables[0]?.properties.get('default')).toBe('2026-11-21');
    expect(fillTemplate(template, new Map([['day', '2026-01-01']]))).toBe('2026-01-01 2026-11-21');
  });

  it('asks for a system variable that has no value', () => {
    expect(readTemplate('{{CLIPBOARD}} {{USER_NAME}}', new Map([['USER_NAME', 'Ann']])).variables).toMatchObject([
      { name: 'CLIPBOARD', type: 'text' },
    ]);
  });

  it('takes a system variable only in its exact spelling', () => {
    const system = new Map([['USER_NAME', 'Ann']]);
    expect(readTemplate('{{ USER_NAME }} {{user_name}}', system).variables.map(({ name }) => name)).toEqual([
      'USER_NAME',
      'user_name',
    ]);
  });

  it('never reads what stands in the value of a system variable', () => {
    const system = new Map([['USER_NAME', 'Ann {{x | text}} }} {{']]);
    const template = readTemplate('Hello {{USER_NAME}}, {{y}}', system);
    expect(template.variables.map(({ name }) => name)).toEqual(['y']);
    expect(fillTemplate(template, new Map([['y', 'bye']]))).toBe('Hello Ann {{x | text}} }} {{, bye');
  });
});

const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '$&', '$1', '\\'),
  fc.stringMatching(/^[^\s|{}]{1,8}$/),
);
const values = fc.oneof(
  fc.constantFrom('$&', '$1', '$$', '$`', '\\', '\\n', '{{a}}', '{{USER_NAME}}', '}}', '{{'),
  fc.string(),
);

describe('for every prompt', () => {
  it('without variables, the text stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const content = text.replaceAll('}}', '}');
        expect(filled(content, [['a', 'x']])).toBe(content);
      }),
    );
  });

  it('names are data and values are put in as they are, in a single pass', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values, fc.stringMatching(/^[a-z \n]{0,5}$/))), (pieces) => {
        const given = new Map(pieces.map(([name, value]) => [name, value]));
        const content = pieces.map(([name, , between]) => `${between}{{${name}}}`).join('');
        const expected = pieces
          .map(([name, , between]) => between + (given.get(name) ?? '').replaceAll('\r\n', '\n'))
          .join('');
        expect(filled(content, given)).toBe(expected);
        expect(new Set(readTemplate(content, NONE).variables.map(({ name }) => name))).toEqual(new Set(given.keys()));
      }),
    );
  });
});
