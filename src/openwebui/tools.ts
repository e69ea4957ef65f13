import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';

/** Something of the server's that is asked for by name. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

const word = z.string().min(1).nullish().catch(null);
const tool = z
  .looseObject({
    id: z.string().min(1),
    name: word,
    meta: z.looseObject({ description: word }).nullish().catch(null),
  })
  .transform(({ id, name, meta }): Named => ({ id, name: name ?? id, description: meta?.description ?? null }));
const permissionsAnswer = z.looseObject({ features: z.record(z.string(), z.unknown()).catch({}) });

/** The tools this key may use: workspace tools and tool servers (`server:…`). An entry that is not understood is left out. */
export async function listTools(server: OpenWebUI): Promise<readonly Named[]> {
  const answer = await json(server, { method: 'GET', path: '/api/v1/tools/', about: 'server' }, z.array(z.unknown()));
  return answer.flatMap((each) => {
    const read = tool.safeParse(each);
    return read.success ? [read.data] : [];
  });
}

/**
 * Whether the server says that this account may not use a feature such as `web_search`. False does not mean that it works: an API
 * key is not told what is switched on (our reference, openwebui trap 7).
 */
export async function isForbidden(server: OpenWebUI, feature: string): Promise<boolean> {
  const call = { method: 'GET', path: '/api/v1/users/permissions', about: 'account' } as const;
  return (await json(server, call, permissionsAnswer)).features[feature] === false;
}
