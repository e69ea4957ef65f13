import type { Adapter } from '../chat/adapter.ts';
import { type Problem, problemOf } from '../chat/errors.ts';
import { type Place, placeKey } from '../chat/places.ts';
import type { DeliveryLog } from './delivery.ts';
import type { Rank } from './pacer.ts';

/** Shows names of conversations, see `Delivery.title`. Never rejects. */
export type ShowTitle = (place: Place, title: string, by: By) => Promise<'later' | Problem | null>;

type By = 'model' | 'person';

/** How long a name is tried, in milliseconds: platforms take two in ten minutes. */
const PATIENCE_MS = 1_800_000;

/** The name that a conversation is to have, and those who wait to hear of it. */
interface Wanted {
  title: string;
  by: By;
  readonly heard: Set<(word: 'later' | Problem | null) => void>;
  waits: boolean;
}

/** See {@link ShowTitle}. The last of several wishes wins; `run` makes the call when the budget has room. */
export function createTitles(options: {
  adapter(platform: string): Adapter;
  scopes(adapter: Adapter, place: Place): readonly string[];
  run(
    rank: Rank,
    scopes: readonly string[],
    call: () => Promise<unknown>,
    more: { readonly patienceMs: number; waits(): void },
  ): Promise<unknown>;
  readonly log: DeliveryLog;
}): ShowTitle {
  const wanted = new Map<string, Wanted>();

  async function show(adapter: Adapter, place: Place, wish: Wanted): Promise<Problem | null> {
    const waits = () => {
      wish.waits = true;
      for (const hear of wish.heard) hear('later');
    };
    // What somebody wants has a token that is kept from what is only nice to have.
    const rank = wish.by === 'person' ? 0 : 3;
    try {
      for (let shown: string | null = null; shown !== wish.title; ) {
        const call = async () => {
          shown = wish.title;
          await adapter.title?.(place, wish.title, wish.by);
        };
        await options.run(rank, options.scopes(adapter, place), call, { patienceMs: PATIENCE_MS, waits });
      }
      return null;
    } catch (thrown) {
      const problem = problemOf(thrown);
      options.log('title failed', { kind: problem.kind, detail: problem.detail });
      return problem;
    }
  }

  return async (place, title, by) => {
    const adapter = options.adapter(place.platform);
    if (!adapter.title) return null;
    const { promise, resolve } = Promise.withResolvers<'later' | Problem | null>();
    const key = placeKey(place);
    const before = wanted.get(key);
    if (before) {
      before.title = title;
      before.by = by;
      if (before.waits) resolve('later');
      else before.heard.add(resolve);
      return promise;
    }
    const wish: Wanted = { title, by, heard: new Set([resolve]), waits: false };
    wanted.set(key, wish);
    void show(adapter, place, wish).then((problem) => {
      wanted.delete(key);
      for (const hear of wish.heard) hear(problem);
    });
    return promise;
  };
}
