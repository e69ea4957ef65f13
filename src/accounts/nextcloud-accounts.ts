import type { Clock } from '../chat/clock.ts';
import { Failure, type Problem, problemOf } from '../chat/errors.ts';
import type { Person } from '../chat/messages.ts';
import { userKey } from '../chat/places.ts';
import { account as accountOf } from '../nextcloud/account.ts';
import { connect, type Nextcloud, type Site, visit } from '../nextcloud/connection.ts';
import { reasonOf } from '../nextcloud/errors.ts';
import { beginLogin, type Grant, type LoginFlow, pollLogin, revoke } from '../nextcloud/login-flow.ts';
import type { Links } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { AccountLog } from './accounts.ts';
import { createNextcloudLinks, type HeldLink, type LinkedAccount } from './nextcloud-links.ts';

/** The Nextcloud account that acts. */
export interface NextcloudIdentity {
  /** `userKey` of the person whose own account it is; null for the team's service account. Rows keep it. */
  readonly owner: string | null;
  readonly nc: Nextcloud;
  /** What Nextcloud calls its owner; null for the service account. */
  readonly name: string | null;
}

/**
 * Whose Nextcloud account acts for whom. A person's own is used once they have confirmed it. A credential is not used again after
 * its first 401: after 11 wrong logins Nextcloud locks out everybody behind our address (our reference, nextcloud 5).
 */
export interface NextcloudAccounts {
  /** Reads the links; those sealed with an old key are sealed anew. Throws when the store cannot be read. */
  start(): Promise<void>;
  /** The server's address. */
  readonly url: string;
  /** Null where people can connect their own; else the sentence that says what an administrator must do first. */
  readonly linkingOff: string | null;
  /** The account for a person's tasks. Throws a `Failure` whose sentence is for them alone where their own cannot be used any more. */
  asking(person: Person): Promise<NextcloudIdentity>;
  /** The same from memory, for suggestions: null where it would be refused. */
  known(person: Person): NextcloudIdentity | null;
  /** The account that a task runs under; null when it is gone or not used any more. */
  owning(owner: string | null): Promise<NextcloudIdentity | null>;
  /** To be told what a call threw: a refused credential is not used again. The problem, in words that say whose it is. */
  judge(identity: NextcloudIdentity, error: unknown): Promise<Problem>;
  /** Begins a login flow in a person's name. Throws a `Failure`. */
  begin(person: Person, requester: string): Promise<LoginFlow>;
  /** Asks once whether it was granted. Throws a `Failure`. */
  poll(flow: Pick<LoginFlow, 'token' | 'expiresAt'>): Promise<Grant | 'waiting' | 'gone'>;
  /** Keeps what was granted, not to be used before it is confirmed; an older one is revoked. Throws a `Failure` when the server cannot say whose it is. */
  keep(user: string, grant: Grant, from: Pick<LinkedAccount, 'flow' | 'requester'>): Promise<LinkedAccount>;
  /** Deletes an app password that was granted and is not wanted. `left`: the server could not be told. */
  discard(grant: Grant, requester: string): Promise<'revoked' | 'left'>;
  /** The person's own account, confirmed or not; null when there is none. */
  linked(user: string): Promise<LinkedAccount | null>;
  /** The person says that what this flow granted is theirs. Null: there is nothing of it to confirm. */
  confirm(user: string, flow: string): Promise<LinkedAccount | null>;
  /** Deletes a person's app password on the server and here, whatever flow granted it, or only this one's. `left`: here only, since the server could not be told. */
  unlink(user: string, flow?: string): Promise<'revoked' | 'left' | 'none'>;
}

/** See {@link NextcloudAccounts}. */
export function createNextcloudAccounts(rooms: {
  /** The team's account; its sockets are shared. */
  service: Nextcloud;
  /** The server is a stand-in that ends with the process: so may what people connect to it. */
  standIn: boolean;
  links: Links;
  vault: Vault;
  clock: Clock;
  log: AccountLog;
}): NextcloudAccounts {
  const { service, clock, log } = rooms;
  const links = createNextcloudLinks(rooms.links, rooms.vault);
  const team: NextcloudIdentity = { owner: null, nc: service, name: null };
  /** One connection for each credential: it remembers what it learnt. */
  const connections = new WeakMap<object, NextcloudIdentity>();

  function identityOf({ link, account, password }: HeldLink): NextcloudIdentity | null {
    if (!account.confirmed || link.refusedAt !== null || password === null || isElsewhere(account)) return null;
    const known = connections.get(password);
    if (known) return known;
    const made = { owner: link.user, nc: connectAs(account, password), name: account.name };
    connections.set(password, made);
    return made;
  }

  function connectAs(
    { url, login, requester }: Pick<LinkedAccount, 'url' | 'login' | 'requester'>,
    password: HeldLink['password'] & object,
  ): Nextcloud {
    const { agent, timeoutMs } = service;
    return connect({ url, login, password, requester, agent, timeoutMs, clock });
  }

  /** An administrator has set another server since: a password for one is not sent to another, and the old one is not ours any more. */
  function isElsewhere({ url }: LinkedAccount): boolean {
    return new URL(url).origin !== new URL(service.url).origin;
  }

  function unusable({ link, account }: HeldLink): Failure {
    const say = link.refusedAt !== null ? REFUSED : isElsewhere(account) ? moved(account.url, service.url) : SEALED;
    return new Failure({ kind: 'unauthorized', retry: { when: 'never' }, say, detail: 'the link cannot be used' });
  }

  const site = (requester?: string): Site => {
    const { url, agent, timeoutMs } = service;
    return visit({ url, requester, agent, timeoutMs, clock });
  };

  async function take(held: HeldLink): Promise<'revoked' | 'left'> {
    if (held.password === null || held.link.refusedAt !== null) return 'left';
    try {
      await revoke(connections.get(held.password)?.nc ?? connectAs(held.account, held.password));
      return 'revoked';
    } catch (error) {
      log.warn({ user: held.link.user, detail: problemOf(error).detail }, 'an app password could not be revoked');
      return 'left';
    }
  }

  return {
    start: () => links.load(),
    url: service.url,
    linkingOff: rooms.vault.lasting || rooms.standIn ? null : LINKING_OFF,
    async asking(person) {
      const held = await links.of(userKey(person.ref));
      if (!held?.account.confirmed) return team;
      const identity = identityOf(held);
      if (identity) return identity;
      throw unusable(held);
    },
    known(person) {
      const held = links.known(userKey(person.ref));
      return held?.account.confirmed ? identityOf(held) : team;
    },
    async owning(owner) {
      if (owner === null) return team;
      const held = await links.of(owner);
      return held && identityOf(held);
    },
    async judge(identity, error) {
      const problem = problemOf(error);
      if (reasonOf(error) !== 'credential') return problem;
      if (identity.owner === null) return { ...problem, say: TEAM_REFUSED };
      const held = await links.of(identity.owner);
      // Another may have been connected since.
      if (held && identityOf(held) === identity) {
        await links.refuse(identity.owner, clock.now());
        log.info({ user: identity.owner }, 'Nextcloud refused a linked credential: it is not used again');
      }
      return { ...problem, say: REFUSED };
    },
    begin: (_person, requester) => beginLogin(site(requester)),
    poll: (flow) => pollLogin(site(), flow),
    async keep(user, grant, from) {
      const before = await links.of(user);
      const account = { url: grant.url, login: grant.login, ...from, confirmed: false };
      const fresh = connectAs(account, grant.password);
      // Kept before anything else: it is told once only.
      await links.put(user, grant.password, { ...account, name: grant.login }, clock.now());
      if (before) await take(before);
      const { name } = await accountOf(fresh).catch((thrown: unknown) => {
        log.info({ user, detail: problemOf(thrown).detail }, 'whose account was connected could not be read');
        return { name: grant.login };
      });
      const kept = { ...account, name };
      // Unless they have taken it away again, or connected another, while the server was asked.
      if ((await links.of(user))?.password === grant.password) await links.put(user, grant.password, kept, clock.now());
      log.info({ user }, 'a Nextcloud account waits for confirmation');
      return kept;
    },
    async discard(grant, requester) {
      try {
        await revoke(connectAs({ url: grant.url, login: grant.login, requester }, grant.password));
        return 'revoked';
      } catch (error) {
        log.warn({ detail: problemOf(error).detail }, 'an app password that nobody wants could not be revoked');
        return 'left';
      }
    },
    async linked(user) {
      return (await links.of(user))?.account ?? null;
    },
    async confirm(user, flow) {
      const held = await links.of(user);
      if (held?.account.flow !== flow) return null;
      await links.confirm(user);
      log.info({ user }, 'a Nextcloud account was connected');
      return held.account;
    },
    async unlink(user, flow) {
      const held = await links.of(user);
      if (!held || (flow !== undefined && held.account.flow !== flow)) return 'none';
      const done = await take(held);
      await links.delete(user);
      log.info({ user, done }, 'a Nextcloud account was disconnected');
      return done;
    },
  };
}

const LINKING_OFF =
  'Connecting your own Nextcloud account is switched off here: Parley has no key to seal it with. Whoever runs me must set PARLEY_SECRET_KEY (openssl rand -base64 32).';
const REFUSED =
  'Nextcloud no longer accepts the app password of your account, so I do not use it any more. Connect anew with `/nextcloud connect`, or take it away with `/nextcloud disconnect`.';
const SEALED =
  'The Nextcloud account you connected can no longer be opened, since the secret key of Parley was changed. Connect anew with `/nextcloud connect`, or take it away with `/nextcloud disconnect`.';
const TEAM_REFUSED =
  'Nextcloud no longer accepts the team’s app password. Whoever runs me must make a new one in Nextcloud and set NEXTCLOUD_APP_PASSWORD.';

function moved(from: string, to: string): string {
  return `You connected a Nextcloud account on ${new URL(from).host}, and I work with ${new URL(to).host} now. Connect anew with \`/nextcloud connect\`, or take it away with \`/nextcloud disconnect\`: then your tasks run through the team’s account.`;
}
