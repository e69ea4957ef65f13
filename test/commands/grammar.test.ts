import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandSpec, OptionSpec } from '../../src/chat/commands.ts';
import { checkOptions, firstWord, readOptions } from '../../src/commands/grammar.ts';

function option(name: string, type: OptionSpec['type'], required = false): OptionSpec {
  return { name, summary: name, type, required, choices: [], suggested: false };
}

function command(...options: OptionSpec[]): CommandSpec {
  return { name: 'test', summary: 'test', options, subcommands: [], private: false, shortcut: null };
}

const ask = command(option('text', 'rest', true), option('model', 'word'));
const prompt = command(option('name', 'word', true), option('input', 'rest'));
const model = command(option('name', 'word'), option('for', 'word'));

const read = (spec: CommandSpec, line: string) => Object.fromEntries(readOptions(spec, line).options);

describe('a typed line', () => {
  it('gives the rest exactly as typed', () => {
    expect(read(ask, 'what  is 1=1 and "why"?')).toEqual({ text: 'what  is 1=1 and "why"?' });
  });

  it('takes options by name before the rest', () => {
    expect(read(ask, 'model=llama3.1:8b tell me a joke')).toEqual({ model: 'llama3.1:8b', text: 'tell me a joke' });
  });

  it('takes options by name at the end too, where whoever types the question first puts them', () => {
    const wide = command(...ask.options, option('private', 'toggle'));
    const read = (line: string) => Object.fromEntries(readOptions(wide, line).options);
    expect(read('What is bread? model=llama private=yes')).toEqual({
      text: 'What is bread?',
      model: 'llama',
      private: 'yes',
    });
    expect(read('model=a What is b? model=c')).toEqual({ model: 'a', text: 'What is b? model=c' });
    expect(read('Why? model="Demo, slow"')).toEqual({ text: 'Why?', model: 'Demo, slow' });
  });

  it('leaves in the text what only looks like an option at its end', () => {
    const wide = command(...ask.options, option('private', 'toggle'));
    const read = (line: string) => Object.fromEntries(readOptions(wide, line).options);
    for (const text of ['is it private=maybe', 'Explain:\nmodel=gpt', 'set model=', 'a text=b', 'is a model=b good?'])
      expect(read(text)).toEqual({ text });
  });

  it('leaves names it does not know in the text', () => {
    expect(read(ask, 'x=1 is an equation')).toEqual({ text: 'x=1 is an equation' });
  });

  it('gives required words first, then the rest', () => {
    expect(read(prompt, 'summarise this text here')).toEqual({ name: 'summarise', input: 'this text here' });
  });

  it('fills words in order where there is no rest', () => {
    expect(read(model, 'llama me')).toEqual({ name: 'llama', for: 'me' });
  });

  it('gives a word that is none of the next one’s choices to the name before it', () => {
    const choices = ['thread', 'me'].map((value) => ({ label: value, value, hint: null }));
    const model = command(option('name', 'word'), { ...option('for', 'choice'), choices });
    expect(read(model, 'Llama 3.1 large me')).toEqual({ name: 'Llama 3.1 large', for: 'me' });
    expect(read(model, 'Demo, slow for=thread')).toEqual({ name: 'Demo, slow', for: 'thread' });
  });

  it('reads quotes, with backslashes for quotes in them', () => {
    expect(read(model, 'name="my \\"best\\" one" for=me')).toEqual({ name: 'my "best" one', for: 'me' });
  });

  it('takes an open quote to the end of the line', () => {
    expect(read(model, 'name="no end')).toEqual({ name: 'no end' });
  });

  it('keeps what is too much apart', () => {
    expect(readOptions(model, 'a b c d').extra).toBe('c d');
  });

  it('names are data: __proto__ is no option', () => {
    expect(read(ask, '__proto__=1 constructor=2')).toEqual({ text: '__proto__=1 constructor=2' });
  });

  it('never loses a text without options, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = `say ${text}`;
        expect(readOptions(command(option('text', 'rest', true)), line).options.get('text')).toBe(line.trimEnd());
      }),
    );
  });

  it('has a first word and what follows it', () => {
    expect(firstWord('  list  all of them ')).toEqual({ word: 'list', rest: 'all of them' });
    expect(firstWord('')).toEqual({ word: '', rest: '' });
  });
});

describe('checking options', () => {
  it('names what is missing and what is wrong', () => {
    const spec = command(option('count', 'integer', true), option('loud', 'toggle'));
    expect(Object.keys(checkOptions(spec, new Map()))).toEqual(['count']);
    expect(
      Object.keys(
        checkOptions(
          spec,
          new Map([
            ['count', 'ten'],
            ['loud', 'very'],
          ]),
        ),
      ),
    ).toEqual(['count', 'loud']);
    expect(
      checkOptions(
        spec,
        new Map([
          ['count', '10'],
          ['loud', 'Yes'],
        ]),
      ),
    ).toEqual({});
  });
});
