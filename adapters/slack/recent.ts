import type { Clock } from '../../src/chat/clock.ts';

/** A map that forgets: what was set longest ago beyond `most` entries, and everything older than `keptMs`. */
export interface Recent<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  values(): V[];
}

/** See {@link Recent}. */
export function createRecent<V>(clock: Clock, most: number, keptMs = Number.POSITIVE_INFINITY): Recent<V> {
  const entries = new Map<string, { value: V; at: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry && clock.now() - entry.at <= keptMs) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, at: clock.now() });
      for (const oldest of entries.keys()) {
        if (entries.size <= most) break;
        entries.delete(oldest);
      }
    },
    delete: (key) => void entries.delete(key),
    values: () => [...entries.values()].map((entry) => entry.value),
  };
}

/** Keeps what `load` gives; those who ask meanwhile share one load, and a failed one is forgotten. */
export function remembered<V>(recent: Recent<Promise<V>>, key: string, load: () => Promise<V>): Promise<V> {
  const known = recent.get(key);
  if (known) return known;
  const loading = load();
  recent.set(key, loading);
  loading.catch(() => recent.delete(key));
  return loading;
}
