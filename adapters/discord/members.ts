import type { Client } from 'discord.js';
import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import { CODE, codeOf } from './errors.ts';
import { Kept } from './kept.ts';
import type { Rest } from './rest.ts';

/** The roles of people, where an event does not bring them along: in private, and in messages that are read again. */
export interface Members {
  /**
   * Roles in this server; for null in every server that has a role of the access lists. Asks Discord only when the lists name
   * roles at all; needs no intent. Throws a `Failure` when it cannot be told: who may ask depends on it.
   */
  rolesOf(user: string, guild: string | null): Promise<readonly string[]>;
}

const KEPT = 2_000;
const KEPT_MS = 60_000;

const wireMember = z.object({ roles: z.array(z.string()) });

/** See {@link Members}. `roles`: those that the access lists name. */
export function createMembers(options: {
  rest: Pick<Rest, 'call'>;
  client(): Client<true> | null;
  roles: readonly string[];
  clock: Clock;
}): Members {
  const { rest, roles, clock } = options;
  const known = new Kept<{ readonly found: Promise<readonly string[]>; readonly at: number }>(KEPT);

  async function ask(user: string, guild: string): Promise<readonly string[]> {
    const route = `/guilds/${guild}/members/${user}` as const;
    try {
      return wireMember.parse(await rest.call({ what: 'read a member', method: 'GET', route })).roles;
    } catch (error) {
      const code = codeOf(error);
      // Not there: no roles there.
      if (code === CODE.unknownMember || code === CODE.unknownUser) return [];
      throw error;
    }
  }

  function remembered(user: string, guild: string): Promise<readonly string[]> {
    const key = `${guild} ${user}`;
    const before = known.get(key);
    if (before && clock.now() - before.at <= KEPT_MS) return before.found;
    const found = ask(user, guild);
    known.set(key, { found, at: clock.now() });
    found.catch(() => known.delete(key));
    return found;
  }

  return {
    async rolesOf(user, guild) {
      if (roles.length === 0) return [];
      const servers = [...(options.client()?.guilds.cache.values() ?? [])];
      const having = servers.filter((server) => roles.some((role) => server.roles.cache.has(role)));
      const guilds = guild === null ? having.map((server) => server.id) : [guild];
      return (await Promise.all(guilds.map((one) => remembered(user, one)))).flat();
    },
  };
}
