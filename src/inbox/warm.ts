import { createHash } from 'node:crypto';
import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { ModelChoice } from '../commands/desk.ts';
import { modelChoice } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels, type Model } from '../openwebui/models.ts';

/** How long a list counts as new. Older ones are still answered from, while a newer is fetched. */
const FRESH_MS = 60_000;

/** What suggestions are made of, kept warm: answered at once from memory, also while Open WebUI is slow or down. */
export interface Warm {
  /** All models from memory, hidden ones too; empty while nothing is known yet. Fetches anew in the background when they are old. */
  models(): readonly Model[];
  /** The models, fetched when none are known or they are old. Throws a `Failure` when they cannot be had and none are known. */
  freshModels(): Promise<readonly Model[]>;
}

const remembered = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    hidden: z.boolean(),
    vision: z.boolean(),
    toolIds: z.array(z.string()),
    tags: z.array(z.string()),
    ownedBy: z.string().nullable(),
    knowledge: z.boolean(),
    baseModelId: z.string().nullable(),
    suggestions: z.array(z.string()),
  }),
) satisfies z.ZodType<readonly Model[]>;

/**
 * See {@link Warm}. At most one fetch is under way. What was known last stands in `cache` too, so that a start while
 * Open WebUI is down has something to suggest; losing it changes nothing else.
 */
export function createWarm(server: OpenWebUI, clock: Clock, cache: Keyv): Warm {
  const key = `models:${createHash('sha256')
    .update(`${server.url} ${server.key?.reveal() ?? ''}`)
    .digest('base64url')}`;
  let known: readonly Model[] = [];
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<readonly Model[]> | null = null;

  function fetchModels(): Promise<readonly Model[]> {
    fetching ??= listModels(server)
      .then((models) => {
        known = models;
        fetchedAt = clock.now();
        return cache.set(key, known).then(() => known);
      })
      .finally(() => {
        fetching = null;
      });
    return fetching;
  }

  async function recall(): Promise<void> {
    const read = remembered.safeParse(await cache.get(key));
    if (read.success && known.length === 0) known = read.data;
  }
  // A cache that is away finds nothing and says so to the log itself.
  recall().catch(() => known);

  const old = () => clock.now() - fetchedAt > FRESH_MS;

  return {
    models() {
      if (old()) fetchModels().catch(() => known);
      return known;
    },
    async freshModels() {
      if (!old()) return known;
      try {
        return await fetchModels();
      } catch (error) {
        if (known.length > 0) return known;
        throw error;
      }
    },
  };
}

/** The models that fit what was typed, those that begin with it first, at most `most`. Pure. */
export function suggestModels(models: readonly ModelChoice[], typed: string, most: number): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const begins = (model: ModelChoice) =>
    model.id.toLowerCase().startsWith(wanted) || model.name.toLowerCase().startsWith(wanted);
  const holds = (model: ModelChoice) => `${model.id} ${model.name}`.toLowerCase().includes(wanted);
  return [...models.filter(begins), ...models.filter((model) => !begins(model) && holds(model))]
    .slice(0, most)
    .map(modelChoice);
}
