import { describe, expect, it } from 'vitest';
import { checkValue, fieldOf } from '../../src/prompts/fields.ts';
import { findSpans, variablesOf } from '../../src/prompts/grammar.ts';

function variable(definition: string) {
  const [found] = variablesOf(findSpans(`{{v | ${definition}}}`));
  if (!found) throw new Error(definition);
  return found;
}

const check = (definition: string, value: string | boolean | undefined) => checkValue(variable(definition), value);

describe('a field', () => {
  it.each([
    ['text', 'text'],
    ['textarea', 'longText'],
    ['anything', 'longText'],
    ['select:options=["a"]', 'choice'],
    ['select:options=[bad]', 'text'],
    ['checkbox', 'toggle'],
    ['color', 'color'],
    ['date', 'date'],
    ['datetime-local', 'datetime'],
    ['email', 'email'],
    ['month', 'month'],
    ['number', 'number'],
    ['range', 'range'],
    ['tel', 'text'],
    ['time', 'time'],
    ['url', 'url'],
    ['map', 'text'],
  ])('for %s is of type %s', (definition, type) => {
    expect(fieldOf(variable(definition)).type).toBe(type);
  });

  it('shows default, placeholder and bounds, and what was typed before', () => {
    const number = variable('number:min=1:max=9:step=2:default=3:placeholder="How many?":required');
    expect(fieldOf(number)).toMatchObject({
      name: 'v',
      label: 'v',
      required: true,
      initial: '3',
      placeholder: 'How many?',
      min: 1,
      max: 9,
      step: 2,
    });
    expect(fieldOf(number, '7').initial).toBe('7');
    expect(fieldOf(variable('range'))).toMatchObject({ min: 0, max: 100, required: false, initial: null });
  });

  it('of a checkbox is ticked by its default and carries its label', () => {
    expect(fieldOf(variable('checkbox:label="Polite form":default=true'))).toMatchObject({
      label: 'Polite form',
      initial: true,
    });
  });

  it('of a list offers its options as text, and a default that is not among them', () => {
    expect(fieldOf(variable('select:options=[1,"two",1]:default=three')).choices.map(({ value }) => value)).toEqual([
      '1',
      'two',
      'three',
    ]);
  });
});

describe('a long list', () => {
  const long = 'x'.repeat(200);
  const definition = `select:options=["short","${long}"]:default="${long}"`;

  it('offers long options by number, and takes them by number or whole', () => {
    const field = fieldOf(variable(definition));
    expect(field.choices.map(({ value }) => value)).toEqual(['short', '#2']);
    expect(field.initial).toBe('#2');
    expect(check(definition, '#2')).toEqual({ ok: true, text: long });
    expect(check(definition, long)).toEqual({ ok: true, text: long });
    expect(check(definition, '#1')).toMatchObject({ ok: false });
  });

  it('names the options that come near what was typed', () => {
    const many = Array.from({ length: 40 }, (_, at) => `"town ${at}"`);
    const complaint = check(`select:options=[${[...many, '"Bonn"'].join(',')}]`, 'bon');
    expect(complaint).toEqual({ ok: false, complaint: 'Please choose one of: Bonn.' });
    expect(check(`select:options=[${many.join(',')}]`, 'city')).toMatchObject({
      complaint: expect.stringContaining('and 20 more'),
    });
  });
});

describe('a value', () => {
  it.each([
    ['text', 'x', 'x'],
    ['text', undefined, ''],
    ['text', '  ', ''],
    ['textarea', ' a\n b ', ' a\n b '],
    ['number:min=1:max=9', '9', '9'],
    ['number', '-1.5', '-1.5'],
    ['number:step=0.1', '0.3', '0.3'],
    ['number:min=1:step=2', '5', '5'],
    ['range', '100', '100'],
    ['select:options=["High","Low"]', 'low', 'Low'],
    ['select:options=[1,2]', '2', '2'],
    ['checkbox', true, 'true'],
    ['checkbox', false, 'false'],
    ['checkbox', 'yes', 'true'],
    ['checkbox', undefined, ''],
    ['color', '1a7f37', '#1A7F37'],
    ['date', '2024-02-29', '2024-02-29'],
    ['datetime-local', '2026-03-31 09:30', '2026-03-31T09:30'],
    ['month', '2026-12', '2026-12'],
    ['time', '23:59', '23:59'],
    ['email', ' ann@example.org ', 'ann@example.org'],
    ['url', 'https://example.org/a', 'https://example.org/a'],
  ])('of %s: %s is taken', (definition, value, text) => {
    expect(check(definition, value)).toEqual({ ok: true, text });
  });

  it.each([
    ['text:required', '', 'Please fill this in.'],
    ['text:required=false', undefined, 'Please fill this in.'],
    ['number', 'many', 'Please write a number.'],
    ['number', 'Infinity', 'Please write a number.'],
    ['number:min=1:max=9', '10', 'Please write a number from 1 to 9.'],
    ['number:min=1', '0', 'Please write 1 or more.'],
    ['number:max=1', '2', 'Please write 1 or less.'],
    ['number:min=1:step=2', '4', 'Please go in steps of 2 from 1.'],
    ['range', '101', 'Please write a number from 0 to 100.'],
    ['select:options=["High","Low"]', 'Middle', 'Please choose one of: High, Low.'],
    ['checkbox', 'maybe', 'Please write yes or no.'],
    ['color', 'red', 'Please write a colour as #RRGGBB, such as #1A7F37.'],
    ['date', '2026-02-29', 'Please write a date as YYYY-MM-DD, such as 2026-03-31.'],
    ['date', '29.02.2026', 'Please write a date as YYYY-MM-DD, such as 2026-03-31.'],
    ['date:min="2026-01-01"', '2025-12-31', 'The earliest is 2026-01-01.'],
    ['date:max="2026-01-01"', '2026-01-02', 'The latest is 2026-01-01.'],
    ['month', '2026-13', 'Please write a month as YYYY-MM, such as 2026-03.'],
    ['time', '24:00', 'Please write a time as HH:MM, such as 09:30.'],
    ['email', 'ann', 'Please write an e-mail address, such as ann@example.org.'],
    ['url', 'example', 'Please write a whole address, such as https://example.org.'],
    ['text:maxlength=3', 'four', 'Please write at most 3 characters.'],
    ['text:minlength=3', 'ab', 'Please write at least 3 characters.'],
  ])('of %s: %s is refused', (definition, value, complaint) => {
    expect(check(definition, value)).toEqual({ ok: false, complaint });
  });
});
