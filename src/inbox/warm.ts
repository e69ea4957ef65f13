import type { Keyv } from 'keyv';
import * as z from 'zod';
import type { Clock } from '../chat/clock.ts';
import type { Choice } from '../chat/forms.ts';
import type { Secret } from '../chat/secret.ts';
import type { ModelChoice } from '../commands/desk.ts';
import { modelChoice } from '../commands/desk.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { listModels, type Model } from '../openwebui/models.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import { LruMap } from '../store/lru-map.ts';
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

/** People whose lists are kept, beside the team's. */
const MOST = 200;

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
    // A list of an older version does not say.
    searches: z.boolean().default(false),
    baseModelId: z.string().nullable(),
    suggestions: z.array(z.string()),
  }),
) satisfies z.ZodType<readonly Model[]>;

/** See {@link Warm}. `team` is the server through the service key. Only the team's lists stand in the cache, too: a person's own stay in memory. */
export function createWarm(team: OpenWebUI, clock: Clock, cache: Keyv): Warm {
  const teams = make(team, cache);
  const own = new LruMap<Secret, Lists>(MOST);

  function make(server: OpenWebUI, kept: Keyv | null): Lists {
    const models = createWarmList<Model>({
      key: listKey('models', server),
      schema: remembered,
      clock,
      cache: kept,
      list: () => listModels(server),
    });
    return { models, prompts: createWarmPrompts(server, clock, kept) };
  }

  function of(server: OpenWebUI): Lists {
    const { key } = server;
    if (key === null || key === team.key) return teams;
    const known = own.get(key);
    if (known) return known;
    const made = make(server, null);
    own.set(key, made);
    return made;
  }

  return {
    models: (server) => of(server).models.known(),
    freshModels: (server) => of(server).models.fresh(),
    prompts: (server) => of(server).prompts,
    promptsChanged(server) {
      const changed = of(server).prompts;
      for (const { prompts } of [teams, ...own.values()]) if (prompts !== changed) prompts.age();
      changed.changed();
    },
    forget(server) {
      if (server.key !== null) own.delete(server.key);
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
