import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';

/** Somebody, or a group, that something can be shared with. */
export interface Principal {
  readonly to: 'user' | 'group';
  readonly id: string;
  readonly name: string;
  /** Null for a group, and where the server does not tell it. */
  readonly email: string | null;
}

const person = z.looseObject({ id: z.string(), name: z.string().catch(''), email: z.string().nullish().catch(null) });
const people = z.looseObject({ users: z.array(person), total: z.number().catch(0) });
const groups = z.array(z.looseObject({ id: z.string(), name: z.string() }));

/** The people whose name or e-mail address holds this text, 30 a page from 1. Any user's key may ask. */
export async function findPeople(server: OpenWebUI, text: string, page = 1): Promise<readonly Principal[]> {
  const query = { query: text, page };
  const call = { method: 'GET', path: '/api/v1/users/search', about: 'account', query } as const;
  const { users } = await json(server, call, people);
  return users.map(({ id, name, email }) => ({ to: 'user', id, name, email: email ?? null }));
}

/** The groups this key sees: a person's own ones and those that may be shared with, for admins of the server all. */
export async function listGroups(server: OpenWebUI): Promise<readonly Principal[]> {
  const found = await json(server, { method: 'GET', path: '/api/v1/groups/', about: 'account' }, groups);
  return found.map(({ id, name }) => ({ to: 'group', id, name, email: null }));
}

/** People who are offered while somebody types, at most. */
const MOST_PAGES = 5;

/** Everybody that something can be shared with, as far as a few pages go: for suggestions. */
export async function listPrincipals(server: OpenWebUI): Promise<readonly Principal[]> {
  const found = new Map<string, Principal>();
  for (const group of await listGroups(server)) found.set(group.id, group);
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const before = found.size;
    for (const one of await findPeople(server, '', page)) found.set(one.id, one);
    if (found.size === before) break;
  }
  return [...found.values()];
}
