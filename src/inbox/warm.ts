import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { ModelChoice } from '../commands/desk.ts';
import { modelChoice } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels, type Model } from '../openwebui/models.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { createPerAccount } from './per-account.ts';
import { createWarmPrompts } from './prompt-shelf.ts';
import { createWarmList, listKey, type WarmList } from './warm-list.ts';

/**
 * What suggestions are made of, kept warm for each account by itself: answered at once from memory, also while Open WebUI is slow
 * or down. The team's lists are always there; those of people's own accounts come with their first use, and the least used go.
 */
export interface Warm {
  /** All models that the account may use, from memory, hidden ones too; empty while nothing is known. Fetches anew in the background when they are old. */
  models(server: OpenWebUI): readonly Model[];
  /** The models, fetched when none are known or they are old. Throws a `Failure` when they cannot be had and none are known. */
  freshModels(server: OpenWebUI): Promise<readonly Model[]>;
  /** The prompts that the account may use. */
  prompts(server: OpenWebUI): WarmList<Prompt>;
  /** Prompts were changed through this account: its own are fetched anew, everybody else's when they are next asked for. */
  promptsChanged(server: OpenWebUI): void;
  /** Nothing of this account is kept any longer. */
  forget(server: OpenWebUI): void;
}

/** One account's lists. */
interface Lists {
  readonly models: WarmList<Model>;
  readonly prompts: WarmList<Prompt>;
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
    knowledge: z.boolean(),
    // A list of an older version does not say.
    searches: z.boolean().default(false),
  }),
) satisfies z.ZodType<readonly Model[]>;

/** See {@link Warm}. `team` is the server through the service key. */
export function createWarm(team: OpenWebUI, clock: Clock, cache: Keyv): Warm {
  const lists = createPerAccount<Lists>(team, cache, (server, kept) => ({
    models: createWarmList<Model>({
      key: listKey('models', server),
      schema: remembered,
      clock,
      cache: kept,
      list: () => listModels(server),
    }),
    prompts: createWarmPrompts(server, clock, kept),
  }));

  return {
    models: (server) => lists.of(server).models.known(),
    freshModels: (server) => lists.of(server).models.fresh(),
    prompts: (server) => lists.of(server).prompts,
    promptsChanged(server) {
      const changed = lists.of(server).prompts;
      for (const { prompts } of lists.all()) if (prompts !== changed) prompts.age();
      changed.changed();
    },
    forget: lists.forget,
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
