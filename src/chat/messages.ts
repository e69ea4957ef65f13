import type { MessageRef, Place, UserRef } from './places.ts';

/** A person as the platform knows them now. Only `ref` and `name` are always known. */
export interface Person {
  readonly ref: UserRef;
  /** What others call them, plain text. */
  readonly name: string;
  readonly email: string | null;
  /** BCP 47, such as `de-DE`. */
  readonly locale: string | null;
  /** IANA zone, such as `Europe/Berlin`. */
  readonly timezone: string | null;
  /** A program, not a person. */
  readonly bot: boolean;
  /** A guest with limited access to the team. */
  readonly guest: boolean;
  /** Somebody of another organisation in a shared channel. */
  readonly stranger: boolean;
  /**
   * Ids of the user groups or roles they have where they write; in private, those of the access lists wherever they have them.
   * Told for authors of events only, as far as the access lists need it: elsewhere it may be empty.
   */
  readonly groups: readonly string[];
}

/** A file that stands in a message and has not been fetched. `token` is the platform's own handle for fetching it. */
export interface FileRef {
  readonly platform: string;
  readonly id: string;
  readonly name: string;
  /** Media type as the platform tells it: a claim, not a fact. */
  readonly type: string;
  /** Bytes as the platform tells it; null when it does not. */
  readonly size: number | null;
  /** What the adapter needs to fetch it: an address, an id. Never shown. */
  readonly token: string;
}

/** A fetched file. */
export interface Download {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A file to be posted. `alt` describes an image for those who cannot see it. */
export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly alt: string | null;
}

/** A message that somebody (or the bot) wrote, with platform syntax turned into plain Markdown and mentions into names. */
export interface Message {
  readonly ref: MessageRef;
  readonly author: Person;
  readonly text: string;
  readonly files: readonly FileRef[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Written by this bot. */
  readonly ours: boolean;
  /** The thread that hangs on it; told only of the message that a context menu was used on, where there is one. */
  readonly thread?: Place | undefined;
}
