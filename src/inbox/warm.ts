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
  /** The models from memory; empty while nothing is known yet. Fetches anew in the background when they are old. */
  models(): readonly Model[];
  /** The models, fetched when none are known or they are old. Throws a `Failure` when they cannot be had and none are known. */
  freshModels(): Promise<readonly Model[]>;
}

/** See {@link Warm}. At most one fetch is under way. */
export function createWarm(server: OpenWebUI, clock: Clock): Warm {
  let known: readonly Model[] = [];
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<readonly Model[]> | null = null;

  function fetchModels(): Promise<readonly Model[]> {
    fetching ??= listModels(server)
      .then((models) => {
        known = models.filter((model) => !model.hidden);
        fetchedAt = clock.now();
        return known;
      })
      .finally(() => {
        fetching = null;
      });
    return fetching;
  }

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
