import * as z from 'zod';
import type { Nextcloud, User } from './connection.ts';
import { type OcsCall, ocsAs } from './ocs.ts';

const answer = z.looseObject({
  id: z.string().min(1),
  displayname: z.string().nullish().catch(null),
  'display-name': z.string().nullish().catch(null),
  email: z.string().nullish().catch(null),
});

/**
 * Who the account is; asked once per connection, and shared by all who ask at the same time. Also the proof that the credential
 * is good: it fails with the reason `credential` when it is not.
 */
export function account(nc: Nextcloud): Promise<User> {
  nc.learnt.user ??= ask(nc);
  return nc.learnt.user;
}

/**
 * Makes an OCS call as the account. The credential is proved first, once, by a call that no server answers to strangers: 27 to 29
 * let strangers schedule tasks, and many first calls at once with a bad credential would count as many wrong logins.
 */
export async function asAccount<S extends z.ZodType>(nc: Nextcloud, call: OcsCall, schema: S): Promise<z.output<S>> {
  await account(nc);
  return await ocsAs(nc, call, schema);
}

async function ask(nc: Nextcloud): Promise<User> {
  try {
    const user = await ocsAs(nc, { method: 'GET', path: '/cloud/user' }, answer);
    const name = user.displayname ?? user['display-name'] ?? user.id;
    return { id: user.id, name, email: user.email ?? null };
  } catch (error) {
    nc.learnt.user = null;
    throw error;
  }
}
