import type { Adapter, Surface } from '../../../src/chat/adapter.ts';
import { problemOf } from '../../../src/chat/errors.ts';
import type { Rate } from '../../../src/chat/limits.ts';
import type { Place } from '../../../src/chat/places.ts';
import type { Reader } from './answer.ts';
import type { Taught } from './ground.ts';

/** A way of deciding when which message is changed. */
export type Policy = (adapter: Adapter) => Running;

/** A policy at work on one scenario. */
export interface Running {
  /** `name` tells the replies of a scenario apart. */
  reply(place: Place, name: string): Shown;
  readonly learn: Taught;
  stop(): Promise<void>;
}

/** One reply. */
export interface Shown extends Reader {
  /** The messages it stands in, in order; complete once it has finished. */
  messages(): readonly string[];
}

/** What was called, and how often the answer was "not now", be it the server's or that of the client's own book-keeping. */
export interface Counts {
  calls: number;
  busy: number;
}

/** The adapter with its writing calls counted, and with another belief about the limit of its edits. */
export function counted(adapter: Adapter, believed: Rate, counts: Counts): Adapter {
  async function count<T>(call: Promise<T>): Promise<T> {
    counts.calls += 1;
    try {
      return await call;
    } catch (thrown) {
      if (problemOf(thrown).kind === 'busy') counts.busy += 1;
      throw thrown;
    }
  }
  const watched = (surface: Surface): Surface => ({
    ...surface,
    put: (rendered, final) => count(surface.put(rendered, final)),
  });
  const { limits } = adapter;
  const edits = /^(chat\.update|message\.edit):/;
  return {
    ...adapter,
    limits: { ...limits, rate: (scope) => (edits.test(scope) ? believed : limits.rate(scope)) },
    open: async (...args) => watched(await count(adapter.open(...args))),
  };
}
