import * as z from 'zod';
import type { Secret } from '../chat/secret.ts';
import type { Link, Links } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';

/** What is kept of a person's Nextcloud account beside its sealed app password. */
export interface LinkedAccount {
  /** Where it lives: the address that the login flow told. */
  readonly url: string;
  /** As the login flow gave it; need not be the user id. */
  readonly login: string;
  /** What Nextcloud calls the person. */
  readonly name: string;
  /** Our name in the person's list of devices. */
  readonly requester: string;
  /** Names the login flow that granted it: what is said about one is not meant for another. */
  readonly flow: string;
  /** The person said that it is theirs; until then it is not used. */
  readonly confirmed: boolean;
}

/** One person's link as it stands in memory. */
export interface HeldLink {
  readonly link: Link;
  readonly account: LinkedAccount;
  /** Null where it cannot be opened any more. */
  readonly password: Secret | null;
}

/** All links to Nextcloud accounts, in memory and in the store. */
export interface NextcloudLinks {
  /** Reads all rows, if that has not been done; seals anew what was sealed with an old key. */
  load(): Promise<void>;
  of(user: string): Promise<HeldLink | null>;
  /** The same from memory; null also while nothing has been read yet. */
  known(user: string): HeldLink | null;
  put(user: string, password: Secret, account: LinkedAccount, now: number): Promise<void>;
  confirm(user: string): Promise<void>;
  /** The server refused its credential: it is not used again. */
  refuse(user: string, now: number): Promise<void>;
  delete(user: string): Promise<boolean>;
}

/** The service's name in rows of links. */
const SERVICE = 'nextcloud';

const shape = z.object({
  url: z.string(),
  login: z.string(),
  name: z.string(),
  requester: z.string(),
  // Rows of an older Parley name none.
  flow: z.string().default(''),
  confirmed: z.boolean(),
}) satisfies z.ZodType<LinkedAccount>;

/** See {@link NextcloudLinks}. Read once; as many as people linked, which is what bounds them. */
export function createNextcloudLinks(links: Links, vault: Vault): NextcloudLinks {
  const held = new Map<string, HeldLink>();
  let loading: Promise<void> | null = null;

  async function read(): Promise<void> {
    for (const link of await links.list(SERVICE)) {
      const told = shape.safeParse(JSON.parse(link.account));
      if (!told.success) continue;
      const password = vault.open(link.sealed, boundTo(link.user));
      const stale = password !== null && !vault.isCurrent(link.sealed);
      const kept = stale ? { ...link, sealed: vault.seal(password, boundTo(link.user)) } : link;
      if (stale) await links.put(kept);
      held.set(link.user, { link: kept, account: told.data, password });
    }
  }

  function load(): Promise<void> {
    loading ??= read().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function change({ link, account, password }: HeldLink): Promise<void> {
    const changed = { ...link, account: JSON.stringify(account) };
    // Memory first: nobody acts on the old state while the row is being written.
    held.set(link.user, { link: changed, account, password });
    await links.put(changed);
  }

  return {
    load,
    async of(user) {
      await load();
      return held.get(user) ?? null;
    },
    known: (user) => held.get(user) ?? null,
    async put(user, password, account, now) {
      await load();
      const sealed = vault.seal(password, boundTo(user));
      const link = { user, service: SERVICE, sealed, account: '', createdAt: now, refusedAt: null };
      await change({ link, account, password });
    },
    async confirm(user) {
      await load();
      const one = held.get(user);
      if (one) await change({ ...one, account: { ...one.account, confirmed: true } });
    },
    async refuse(user, now) {
      await load();
      const one = held.get(user);
      if (one && one.link.refusedAt === null) await change({ ...one, link: { ...one.link, refusedAt: now } });
    },
    async delete(user) {
      await load();
      held.delete(user);
      return links.delete(user, SERVICE);
    },
  };
}

/** What a sealed password is bound to: nobody opens it as another person's, or as another server's. */
function boundTo(user: string): string {
  return JSON.stringify(['link', SERVICE, user]);
}
