import fc from 'fast-check';

/** A byte string cut at any places, as a network may. Joined, the pieces are the whole. */
export function cuts(whole: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return fc.array(fc.nat({ max: whole.length }), { maxLength: 12 }).map((places) => {
    const sorted = [0, ...places.sort((a, b) => a - b), whole.length];
    return sorted.slice(1).map((end, index) => whole.subarray(sorted[index] ?? 0, end));
  });
}
