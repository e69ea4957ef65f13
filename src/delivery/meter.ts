/** Figures of delivery, by the names of our reference, streaming 3.5. Times are milliseconds where nothing else is said. */
export interface Stats {
  /** Mean delay per character over all replies that ended, in seconds; null before the first. */
  readonly D: number | null;
  /** First text from the model to first visible text. */
  readonly TTFV: Spread;
  /** Last text from the model to the final text visible. */
  readonly lag: Spread;
  readonly replies: { readonly live: number; readonly done: number; readonly failed: number };
  /** By platform and method: calls made, and those answered with 429. */
  readonly calls: Readonly<Record<string, { readonly calls: number; readonly refused: number }>>;
}

/** A figure over many replies, in its own unit (milliseconds for times). */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly p95: number;
}

/** Collects what replies report. Keeps sums and the newest {@link KEPT} values. */
export interface Meter {
  firstVisible(ms: number): void;
  /** A reply ended: its staleness (characters × milliseconds), its characters, its lag. */
  ended(ok: boolean, staleness: number, characters: number, lagMs: number): void;
  D(): number | null;
  TTFV(): Spread;
  lag(): Spread;
  done(): number;
  failed(): number;
}

const KEPT = 512;

/** An empty meter. */
export function createMeter(): Meter {
  let staleness = 0;
  let characters = 0;
  let done = 0;
  let failed = 0;
  const firsts = createRing();
  const lags = createRing();
  return {
    firstVisible: (ms) => firsts.add(ms),
    ended(ok, stale, units, lagMs) {
      if (!ok) failed += 1;
      else {
        done += 1;
        lags.add(lagMs);
        staleness += stale;
        characters += units;
      }
    },
    D: () => (characters === 0 ? null : staleness / characters / 1000),
    TTFV: firsts.spread,
    lag: lags.spread,
    done: () => done,
    failed: () => failed,
  };
}

function createRing(): { add(value: number): void; spread(): Spread } {
  const values: number[] = [];
  let count = 0;
  let sum = 0;
  return {
    add(value) {
      values[count % KEPT] = value;
      count += 1;
      sum += value;
    },
    spread() {
      const sorted = values.toSorted((a, b) => a - b);
      const p95 = sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
      return { count, mean: count === 0 ? 0 : sum / count, p95 };
    },
  };
}
