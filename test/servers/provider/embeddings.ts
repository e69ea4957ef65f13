/** Embeddings without a model: words hashed into 64 buckets and scaled to length 1, so that texts sharing words are near each other. */

const size = 64;

/** The vector of a text. The same text always gives the same vector; a text without words gives a fixed unit vector. */
export function embedding(text: string): number[] {
  const vector = new Array<number>(size).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []) {
    const bucket = hash(word) % size;
    vector[bucket] = (vector[bucket] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  if (length === 0) return vector.map((_, index) => (index === 0 ? 1 : 0));
  return vector.map((value) => value / length);
}

/** FNV-1a, 32 bits. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
