import type { Adapter, Answer, Host } from '../../../src/chat/adapter.ts';
import type { Place } from '../../../src/chat/places.ts';
import type { PlatformName, Scenario } from './scenarios.ts';

/** What a message showed from a moment on (milliseconds since the epoch): when the server had carried the call out. */
export interface Change {
  readonly at: number;
  readonly message: string;
  readonly text: string;
}

/** What an answer's headers taught. */
export type Taught = (scope: string, left: number, resetMs: number) => void;

/** A platform's test server in a process of its own, with the real adapter connected to it. One scenario at a time. */
export interface Ground {
  readonly platform: PlatformName;
  readonly adapter: Adapter;
  /** Enforces a scenario's limits with full buckets, and gives a fresh place for each of its replies. */
  prepare(scenario: Scenario, taught: Taught): Promise<readonly Place[]>;
  /** Everything that these messages ever showed, in order of time. */
  changes(places: readonly Place[]): Promise<readonly Change[]>;
  /** Writes that the server itself refused since `prepare`; null when it is not asked, since all that is refused is refused there. */
  refused(): Promise<number | null>;
  close(): Promise<void>;
}

const NONE: Answer = { do: 'none' };

/** A host that only passes on what headers teach. */
export function quietHost(taught: Taught): Host {
  return {
    accept: async () => NONE,
    suggest: () => [],
    isPrivate: () => false,
    state: () => undefined,
    budget: taught,
  };
}
