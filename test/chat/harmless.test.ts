import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../src/chat/harmless.ts';
import { workOf } from '../awake.ts';

const key = `sk-${'a1'.repeat(16)}`;

describe('words of others in the log', () => {
  it.each([
    ['Incorrect API key provided: abcdefgh. You can find it', 'Incorrect API key provided: [masked] You can find it'],
    [`refused ${key} today`, 'refused [a key, left out] today'],
    ['Authorization: Bearer abcdefghijkl', 'Authorization: [masked] [masked]'],
    ['{"password":"hunter22","user":"ann"}', '{"password":"[masked]","user":"ann"}'],
    ['https://ann:hunter22@host.example/x', 'https://[masked]@host.example/x'],
    [`cookie ${'a1b2'.repeat(20)}`, 'cookie [masked]'],
    ['I cannot answer "Where did Ann hide the keys to the safe?"', 'I cannot answer "40 characters"'],
    ['line one\n  line two', 'line one line two'],
  ])('%j stands there as %j', (words, told) => {
    expect(harmless(words)).toBe(told);
  });

  it.each([
    'Model not found',
    'Rate limit reached for gpt-4o in organization org-x on tokens per min: Limit 30000',
    'Your session has expired or the token is invalid. Please sign in again.',
    'That command is already registered.',
    'POST /api/v1/chats/0b7f3c1e-6d1f-4c0c-9f5e-1c2d3e4f5a6b → 404: We could not find what you’re looking for :/',
    'invalid token in "model" field',
  ])('%j stays', (words) => {
    expect(harmless(words)).toBe(words);
  });

  it('never grows beyond its bound, and takes any words', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (words) => harmless(words, 80).length <= 80));
  });

  it('masks a key that the bound cuts', () => {
    expect(harmless(`${'x '.repeat(90)}${key}`, 200)).not.toContain('a1a1');
  });

  it('is quick with words made to be slow', () => {
    const work = workOf(() => {
      for (const piece of ['"', 'token:', 'Bearer ', 'sk-', 'a1', '://', 'eyJ']) harmless(piece.repeat(100_000));
    });
    expect(work).toBeLessThan(2_000);
  });
});
