import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';
import type { Named } from './tools.ts';

const row = z
  .looseObject({ id: z.string().min(1), name: z.string(), description: z.string().nullish().catch(null) })
  .transform(({ id, name, description }): Named => ({ id, name, description: description || null }));
const answer = z.looseObject({ items: z.array(row), total: z.number() });

/** Pages that are read, of 30 collections each. */
const MOST_PAGES = 20;

/** The collections of files that this key may read, at most 600. */
export async function listKnowledge(server: OpenWebUI): Promise<readonly Named[]> {
  const found = new Map<string, Named>();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const call = { method: 'GET', path: '/api/v1/knowledge/', about: 'server', query: { page } } as const;
    const { items, total } = await json(server, call, answer);
    for (const item of items) found.set(item.id, item);
    if (items.length === 0 || found.size >= total) break;
  }
  return [...found.values()];
}
