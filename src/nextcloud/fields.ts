/**
 * The entries of a map as PHP writes it: an object, or `[]` when it is empty (our reference, nextcloud 2). Anything else has none.
 * Entries and not an object, so that a key such as `__proto__` is data.
 */
export function fieldsOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value);
}

/** One own field of an untrusted object; undefined where there is none. */
export function field(value: unknown, key: string): unknown {
  return fieldsOf(value).find(([name]) => name === key)?.[1];
}

/** An object without a prototype that holds these entries: whatever is looked up in it was put there. */
export function record<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const made: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** The text, or an empty one in place of anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number, also where PHP wrote it as a string of digits; null for anything else. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : null;
}
