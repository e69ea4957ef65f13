import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsKey, KEY_LEFT_OUT, withoutKeys } from '../../src/chat/keys.ts';
import { workOf } from '../awake.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const alnum = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'),
    minLength: length,
    maxLength: length,
  });
const bot = fc
  .tuple(fc.bigInt(10n ** 17n, 10n ** 18n - 1n), alnum(6), alnum(38))
  .map(([id, time, mac]) => `${Buffer.from(String(id)).toString('base64url')}.${time}.${mac}`);
const jwt = fc.tuple(alnum(20), alnum(30), alnum(43)).map(([head, body, mac]) => `eyJ${head}.eyJ${body}.${mac}`);
const mixed = (text: string) => /\d/.test(text) && /[a-z]/i.test(text);
const key = fc.oneof(
  hex(32)
    .filter(mixed)
    .map((text) => `sk-${text}`),
  alnum(48)
    .filter(mixed)
    .map((text) => `sk-proj-${text}`),
  fc
    .tuple(fc.constantFrom('xoxb', 'xoxp', 'xoxe.xoxp'), alnum(24))
    .map(([kind, text]) => `${kind}-123456789012-${text}`),
  hex(40).map((text) => `xapp-1-A0123456789-1234567890123-${text}`),
  fc
    .tuple(fc.constantFrom('gsk_', 'hf_', 'xai-', 'ghp_', 'glpat-'), alnum(36).filter(mixed))
    .map(([kind, text]) => kind + text),
  alnum(35)
    .filter(mixed)
    .map((text) => `AIza${text}`),
  bot,
  jwt,
);

describe('what looks like a key', () => {
  it('is found wherever it stands, and nothing of it is left', () => {
    fc.assert(
      fc.property(
        key,
        fc.constantFrom(
          '',
          'my key is ',
          '"',
          '/link ',
          'key=',
          '(',
          '\n',
          '```\n',
          '`',
          '**',
          '_',
          '__',
          '||',
          'token:',
        ),
        fc.constantFrom('', ' ok?', '"', '.', ')', '`', '\n```', '**', '||'),
        (one, before, after) => {
          expect(holdsKey(before + one + after)).toBe(true);
          expect(withoutKeys(before + one + after)).toBe(before + KEY_LEFT_OUT + after);
        },
      ),
    );
  });

  it.each([
    'What is scikit-learn, and how does sk-learn-compatible-estimator-checking work?',
    'class="sk-fading-circle sk-circle-12 sk-cube-grid-animation-delayed"',
    'The commit is 3f9ce91a0b2c4d5e6f708192a3b4c5d6e7f80912.',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'task-0123456789abcdef0123456789abcdef and disk-0123456789abcdef0123456789abcdef',
    '00000000-0000-4000-8000-000000000002',
    'https://chat.example.org/c/3b2f9c1e-1f2a-4c57-9a57-0a1b2c3d4e5f?models=llama3.1:8b',
    'a.very.long.domain.name.with.many.parts.example.org',
    'com.example.project.internal.module.SomeVeryLongClassNameForTestingPurposes',
    'Use sk-… or sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx as a placeholder',
    'xoxb-your-bot-token-goes-here',
    'sk-learn-2024-11-15-model-v2 or sk-tutorial-part2-section3-chapter4-exercise12',
    'sk-llama3-70b-instruct-q4-k-m-gguf and sk-1st-2nd-3rd-4th-5th-6th-7th-8th',
    'hf_hub_download_with_retries_and_more and gsk_something_else_entirely_here',
    'three-other-words-might-match, or X1Y2Z-AAAAA-BBBBB-CCCCC-DDDDD',
    `data:image/png;base64,${Buffer.from('a picture of nothing at all, '.repeat(4)).toString('base64')}`,
    'eyJ is how base64 of a JSON object begins',
    'sk',
    'sk-',
    '',
  ])('is not in %j', (text) => {
    expect(holdsKey(text)).toBe(false);
    expect(withoutKeys(text)).toBe(text);
  });

  it.each([
    'sk-550e8400-e29b-41d4-a716-446655440000',
    'sk-Zm9v_YmFyMTIz-cXV4NDU2_cXV1eDc4-OTAxMjM0NTY3ODkw_YQ',
    'x7Kd2-9aQbC-tR4mZ-pL0sV-w8NfG',
    'sk-0a0a0a0a0a0a0a0a\u200b0a0a0a0a0a0a0a0a',
  ])('is %s', (text) => {
    expect(holdsKey(text)).toBe(true);
    expect(holdsKey(`Here: _${text}_`)).toBe(true);
  });

  it('is not in prose', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 1, maxLength: 14 });
    const prose = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '));
    fc.assert(fc.property(prose, (text) => !holdsKey(text)));
  });

  it('is looked for in no time, whatever is written', () => {
    const work = workOf(() => {
      for (const piece of ['sk-', 'eyJa', 'a.', 'A'.repeat(25), 'xoxb-1', '-', 'eyJaaaaaaaaa.eyJ'])
        holdsKey(piece.repeat(Math.ceil(100_000 / piece.length)));
    });
    expect(work).toBeLessThan(3_000);
  });
});
