import type { Person } from '../chat/messages.ts';
import type { Secret } from '../chat/secret.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Account } from '../openwebui/server.ts';

/** Who is answered without an account of their own: everybody through the service account, those whose e-mail the server knows, nobody. */
export type UnlinkedPolicy = 'service' | 'match' | 'require';

/** The Open WebUI account that acts. */
export interface Identity {
  /** `userKey` of the person whose own account it is; null for the team's service account. Rows keep it as the owner of a chat. */
  readonly owner: string | null;
  /** The server through this account's key. */
  readonly server: OpenWebUI;
  /** What the server told about the account when it was linked; null for the service account. */
  readonly account: Account | null;
}

/**
 * Whose credential acts for whom. A turn has two: *ask* is the asker's ({@link Accounts.asking}), *save* is the one of the chat's
 * owner ({@link Accounts.owning}). A key that the server refused is not used again until it is linked anew.
 */
export interface Accounts {
  /**
   * The account that asks for a person: their own where linked, else what the policy allows. Throws a `Failure` whose sentence
   * says what to do: `unauthorized` where a link is missing or its key was refused.
   */
  asking(person: Person): Promise<Identity>;
  /** The same from memory, for suggestions: null where they would be refused, or while it is not known yet. */
  known(person: Person): Identity | null;
  /** The account that owns a chat; null while its key is refused or its link is gone: what needs it waits. */
  owning(owner: string | null): Promise<Identity | null>;
  /** The server refused this account's key: it is not used again. Nothing happens to the service account. */
  refused(identity: Identity): Promise<void>;
  /** Checks a key with the server and keeps it sealed; the account it belongs to. Throws a `Failure` that never repeats the key. */
  link(person: Person, key: Secret): Promise<Account>;
  /** Deletes a person's key. False: there was none. */
  unlink(person: Person): Promise<boolean>;
}
