/** What the browser keeps for the page. A browser that keeps nothing (private mode, full) still works until it is closed. */

function guarded<T>(task: () => T, otherwise: T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return otherwise;
    throw error;
  }
}

/** Reads what was kept; null when there is nothing, or nothing that can be read. */
export function kept(key: string, where: Storage = localStorage): unknown {
  return guarded(() => {
    const text = where.getItem(`parley:${key}`);
    return text === null ? null : JSON.parse(text);
  }, null);
}

/** Keeps a value; null forgets it. */
export function keep(key: string, value: unknown, where: Storage = localStorage): void {
  guarded(() => {
    if (value === null) where.removeItem(`parley:${key}`);
    else where.setItem(`parley:${key}`, JSON.stringify(value));
  }, undefined);
}

/** Whether a kept value is an object with these texts. */
export function hasTexts<Name extends string>(value: unknown, ...names: Name[]): value is Record<Name, string> {
  if (typeof value !== 'object' || value === null) return false;
  const entries = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof entries.get(name) === 'string');
}
