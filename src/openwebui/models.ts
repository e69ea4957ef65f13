import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';

/** A model that this key may use. */
export interface Model {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Not offered in lists, but still answers. */
  readonly hidden: boolean;
  /** May be shown pictures; true unless its settings say otherwise, as in the web page. */
  readonly vision: boolean;
  readonly toolIds: readonly string[];
  readonly tags: readonly string[];
  /** Has files or collections of its own to search in. */
  readonly knowledge: boolean;
  /** Searches the web for every question unless told otherwise, as its settings say. */
  readonly searches: boolean;
}

const word = z.string().min(1).nullish().catch(null);
const tagList = z
  .array(z.union([z.string(), z.looseObject({ name: z.string() }).transform((tag) => tag.name)]))
  .catch([]);
const meta = z.looseObject({
  description: word,
  hidden: z.boolean().nullish().catch(null),
  capabilities: z
    .looseObject({ vision: z.boolean().nullish().catch(null), web_search: z.boolean().nullish().catch(null) })
    .nullish()
    .catch(null),
  toolIds: z.array(z.string()).nullish().catch(null),
  defaultFeatureIds: z.array(z.string()).nullish().catch(null),
  tags: tagList.nullish(),
  knowledge: z.array(z.unknown()).nullish().catch(null),
});
const entry = z.looseObject({
  id: z.string().min(1),
  name: word,
  tags: tagList.nullish(),
  info: z
    .looseObject({ name: word, meta: meta.nullish().catch(null) })
    .nullish()
    .catch(null),
});
const answer = z.looseObject({ data: z.array(z.unknown()) });

/**
 * The models this key may use, in the server's order; empty when no provider is set up. An entry that is not understood is left
 * out. `refresh` makes the server ask its providers anew, which may take as long as the slowest of them.
 */
export async function listModels(
  server: OpenWebUI,
  options: { readonly refresh?: boolean } = {},
): Promise<readonly Model[]> {
  const query = { refresh: options.refresh === true ? true : undefined };
  const { data } = await json(server, { method: 'GET', path: '/api/models', about: 'model', query }, answer);
  return data.flatMap((each) => {
    const parsed = entry.safeParse(each);
    return parsed.success ? [modelOf(parsed.data)] : [];
  });
}

function modelOf(model: z.infer<typeof entry>): Model {
  const about = model.info?.meta;
  return {
    id: model.id,
    name: model.name ?? model.info?.name ?? model.id,
    description: about?.description ?? null,
    hidden: about?.hidden ?? false,
    vision: about?.capabilities?.vision ?? true,
    toolIds: about?.toolIds ?? [],
    tags: [...new Set([...(model.tags ?? []), ...(about?.tags ?? [])])],
    knowledge: (about?.knowledge ?? []).length > 0,
    searches: (about?.defaultFeatureIds ?? []).includes('web_search') && (about?.capabilities?.web_search ?? true),
  };
}
