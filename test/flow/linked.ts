import { randomBytes } from 'node:crypto';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { newKey } from '../../src/demo/openwebui/world.ts';
import { createVault, type Vault } from '../../src/store/vault.ts';
import { person } from '../person.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import type { World } from './world.ts';

/** A vault as it is when Parley has a key of its own: without one, people cannot link. */
export function lastingVault(): Vault {
  return createVault(new Secret(randomBytes(32).toString('base64')));
}

/** Gives somebody a new key in Open WebUI, which ends their old one; the account is made where they have none. */
export function newKeyFor(openWebUI: ScriptedOpenWebUI, name: string): string {
  const made = newKey();
  const id = `account-of-${name}`;
  const known = openWebUI.world.users.get(id);
  const fresh = { id, name, email: `${name}@example.test`, role: 'user', prompts: false, created_at: 1 } as const;
  openWebUI.world.users.put({ ...(known ?? fresh), api_key: made });
  return made;
}

/** Somebody links an account with a new key, by command and form. What Parley says to it. */
export async function link(world: World, name: string): Promise<string> {
  const author = person(name);
  const opened = await world.host.accept(world.command('link', '', { author }));
  if (opened.do !== 'form') throw new Error('no form to link with');
  const { trigger, place, key } = world.command('link', '', { author });
  const values = new Map([['key', new Secret(newKeyFor(world.openWebUI, name))]]);
  const form = opened.form.id;
  return markdownOf(await world.host.accept({ type: 'form', key, trigger, author, place, form, values }));
}

/** What an answer says; empty when it says nothing. */
export function markdownOf(answered: Answer): string {
  return answered.do === 'say' ? answered.body.markdown : '';
}
