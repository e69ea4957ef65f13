import type { Answer } from '../chat/adapter.ts';

/** Takes each event once, however often it is told: some platforms tell one message in two ways, or again when in doubt. */
export type Repeats = (key: string, take: () => Promise<Answer>) => Promise<Answer>;

/**
 * See {@link Repeats}. Remembers the newest `most` keys of this process; what the store records is kept apart by its own keys for
 * ever. A repeat waits for the first to be taken and is answered with nothing; one whose first could not be taken is taken anew.
 */
export function createRepeats(most: number): Repeats {
  const taken = new Map<string, Promise<Answer> | null>();

  return async (key, take) => {
    if (taken.has(key)) {
      await taken.get(key);
      return { do: 'none' };
    }
    const taking = take();
    taken.set(key, taking);
    const [oldest] = taken.keys();
    if (taken.size > most && oldest !== undefined) taken.delete(oldest);
    try {
      const answer = await taking;
      if (taken.has(key)) taken.set(key, null);
      return answer;
    } catch (error) {
      taken.delete(key);
      throw error;
    }
  };
}
