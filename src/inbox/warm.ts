import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { ModelChoice } from '../commands/desk.ts';
import { modelChoice } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels, type Model } from '../openwebui/models.ts';
import { createWarmList, listKey } from './warm-list.ts';

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

/** See {@link Warm}. */
export function createWarm(server: OpenWebUI, clock: Clock, cache: Keyv): Warm {
  const list = createWarmList<Model>({
    key: listKey('models', server),
    schema: remembered,
    clock,
    cache,
    list: () => listModels(server),
  });
  return { models: () => list.known(), freshModels: () => list.fresh() };
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
