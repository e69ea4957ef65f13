import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';
import type { Account } from './server.ts';

/** Somebody else's account as the server tells it to any user. */
export type FoundAccount = Pick<Account, 'id' | 'name' | 'email' | 'role' | 'bio'>;

const word = z.string().min(1).nullish().catch(null);
const found = z.looseObject({
  id: z.string(),
  name: z.string().catch(''),
  email: word,
  role: z.string().catch('user'),
  bio: word,
});
const answer = z.looseObject({ users: z.array(found) });

/** Pages that are looked through: names and addresses that merely contain the one asked for come along. */
const MOST_PAGES = 10;

/**
 * An e-mail address as two of them are compared: the case of plain letters does not count. Of others it does: some become plain
 * ones in lower case, as the sign for kelvin becomes a k. Pure.
 */
export function plainEmail(email: string): string {
  return email.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The accounts that have exactly this e-mail address, in any case, the pending ones too. Any user's key may ask. Throws a `Failure`. */
export async function accountsWithEmail(server: OpenWebUI, email: string): Promise<readonly FoundAccount[]> {
  const wanted = plainEmail(email);
  const accounts = new Map<string, FoundAccount>();
  const seen = new Set<string>();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = { query: email, page };
    const call = { method: 'GET', path: '/api/v1/users/search', about: 'account', query } as const;
    const { users } = await json(server, call, answer);
    const news = users.filter((user) => !seen.has(user.id));
    // A server that knows no pages gives the same ones again.
    if (news.length === 0) break;
    for (const { id, name, email: theirs, role, bio } of news) {
      seen.add(id);
      if (theirs && plainEmail(theirs) === wanted)
        accounts.set(id, { id, name, email: theirs, role, bio: bio ?? null });
    }
  }
  return [...accounts.values()];
}
