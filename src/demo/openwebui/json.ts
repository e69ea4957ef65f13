/** A JSON object whose keys nobody has promised: a chat's body, a message of its history. */
export type Json = Record<string, unknown>;

/** The value as an object, or null when it is anything else. */
export function asObject(value: unknown): Json | null {
  return isObject(value) ? value : null;
}

/** Narrows to a plain object: not null, not an array. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as text, or null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The value as a list; anything else is an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list, in order; the rest is left out. */
export function asTexts(value: unknown): string[] {
  return asList(value).filter((item) => typeof item === 'string');
}
