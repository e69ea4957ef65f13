import { inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture } from '../../src/demo/nextcloud/answers/picture.ts';
import { melody } from '../../src/demo/nextcloud/answers/sound.ts';
import { translation } from '../../src/demo/nextcloud/answers/translation.ts';
import * as words from '../../src/demo/nextcloud/answers/words.ts';

const report =
  'The garden project begins in March. Ann orders seeds. The garden needs water and a fence. Bob likes tea. Volunteers water the garden twice a week. Nothing else happened.';

describe('the toys', () => {
  it('sum up with sentences of the text, the first among them, in their order', () => {
    const short = words.summary(report);
    expect(short.length).toBeLessThan(report.length / 1.5);
    const kept = words.sentencesOf(short);
    expect(kept[0]).toBe('The garden project begins in March.');
    expect(words.sentencesOf(report).filter((sentence) => kept.includes(sentence))).toEqual(kept);
  });

  it('keep to the most words that are wanted', () => {
    expect(words.limited('one two three', 2)).toBe('one two …');
    expect(words.limited('one two three', Number.NaN)).toBe('one two three');
  });

  it('find what a text is about', () => {
    expect(words.topics(report).split(', ').slice(0, 2)).toEqual(['Garden', 'Water']);
    expect(words.headline(report)).toBe('The garden project begins in March');
  });

  it('proofread what can be seen', () => {
    const found = words.proofread('this  is is fine , really');
    expect(found).toContain('Use one space');
    expect(found).toContain('“is” stands twice');
    expect(found).toContain('Corrected:\nThis is fine, really.');
    expect(words.proofread('All is well.')).toContain('nothing to correct');
  });

  it('translate the few words they know, and say that they are a stand-in', () => {
    expect(translation('Hello world and coffee', 'de')).toMatch(
      /^\[To German, by a stand-in.*\] Hallo Welt und Kaffee$/,
    );
    expect(translation('Bonjour', 'en')).toContain('] Hello');
  });

  it('answer any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const toy of [
          words.summary,
          words.headline,
          words.topics,
          words.proofread,
          words.reformulated,
          words.reply,
        ]) {
          expect(toy(text)).not.toBe('');
        }
        expect(translation(text, 'fr')).toContain('French');
      }),
      { numRuns: 200 },
    );
  });

  it('draw a picture that is a whole PNG, the same for the same words', () => {
    const png = Buffer.from(picture('a cat', 32, 16));
    expect(png.toString('hex', 0, 8)).toBe('89504e470d0a1a0a');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32, 16]);
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect(rows.length).toBe(16 * (1 + 32 * 3));
    expect(Buffer.from(picture('a cat', 32, 16)).equals(png)).toBe(true);
    expect(Buffer.from(picture('a dog', 32, 16)).equals(png)).toBe(false);
  });

  it('play a tone per word as a whole WAV', () => {
    const wav = Buffer.from(melody('one two three'));
    expect(wav.toString('latin1', 8, 12)).toBe('WAVE');
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect(wav.length).toBeLessThan(Buffer.from(melody('one two three four')).length);
  });
});
