import type { Clock } from '../chat/clock.ts';
import type { Person } from '../chat/messages.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Account } from '../openwebui/server.ts';
import { accountsWithEmail, plainEmail } from '../openwebui/users.ts';
import { LruMap } from '../store/lru-map.ts';

/** The one account with a person's e-mail, or the sentence that says why there is none to be had. */
export type Match = Account | string;

/** Which account of the server has a person's e-mail. Remembered for some minutes. */
export interface EmailMatch {
  /** Asks where it is not known. Throws a `Failure` when the server does not answer. */
  find(person: Person): Promise<Match>;
  /** From memory; null while nothing is known. Asks in the background then. */
  known(person: Person): Match | null;
}

/** People remembered at a time. */
const MOST = 2_000;
const KEPT_MS = 300_000;
/** What an administrator may be mending right now is asked sooner. */
const DOUBT_MS = 30_000;
/** Nobody waits longer for the look. */
const LOOK_MS = 2_000;

/** See {@link EmailMatch}. People of other organisations are never matched: who vouches for their address is unknown. */
export function createEmailMatch(server: OpenWebUI, clock: Clock): EmailMatch {
  const found = new LruMap<string, { readonly match: Match; readonly until: number }>(MOST);
  const asked = new Map<string, Promise<Match>>();

  async function ask(email: string): Promise<Match> {
    try {
      const match = matchOf(await accountsWithEmail({ ...server, timeoutMs: LOOK_MS }, email));
      found.set(email, { match, until: clock.now() + (typeof match === 'string' ? DOUBT_MS : KEPT_MS) });
      return match;
    } finally {
      asked.delete(email);
    }
  }

  function once(email: string): Promise<Match> {
    const under = asked.get(email) ?? ask(email);
    asked.set(email, under);
    return under;
  }

  function remembered(email: string): Match | null {
    const one = found.get(email);
    return one && clock.now() < one.until ? one.match : null;
  }

  return {
    async find(person) {
      const email = emailOf(person);
      if (email === null) return NO_EMAIL;
      return remembered(email) ?? once(email);
    },
    known(person) {
      const email = emailOf(person);
      if (email === null) return NO_EMAIL;
      const match = remembered(email);
      // Whoever waits for the answer hears of a failure; a suggestion just has nothing to offer yet.
      if (match === null) once(email).catch(() => null);
      return match;
    },
  };
}

const NO_EMAIL = 'I cannot see your e-mail address here, so I cannot tell which account in Open WebUI is yours.';

function emailOf(person: Person): string | null {
  return person.stranger || person.email === null ? null : plainEmail(person.email) || null;
}

function matchOf(accounts: Awaited<ReturnType<typeof accountsWithEmail>>): Match {
  const [account, second] = accounts;
  if (!account) return 'No account in Open WebUI has your e-mail address. Ask an administrator there for one.';
  if (second)
    return 'More than one account in Open WebUI has your e-mail address, so I cannot tell which is yours. Ask an administrator there.';
  if (account.role === 'pending')
    return 'Your account in Open WebUI still waits to be accepted. Ask an administrator there.';
  return { ...account, gender: null, birthDate: null, permissions: {} };
}
