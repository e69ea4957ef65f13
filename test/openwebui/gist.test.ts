import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, isKeyRefused, providerFailure } from '../../src/openwebui/errors.ts';
import { gistOf } from '../../src/openwebui/gist.ts';
import { workOf } from '../awake.ts';

const where = { call: 'POST /api/chat/completions', about: 'answer' } as const;

describe('the gist of an error’s words', () => {
  it.each([
    ['Rate limit reached for gpt-4o in organization org-x', 'rate limit (51 characters)'],
    ['This model’s maximum context length is 8192 tokens', 'context length (50 characters)'],
    ['Incorrect API key provided', 'API key (26 characters)'],
    ['I cannot tell Ann where the keys to the safe are', '(48 characters)'],
    ['x', '(1 character)'],
  ])('%j is %j', (words, gist) => {
    expect(gistOf(words)).toBe(gist);
  });

  it('is quick with words made to be slow', () => {
    const work = workOf(() => {
      for (const piece of ['context ', 'too many ', 'content', 'exceed']) gistOf(piece.repeat(100_000));
    });
    expect(work).toBeLessThan(2_000);
  });

  it('never holds a word that a provider repeats, whatever the status and the shape of its error', () => {
    const asked = 'Zanzibar';
    const shape = fc.constantFrom<(words: string) => unknown>(
      (detail) => ({ detail }),
      (message) => ({ error: { message, type: message, code: message, param: message } }),
      (error) => ({ error }),
      (message) => ({ message }),
      (msg) => ({ detail: [{ loc: ['body', 'messages', 0, msg], msg, input: msg }] }),
      (words) => words,
    );
    const words = fc.tuple(fc.string(), fc.constantFrom('rate limit: ', '', 'Model not found: ', '"'), fc.string());
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), shape, words, (status, form, [before, sign, after]) => {
        const told = form(`${before}${sign} ${asked} ${after}`);
        const body = typeof told === 'string' ? told : JSON.stringify(told);
        expect(failureOf(status, 'application/json', body, where).message).not.toContain(asked);
        expect(providerFailure(body, where).message).not.toContain(asked);
      }),
    );
  });

  it('tells a key that the server refuses from what a proxy says of a session', () => {
    const said = (detail: string) => failureOf(401, 'application/json', JSON.stringify({ detail }), where).problem;
    expect(isKeyRefused(said('Your session has expired or the token is invalid. Please sign in again.'))).toBe(true);
    expect(isKeyRefused(said('Gate: your session has expired'))).toBe(false);
  });
});
