import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scan } from '../../src/delivery/scanner.ts';
import { createSplitter, type Measure, type Piece, pieceText } from '../../src/delivery/split.ts';
import { document, junk, seen } from './markdown.ts';

const units: Measure = (markdown) => ({ size: markdown.length, max: 300 });
const bytes: Measure = (markdown) => ({ size: Buffer.byteLength(markdown), max: 400 });
/** Escapes, turns emphasis into longer tags, adds a line per line: grows in jumps. */
const growing: Measure = (markdown) => ({
  size: markdown.replace(/[&<>]/g, '&amp;').replace(/\*\*/g, '<strong>').replaceAll('\n', '<br/>\n').length,
  max: 500,
});
const measures = fc.constantFrom(units, bytes, growing);

function split(source: string, measure: Measure, steps: readonly number[] = []): readonly Piece[] {
  const splitter = createSplitter(measure);
  for (const step of [...steps].sort((a, b) => a - b)) splitter.grow(source.slice(0, step));
  splitter.end(source);
  return splitter.pieces;
}

const texts = (source: string, measure: Measure): string[] =>
  split(source, measure).map((piece) => pieceText(source, piece));
const runs = { numRuns: Number(process.env.RUNS ?? 300), endOnFailure: true };

describe('splitting', () => {
  it('gives the same parts however the text arrives', () => {
    fc.assert(
      fc.property(
        fc.oneof(document, junk),
        measures,
        fc.array(fc.nat(4_000), { maxLength: 40 }),
        (source, measure, steps) => {
          expect(split(source, measure, steps)).toEqual(split(source, measure));
        },
      ),
      runs,
    );
  });

  it('loses nothing: the slices of the parts are the source', () => {
    fc.assert(
      fc.property(fc.oneof(document, junk), measures, (source, measure) => {
        const pieces = split(source, measure);
        expect(pieces.map((piece) => source.slice(piece.from, piece.to)).join('')).toBe(source);
        for (const piece of pieces) {
          const text = pieceText(source, piece);
          expect(text.startsWith(piece.open.trimEnd())).toBe(true);
          expect(text.endsWith(piece.close)).toBe(true);
          expect(text).toContain(source.slice(piece.from + piece.skip, piece.to).trimEnd());
        }
      }),
      runs,
    );
  });

  it('keeps every part within the limit, however rendering grows it', () => {
    fc.assert(
      fc.property(fc.oneof(document, junk), measures, (source, measure) => {
        split(source, measure).forEach((piece, index) => {
          const { size, max } = measure(pieceText(source, piece), index, false);
          expect(size).toBeLessThanOrEqual(max);
        });
      }),
      runs,
    );
  });

  it('makes parts that are whole by themselves', () => {
    fc.assert(
      fc.property(document, measures, (source, measure) => {
        for (const text of texts(source, measure)) {
          const scanned = scan(text);
          expect(scanned.fence).toBeNull();
          expect(scanned.emphasis.filter((one) => one.to === Number.POSITIVE_INFINITY)).toEqual([]);
          expect(seen(text).join(' ')).not.toMatch(/[*`[\]|~]|#{2}/);
        }
      }),
      runs,
    );
  });

  it('shows the same words as the whole', () => {
    const words = (markdown: string): string[] =>
      seen(markdown)
        .join(' ')
        .split(/[\s…]+/)
        .filter((one) => one !== '' && !['ann', 'ben', 'cat'].includes(one));
    fc.assert(
      fc.property(document, measures, (source, measure) => {
        expect(texts(source, measure).flatMap(words).join('')).toBe(words(source).join(''));
      }),
      runs,
    );
  });

  it('never cuts a link, an address, a mention, a shortcode or a grapheme', () => {
    const whole = /\[[^\]]*\]\(\S*\)\)|https:\S+|<@U\d+>|:smile:|👩‍👩‍👧‍👦|🇩🇪🇫🇷|e\u0301/gu;
    fc.assert(
      fc.property(document, (source) => {
        const parts = texts(source, units).flatMap((text) => text.match(whole) ?? []);
        expect(parts).toEqual(source.match(whole) ?? []);
      }),
      runs,
    );
  });
});
