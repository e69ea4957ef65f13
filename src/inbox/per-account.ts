import type { Keyv } from 'keyv';
import type { Secret } from '../chat/secret.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { LruMap } from '../store/lru-map.ts';

/** What is kept of each account by itself: the team's always, those of people's own as long as they are used. */
export interface PerAccount<Kept> {
  /** That of the account whose key the server is asked with; made at its first use. */
  of(server: OpenWebUI): Kept;
  /** All that is kept. */
  all(): readonly Kept[];
  /** Nothing of this account is kept any longer. */
  forget(server: OpenWebUI): void;
}

/** Accounts of people's own, beside the team's: those used longest ago go. */
const MOST = 200;

/**
 * See {@link PerAccount}. `team` is the server through the service key. Only what is the team's may stand in the cache, too: `make` is
 * given none for a person's own account, which stays in memory.
 */
export function createPerAccount<Kept>(
  team: OpenWebUI,
  cache: Keyv,
  make: (server: OpenWebUI, cache: Keyv | null) => Kept,
): PerAccount<Kept> {
  const teams = make(team, cache);
  const own = new LruMap<Secret, Kept>(MOST);

  return {
    of(server) {
      const { key } = server;
      if (key === null || key === team.key) return teams;
      const known = own.get(key);
      if (known !== undefined) return known;
      const made = make(server, null);
      own.set(key, made);
      return made;
    },
    all: () => [teams, ...own.values()],
    forget(server) {
      if (server.key !== null) own.delete(server.key);
    },
  };
}
