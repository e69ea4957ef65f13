/** An object as it came over the wire. */
export type Json = { [key: string]: unknown };

/** True for a plain JSON object (not null, not an array). */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is an object, otherwise an empty one. */
export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The value when it is a list, otherwise an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; anything else in it is left out. */
export function objects(value: unknown): Json[] {
  return list(value).filter(isObject);
}

/** The value when it is a string, otherwise ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Parses JSON text; undefined when it is not JSON. */
export function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** A deep copy, so that nobody outside can change what the server keeps. */
export function copy<T>(value: T): T {
  return structuredClone(value);
}
