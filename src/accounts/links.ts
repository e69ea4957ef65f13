import * as z from 'zod';
import type { Secret } from '../chat/secret.ts';
import { type OpenWebUI, withKey } from '../openwebui/connection.ts';
import type { Account } from '../openwebui/server.ts';
import type { Link, Links } from '../store/port.ts';
import type { Vault } from '../store/vault.ts';
import type { Identity } from './accounts.ts';

/** One person's link as it stands in memory. */
export interface Held {
  readonly link: Link;
  /** Null where it may not be used: its key was refused, or cannot be opened. */
  readonly identity: Identity | null;
}

/** All links of one server, in memory and in the store. What is told of one person changes only that person's. */
export interface LinkBook {
  /** Reads all rows; seals anew what was sealed with an old key. */
  load(): Promise<void>;
  of(user: string): Held | null;
  put(user: string, key: Secret, account: Account, now: number): Promise<void>;
  /** Marks the link as refused, if `server` still is what it acts through. False: it is not. */
  refuse(user: string, server: OpenWebUI, now: number): Promise<boolean>;
  delete(user: string): Promise<boolean>;
}

/** The service's name in rows of links. */
const SERVICE = 'openwebui';

const word = z.string().nullable();
const account = z
  .object({ id: z.string(), name: z.string(), email: word, role: z.string(), bio: word, gender: word, birthDate: word })
  .transform((told): Account => ({ ...told, permissions: {} }));

/** See {@link LinkBook}. `refused` is told when the server refuses a key that one of these identities asked with. */
export function createLinkBook(rooms: {
  links: Links;
  vault: Vault;
  server: OpenWebUI;
  refused(identity: Identity): void;
}): LinkBook {
  const { links, vault } = rooms;
  const held = new Map<string, Held>();

  function hold(link: Link, key: Secret | null): Held {
    const one = { link, identity: key && link.refusedAt === null ? identityOf(link, key) : null };
    held.set(link.user, one);
    return one;
  }

  function identityOf(link: Link, key: Secret): Identity {
    const identity: Identity = {
      owner: link.user,
      server: withKey(rooms.server, key, () => rooms.refused(identity)),
      account: readAccount(link.account),
    };
    return identity;
  }

  return {
    async load() {
      for (const link of await links.list(SERVICE)) {
        const key = vault.open(link.sealed, boundTo(link.user));
        const stale = key !== null && !vault.isCurrent(link.sealed);
        const kept = stale ? { ...link, sealed: vault.seal(key, boundTo(link.user)) } : link;
        if (stale) await links.put(kept);
        hold(kept, key);
      }
    },
    of: (user) => held.get(user) ?? null,
    async put(user, key, { permissions: _, ...told }, now) {
      const sealed = vault.seal(key, boundTo(user));
      const made = { user, service: SERVICE, sealed, account: JSON.stringify(told), createdAt: now, refusedAt: null };
      // Here as in the two below memory changes first: what comes meanwhile then finds, and writes after, what is so by now.
      const before = held.get(user);
      const mine = hold(made, key);
      try {
        await links.put(made);
      } catch (error) {
        const isMine = held.get(user) === mine;
        if (isMine && before) held.set(user, before);
        else if (isMine) held.delete(user);
        throw error;
      }
    },
    async refuse(user, server, now) {
      const found = held.get(user);
      if (found?.identity?.server !== server) return false;
      const link = { ...found.link, refusedAt: now };
      held.set(user, { link, identity: null });
      await links.put(link);
      return true;
    },
    async delete(user) {
      held.delete(user);
      return links.delete(user, SERVICE);
    },
  };
}

/** How many links there are, and how many of them this vault cannot open. For doctor. */
export async function countLinks(links: Links, vault: Vault): Promise<{ all: number; closed: number }> {
  const all = await links.list(SERVICE);
  const closed = all.filter(({ sealed, user }) => vault.open(sealed, boundTo(user)) === null);
  return { all: all.length, closed: closed.length };
}

/** What a sealed key is bound to: nobody opens it as another person's, or as another server's. */
function boundTo(user: string): string {
  return JSON.stringify(['link', SERVICE, user]);
}

function readAccount(json: string): Account | null {
  const read = account.safeParse(JSON.parse(json));
  return read.success ? read.data : null;
}
