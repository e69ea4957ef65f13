import * as z from 'zod';
import type { Finding } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure, problemOf } from '../../src/chat/errors.ts';
import type { Api } from './api.ts';
import { slackWord } from './errors.ts';
import type { SlackLog } from './sdk-log.ts';

/** Who is in the user groups that the access lists name. */
export interface Groups {
  /** The named groups this person is in. Throws a `Failure` when that cannot be told: who may ask depends on it. */
  of(user: string): Promise<readonly string[]>;
}

/** A group is asked for again after so long (ms); when Slack cannot be asked, what was last heard counts for so long. */
const FRESH_MS = 5 * 60_000;
const STALE_MS = 60 * 60_000;

/** Slack's word for a group that is not there. */
const NO_GROUP = 'no_such_subteam';

const members = z.looseObject({ users: z.array(z.string()) });

/** What doctor says of the groups that the access lists name. */
export async function* groupFindings(api: Pick<Api, 'call'>, ids: readonly string[]): AsyncGenerator<Finding> {
  for (const id of ids) {
    const what = `Slack user group ${id}`;
    try {
      const { users } = await api.call('usergroups.users.list', { usergroup: id }, members);
      const many = users.length === 1 ? 'One person is' : `${users.length} people are`;
      yield { what, state: users.length === 0 ? 'warn' : 'ok', fact: `${many} in it.`, mend: null };
    } catch (error) {
      const missing = slackWord(error) === NO_GROUP;
      const fact = missing ? 'There is no such group.' : problemOf(error).say;
      const mend = missing
        ? 'Copy its id from its page in Slack into SLACK_ALLOW or SLACK_DENY, or take the entry away'
        : problemOf(error).detail;
      yield { what, state: 'fail', fact, mend };
    }
  }
}

/** See {@link Groups}. Only groups in `ids` are ever asked for, so that without them the permission is not needed. */
export function createGroups(rooms: {
  api: Pick<Api, 'call'>;
  ids: readonly string[];
  clock: Clock;
  log: SlackLog;
}): Groups {
  const { clock } = rooms;
  const heard = new Map<string, { readonly users: ReadonlySet<string>; readonly at: number }>();
  const asking = new Map<string, Promise<ReadonlySet<string>>>();

  async function ask(id: string): Promise<ReadonlySet<string>> {
    const before = heard.get(id);
    try {
      const { users } = await rooms.api.call('usergroups.users.list', { usergroup: id }, members);
      const read = { users: new Set(users), at: clock.now() };
      heard.set(id, read);
      return read.users;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { detail } = error.problem;
      rooms.log.warn({ group: id, detail }, 'a user group of the access lists cannot be read');
      if (slackWord(error) === NO_GROUP) {
        // Nobody is in a group that is not there; asking at every message would change nothing.
        const nobody = { users: new Set<string>(), at: clock.now() };
        heard.set(id, nobody);
        return nobody.users;
      }
      if (before && clock.now() - before.at <= STALE_MS) return before.users;
      throw error;
    }
  }

  /** Those who ask meanwhile share one call. */
  function usersOf(id: string): Promise<ReadonlySet<string>> {
    const known = heard.get(id);
    if (known && clock.now() - known.at <= FRESH_MS) return Promise.resolve(known.users);
    const under = asking.get(id) ?? ask(id).finally(() => asking.delete(id));
    asking.set(id, under);
    return under;
  }

  return {
    async of(user) {
      const found = await Promise.all(rooms.ids.map(async (id) => ((await usersOf(id)).has(user) ? [id] : [])));
      return found.flat();
    },
  };
}
