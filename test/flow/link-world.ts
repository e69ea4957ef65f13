import { randomBytes } from 'node:crypto';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import type { ScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { lastingVault } from './linked.ts';
import { formIn, send } from './prompt-world.ts';
import { openWorld, type World } from './world.ts';

/** A world in which people can link accounts, closed after the test, with short ways to do so. */
export interface LinkWorld extends World {
  /** Gives somebody an account on the server; its key. */
  keyOf(name: string): string;
  /** A slash command of somebody's, Ann's when not told. */
  slash(name: string, text?: string, by?: string): Promise<Answer>;
  /** Somebody sends this key in with the form of `/link`. */
  link(by: string, key: string): Promise<Answer>;
  /** How often the model was asked with this key. */
  askedOf(key: string): number;
}

/** See {@link LinkWorld}. */
export async function openLinkWorld(given: Parameters<typeof openWorld>[0] = {}): Promise<LinkWorld> {
  const world = await openWorld({ vault: lastingVault(), ...given });
  closeAfter(() => world.close());
  const slash = (name: string, text = '', by = 'Ann') =>
    world.host.accept(world.command(name, text, { author: person(by) }));
  return {
    ...world,
    slash,
    keyOf: (name) => keyOf(name, world.openWebUI),
    link: async (by, key) => send(world, formIn(await slash('link', '', by)), { 'API key': new Secret(key) }, by),
    askedOf: (key) =>
      world.openWebUI
        .seen({ path: '/api/chat/completions' })
        .filter((one) => one.headers.authorization === `Bearer ${key}`).length,
  };
}

/** Gives somebody an account on the server; its key. */
export function keyOf(name: string, openWebUI: ScriptedOpenWebUI): string {
  const key = `sk-${randomBytes(16).toString('hex')}`;
  openWebUI.world.users.put({
    id: `account-of-${name}`,
    name,
    email: `${name.toLowerCase()}@example.test`,
    role: 'user',
    prompts: true,
    created_at: 1,
    api_key: key,
  });
  return key;
}
