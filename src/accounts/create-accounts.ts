import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Links } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import { type AccountLog, type Accounts, type Identity, LinkNeeded, type UnlinkedPolicy } from './accounts.ts';
import { checkKey } from './check-key.ts';
import { createEmailMatch } from './email-match.ts';
import { createLinkBook, type Held } from './links.ts';
import { createServiceAccount } from './service-account.ts';

/** What accounts are made of. */
export interface AccountRooms {
  readonly links: Links;
  readonly vault: Vault;
  /** The server through the service key. */
  readonly server: OpenWebUI;
  readonly clock: Clock;
  readonly policy: UnlinkedPolicy;
  /** Whether an admin's service key is used all the same. */
  readonly allowAdminKey: boolean;
  readonly log: AccountLog;
}

/** See {@link Accounts}. All links are held in memory: what is known is answered without waiting. */
export function createAccounts(rooms: AccountRooms): Accounts {
  const { vault, server, clock, policy, log } = rooms;
  const service = createServiceAccount({ server, clock, allowAdmin: rooms.allowAdminKey, log });
  const matches = createEmailMatch(server, clock);
  const book = createLinkBook({ links: rooms.links, vault, server, refused: (identity) => void refused(identity) });
  const linkingOff = vault.lasting ? null : LINKING_OFF;
  let loading: Promise<void> | null = null;

  function loaded(): Promise<void> {
    loading ??= book.load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function refused({ owner, server: through }: Identity): Promise<void> {
    if (owner === null) return;
    try {
      const now = await book.refuse(owner, through, clock.now());
      if (now) log.info({ user: owner }, 'the server refused a linked key: it is not used again');
    } catch (error) {
      log.warn({ user: owner, detail: problemOf(error).detail }, 'a refused key could not be marked in the store');
    }
  }

  /** How a person stands, as far as the links tell: their own identity, why nobody asks for them, or null where the team's account may. */
  function standing({ ref, bot }: Person): Identity | Failure | null {
    if (bot && policy !== 'service') return new Failure(aProgram);
    const held = book.of(userKey(ref));
    if (held) return held.identity ?? unusable(held);
    return policy === 'require' ? new LinkNeeded('missing', linkingOff ?? MISSING) : null;
  }

  /** What is wrong with a link that may not be used. */
  function unusable({ link }: Held): LinkNeeded {
    if (link.refusedAt !== null) return new LinkNeeded('refused', REFUSED);
    return new LinkNeeded('sealed', linkingOff ?? SEALED);
  }

  function unmatched(why: string): LinkNeeded {
    return new LinkNeeded('unmatched', linkingOff === null ? `${why} Or link your own account with \`/link\`.` : why);
  }

  return {
    policy,
    linkingOff,
    async start() {
      await loaded();
      service.start();
    },
    looked: () => service.looked(),
    stop: () => service.stop(),
    async asking(person) {
      await loaded();
      const own = standing(person);
      if (own instanceof Failure) throw own;
      if (own) return own;
      const identity = await service.identity();
      if (policy === 'service') return identity;
      const match = await matches.find(person);
      if (typeof match === 'string') throw unmatched(match);
      return { ...identity, account: match };
    },
    known(person) {
      const own = standing(person);
      if (own) return own instanceof Failure ? null : own;
      const identity = service.known();
      if (identity === null || policy === 'service') return identity;
      const match = matches.known(person);
      return match === null || typeof match === 'string' ? null : { ...identity, account: match };
    },
    async missing(person) {
      await loaded();
      const own = standing(person);
      if (own) return own instanceof LinkNeeded ? own : null;
      if (policy === 'service') return null;
      // A server that does not answer now is told of when the question is asked.
      const match = await matches.find(person).catch(() => null);
      return typeof match === 'string' ? unmatched(match) : null;
    },
    async owning(owner) {
      if (owner === null) return { owner: null, server, account: null };
      await loaded();
      return book.of(owner)?.identity ?? null;
    },
    refused,
    async link(person: Person, key) {
      if (person.bot) throw new Failure(aProgram);
      if (linkingOff !== null)
        throw new Failure({ kind: 'closed', retry: { when: 'never' }, say: linkingOff, detail: 'no secret key' });
      await loaded();
      const account = await checkKey(server, key);
      await book.put(userKey(person.ref), key, account, clock.now());
      log.info({ user: userKey(person.ref), account: account.id }, 'an account was linked');
      return account;
    },
    async unlink(person) {
      await loaded();
      const gone = await book.delete(userKey(person.ref));
      if (gone) log.info({ user: userKey(person.ref) }, 'an account was unlinked');
      return gone;
    },
  };
}

const LINKING_OFF =
  'Linking accounts is switched off here: Parley has no key to seal them with. Whoever runs me must set PARLEY_SECRET_KEY (openssl rand -base64 32).';
const MISSING = 'I answer here once you have linked your own Open WebUI account. Link it with `/link`.';
const REFUSED =
  'Open WebUI no longer takes the API key you linked, so I do not use it any more. Link a new one with `/link`, or take it away with `/unlink`.';
const SEALED =
  'The API key you linked can no longer be opened, since the secret key of Parley was changed. Link it anew with `/link`, or take it away with `/unlink`.';

const aProgram = {
  kind: 'forbidden',
  retry: { when: 'never' },
  say: 'I only answer people who have an account in Open WebUI, and programs cannot link one.',
  detail: 'a program asked for an account',
} as const;
