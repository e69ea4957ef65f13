import { Failure } from '../chat/errors.ts';
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
  /**
   * What the server tells about the person: of their own account when it was linked, or of the account with their e-mail
   * where that is the rule. Null where nothing is known of them; never the service account's own.
   */
  readonly account: Account | null;
}

/**
 * Whose credential acts for whom. A turn has two: *ask* is the asker's ({@link Accounts.asking}), *save* is the one of the chat's
 * owner ({@link Accounts.owning}). A key that the server refused is not used again until it is linked anew; the identities'
 * servers notice that by themselves.
 */
export interface Accounts {
  /** Reads the links and begins to look at the service account. Links sealed with an old key are sealed anew. Throws when the store cannot be read. */
  start(): Promise<void>;
  /** Resolves once the log tells whose the service key is, or after a second. */
  looked(): Promise<void>;
  /** Ends what goes on in the background. */
  stop(): void;
  readonly policy: UnlinkedPolicy;
  /** Null where people can link; else the sentence that says what an administrator must do first. */
  readonly linkingOff: string | null;
  /**
   * The account that asks for a person: their own where linked, else what the policy allows. Throws a `Failure` whose sentence
   * says what to do: a {@link LinkNeeded} where a link is missing, was refused or cannot be opened; `forbidden` where the
   * service account may not be used.
   */
  asking(person: Person): Promise<Identity>;
  /** The same from memory, for suggestions: null where they would be refused, or while it is not known yet. */
  known(person: Person): Identity | null;
  /** What keeps a person from asking and a link of their own would mend; null where nothing does, or where the server cannot tell now. */
  missing(person: Person): Promise<LinkNeeded | null>;
  /** The account that owns a chat; null while its key is refused or its link is gone: what needs it waits. */
  owning(owner: string | null): Promise<Identity | null>;
  /** The server refused this account's key: it is not used again. Nothing happens to the service account, or to a key linked since. */
  refused(identity: Identity): Promise<void>;
  /** Checks a key with the server and keeps it sealed; the account it belongs to. Throws a `Failure` that never repeats the key. */
  link(person: Person, key: Secret): Promise<Account>;
  /** Deletes a person's key. False: there was none. */
  unlink(person: Person): Promise<boolean>;
}

/** What accounts write into the log: ids and kinds, never a key. */
export interface AccountLog {
  error(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  info(fields: object, event: string): void;
  debug(fields: object, event: string): void;
}

/** Why somebody has to link an account: they never did, the server refused their key, it cannot be opened any more, no account has their e-mail. */
export type LinkReason = 'missing' | 'refused' | 'sealed' | 'unmatched';

/** Nobody can ask for this person until they link an account. Its sentence is for them alone. */
export class LinkNeeded extends Failure {
  readonly reason: LinkReason;

  constructor(reason: LinkReason, say: string) {
    super({ kind: 'unauthorized', retry: { when: 'never' }, say, detail: `an account must be linked: ${reason}` });
    this.name = 'LinkNeeded';
    this.reason = reason;
  }
}
