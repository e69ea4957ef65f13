/** Milliseconds since 1970. Injected, so that rules of minutes and hours need no waiting. */
export interface Clock {
  now(): number;
}

/** A clock that runs with the machine's and can be pushed forward. */
export interface MovableClock extends Clock {
  /** Moves time forward by `ms`. */
  advance(ms: number): void;
}

const discordEpoch = 1_420_070_400_000n;

/** The machine's time plus whatever a test added. */
export function movableClock(base: Clock = Date): MovableClock {
  let ahead = 0;
  return {
    now: () => base.now() + ahead,
    advance: (ms) => {
      ahead += ms;
    },
  };
}

/** Makes ids like Discord's: 18 or 19 digits, the time in the upper bits, never twice the same, always growing. */
export function snowflakes(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const fresh = (BigInt(Math.floor(clock.now())) - discordEpoch) << 22n;
    last = fresh > last ? fresh : last + 1n;
    return last.toString();
  };
}

/** Orders two snowflakes by age: negative when `a` is older. */
export function byAge(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
