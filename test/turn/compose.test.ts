import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/messages.ts';
import { cleanText, cleanTitle, composeQuestion, recentTurns, titleOf } from '../../src/turn/compose.ts';
import type { Question } from '../../src/turn/question.ts';
import { person } from '../person.ts';
import { question as questionAt } from '../question.ts';

const place = { platform: 'test', team: 'T', channel: 'C', thread: '1', kind: 'public' } as const;

function message(name: string, text: string, id = `${name}:${text}`): Message {
  return { ref: { place, id }, author: person(name), text, files: [], at: 0, ours: false };
}

const question = (text: string, more: Partial<Question> = {}) => questionAt(text, place, more);

describe('a question for the model', () => {
  it('carries the name of who asks where several may speak', () => {
    expect(composeQuestion(question('Why?'), [], true)).toBe('Ann: Why?');
  });

  it('is the bare text in a direct conversation', () => {
    expect(composeQuestion(question('Why?', { conversation: { ...place, kind: 'direct' } }), [], true)).toBe('Why?');
  });

  it('has what people wrote meanwhile before it, with names', () => {
    const text = composeQuestion(
      question('Who is right?'),
      [message('Ben', 'It is 4.'), message('Cleo', 'No, 5.')],
      false,
    );
    expect(text).toBe(
      'Written here since your last answer:\n\nBen: It is 4.\n\nCleo: No, 5.\n\n---\n\nAnn: Who is right?',
    );
  });

  it('quotes the message it replies to, once', () => {
    const replyTo = message('Ben', 'It is 4.');
    expect(composeQuestion(question('Really?', { replyTo }), [], true)).toBe(
      '> Ben wrote:\n> It is 4.\n\nAnn: Really?',
    );
    expect(composeQuestion(question('Really?', { replyTo }), [replyTo], true).match(/It is 4/g)).toHaveLength(1);
  });

  it('leaves out the oldest when too much was written', () => {
    const many = Array.from({ length: 100 }, (_, index) => message('Ben', `${index} ${'x'.repeat(1000)}`));
    const text = composeQuestion(question('?'), many, false);
    expect(text.length).toBeLessThan(45_000);
    expect(text).toContain('Ben: 99 ');
    expect(text).not.toContain('Ben: 0 ');
  });
});

describe('earlier turns', () => {
  it('always keep the last one, however long', () => {
    const turns = [{ text: 'short' }, { text: 'x'.repeat(500_000) }];
    expect(recentTurns(turns)).toEqual([turns[1]]);
  });
});

describe('a title from the question', () => {
  it('is its first line, without Markdown marks', () => {
    expect(titleOf('\n## How do **we** ship?\nMore', 80)).toBe('How do **we** ship?');
  });

  it('fits, is one line, and never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 20, max: 100 }), (text, units) => {
        const title = titleOf(cleanText(text), units);
        expect(title.length).toBeLessThanOrEqual(units);
        expect(title).not.toMatch(/\n/);
        expect(title.isWellFormed()).toBe(true);
        expect(title).not.toBe('');
      }),
    );
  });
});

describe('a model’s title', () => {
  it('loses the quotes around it', () => {
    expect(cleanTitle('“Stock trends”\n')).toBe('Stock trends');
    expect(cleanTitle('""')).toBe('');
  });
});

describe('text from outside', () => {
  it('loses control characters and lone surrogates but keeps tabs and lines', () => {
    expect(cleanText('a\u0000b\tc\r\nd\ud800\u001b[31m')).toBe('ab\tc\nd\ufffd[31m');
  });
});
