import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Person } from '../../src/chat/messages.ts';
import type { UserRef } from '../../src/chat/places.ts';
import type { Api } from './api.ts';
import type { Groups } from './groups.ts';
import { createRecent, remembered } from './recent.ts';
import { usersInfo } from './wire.ts';

/** Who people are, remembered for a while. */
export interface People {
  /** The person, as Slack knows them now. Throws a `Failure` when that cannot be told: who may ask depends on it. */
  find(id: string): Promise<Person>;
  /** The person, or as much as is known without asking; for names in texts, where a name is nice to have. */
  guess(id: string, name: string | null): Promise<Person>;
  /** A program that wrote a message. */
  program(id: string, name: string | null): Person;
}

/** People remembered at a time, and for how long (ms). */
const MOST = 5_000;
const KEPT_MS = 10 * 60_000;

/** See {@link People}. `team` is our own workspace: whoever is of another is a stranger. */
export function createPeople(api: Api, team: string, clock: Clock, groups: Groups): People {
  const known = createRecent<Promise<Person>>(clock, MOST, KEPT_MS);
  const ref = (id: string): UserRef => ({ platform: 'slack', team, id });
  const nobody = (id: string, name: string | null, bot: boolean): Person => ({
    ref: ref(id),
    name: name || id,
    email: null,
    locale: null,
    timezone: null,
    bot,
    guest: false,
    stranger: false,
    groups: [],
  });

  async function ask(id: string): Promise<Person> {
    const { user } = await api.call('users.info', { user: id, include_locale: true }, usersInfo);
    const { profile } = user;
    const ours = user.team_id == null || user.team_id === team || user.enterprise_user?.teams?.includes(team) === true;
    return {
      ref: ref(id),
      name: profile?.display_name || profile?.real_name || user.real_name || user.name || id,
      // One that they only claim tells nothing of who they are.
      email: user.is_email_confirmed === false ? null : (profile?.email ?? null),
      locale: user.locale ?? null,
      timezone: user.tz ?? null,
      bot: user.is_bot === true || id === SLACKBOT,
      guest: user.is_restricted === true || user.is_ultra_restricted === true,
      stranger: user.is_stranger === true || !ours,
      groups: [],
    };
  }

  async function find(id: string): Promise<Person> {
    const [person, theirs] = await Promise.all([remembered(known, id, () => ask(id)), groups.of(id)]);
    return { ...person, groups: theirs };
  }

  return {
    find,
    async guess(id, name) {
      try {
        return await find(id);
      } catch (error) {
        if (error instanceof Failure) return nobody(id, name, false);
        throw error;
      }
    },
    program: (id, name) => nobody(id, name, true),
  };
}

const SLACKBOT = 'USLACKBOT';
