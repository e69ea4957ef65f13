import type { Step } from '../model.ts';

/** How fast text is written. */
export interface Pace {
  /** Milliseconds before the first piece. */
  readonly firstMs: number;
  /** UTF-16 units per second after that. */
  readonly perSecond: number;
}

/** A brisk reader's pace: an answer of a paragraph takes a few seconds. */
export const humanPace: Pace = { firstMs: 300, perSecond: 110 };

/** No waiting at all, for tests. */
export const instant: Pace = { firstMs: 0, perSecond: Number.POSITIVE_INFINITY };

/** The text in pieces of one to three words, with waits that fit the pace and vary a little, as a model's do. */
export function* written(
  text: string,
  pace: Pace,
  random: () => number,
  kind: 'text' | 'reasoning' = 'text',
): Generator<Step> {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  for (let at = 0; at < words.length; ) {
    const take = 1 + Math.floor(random() * 3);
    const piece = words.slice(at, at + take).join('');
    at += take;
    // The first piece comes at once: whoever calls has waited `firstMs` already.
    if (at > take && Number.isFinite(pace.perSecond))
      yield { wait: (piece.length / pace.perSecond) * 1000 * (0.5 + random()) };
    yield kind === 'text' ? { text: piece } : { reasoning: piece };
  }
}
