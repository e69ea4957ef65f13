import type { Identity, UnlinkedPolicy } from '../accounts/accounts.ts';
import type { Audited } from '../chat/audit.ts';
import type { Trigger } from '../chat/events.ts';
import type { Choice } from '../chat/forms.ts';
import type { Download, FileRef, Message, Person, Upload } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Secret } from '../chat/secret.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import type { Account as OwnAccount } from '../openwebui/server.ts';
import type { Named } from '../openwebui/tools.ts';
import type { Profile } from '../prompts/system-variables.ts';
import type { Conversation, Settings } from '../store/port.ts';
import type { NextcloudDesk } from './nextcloud-desk.ts';

/** A model as a person may choose it. */
export interface ModelChoice {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** What a control of a conversation comes to: done, or a sentence that says why not. */
export type Done = { readonly done: true } | { readonly done: false; readonly why: string };

/** What giving a title comes to. */
export type Renamed =
  | Exclude<Done, { done: true }>
  | { readonly done: true; readonly shown: 'now' | 'later' | 'never' };

/** Where a file for one person alone went: beside the conversation, to their direct messages, or nowhere. */
export type Handed = 'ephemeral' | 'private' | 'impossible';

/** What somebody thinks of an answer. */
export interface Verdict {
  /** The job of the answer; null for the last one of the conversation. */
  readonly answer: string | null;
  readonly good: boolean;
  /** One of the words that Open WebUI keeps; empty for none. */
  readonly reason: string;
  readonly comment: string;
}

/** The prompts a person may use. */
export interface PromptShelf {
  /** The active ones as last known, at once; fetched only when none are known. Throws a `Failure`. */
  known(person: Person): Promise<readonly Prompt[]>;
  /** The active ones, fetched anew where the server answers soon. Throws a `Failure` only when none are known. */
  fresh(person: Person): Promise<readonly Prompt[]>;
  /** The prompt as it is now; as it was where the server does not answer soon; null when it is gone or no longer open to them. */
  now(person: Person, prompt: Prompt): Promise<Prompt | null>;
  /** This person changed something through a command: what is known is fetched anew, and the log is told. `on` is a prompt’s id. */
  changed(person: Person, what: PromptChange, on: string | null, count?: number): void;
  /** What is known turned out to be old: it is fetched anew. */
  stale(person: Person): void;
}

/** What a question may be asked with, and whom something may be shared with: what a person's account sees. Each throws a `Failure`. */
export interface Extras {
  tools(person: Person): Promise<readonly Named[]>;
  knowledge(person: Person): Promise<readonly Named[]>;
}

/** The server through the account that acts for a person. */
export interface Account {
  readonly server: OpenWebUI;
  /** Null when they may change things with it; else the sentence that says why not. */
  readonly readOnly: string | null;
}

/** A person's own account of Open WebUI. */
export interface Linking {
  /** Null where people can link; else the sentence that says what must be done first. */
  readonly off: string | null;
  readonly policy: UnlinkedPolicy;
  /** The account that asks for a person. Throws a `Failure` that says why none does. */
  asking(person: Person): Promise<Identity>;
  /**
   * Links an account and asks what waited for it: how many questions these were, and why others of them were `refused`, if any.
   * Throws a `Failure` that never repeats the key.
   */
  link(
    person: Person,
    key: Secret,
  ): Promise<{ readonly account: OwnAccount; readonly asked: number; readonly refused: string | null }>;
  /** Deletes the key. False: there was none. */
  unlink(person: Person): Promise<boolean>;
}

/** Deletes what is kept of a person. Each throws a `Failure`. */
export interface Forgetting {
  /** How many questions of theirs, and chats that they could have deleted, are still known. */
  found(person: Person): Promise<{ readonly questions: number; readonly chats: number }>;
  /** Deletes the chats in Open WebUI that are theirs; how many, and how many could not be. */
  chats(person: Person): Promise<{ readonly deleted: number; readonly failed: number }>;
  /** Stops what is being done for them and deletes everything else; `left` jobs are still ending and go within the hour. */
  person(person: Person): Promise<{
    readonly left: number;
    readonly unlinked: boolean;
    readonly nextcloud: 'revoked' | 'left' | 'none';
  }>;
}

/** What changed about prompts. */
export type PromptChange = Extract<Audited, `prompt ${string}`>;

/** What commands may do to the rest of Parley. The inbox provides it; commands hold no other reference. */
export interface Desk {
  readonly settings: Settings;
  /** The conversation of this place, or null when none has begun. */
  conversation(place: Place): Promise<Conversation | null>;
  /** Models this person may use, from the warm cache; fetched when the cache is cold. Throws a `Failure`. */
  models(person: Person): Promise<readonly ModelChoice[]>;
  /** The model that a question by this person in this place would go to, and who chose it. Its name is null while it is not known. */
  modelFor(
    person: Person,
    place: Place,
  ): Promise<{
    readonly id: string | null;
    readonly name: string | null;
    readonly chosenBy: 'thread' | 'channel' | 'me' | 'server';
  }>;
  /** Stops what runs or waits in a conversation, if this person may. */
  stop(person: Person, place: Place): Promise<Done>;
  /** Asks the last question of a conversation again, if this person may. */
  again(person: Person, place: Place): Promise<Done>;
  /** Gives a conversation a person's title, in Open WebUI and on the platform: now, later, or never where that does not let it. */
  rename(person: Person, place: Place, title: string): Promise<Renamed>;
  /** Keeps what a person thinks of an answer with its chat; a second opinion of theirs replaces the first. Throws a `Failure`. */
  rate(person: Person, place: Place, verdict: Verdict): Promise<Done>;
  /** Forgets which chat this place belongs to, so that the next message begins a new one. */
  startAnew(place: Place): Promise<Done>;
  /** Facts for `/status`, each a short line. */
  facts(person: Person, place: Place): Promise<readonly string[]>;
  /** Where a chat can be read in the browser; null when there is none or its address is unknown. */
  chatLink(conversation: Conversation): string | null;
  isAdmin(person: Person): boolean;
  readonly prompts: PromptShelf;
  readonly linking: Linking;
  readonly forgetting: Forgetting;
  /** Tells the log that this person did something that others may want to know later. */
  audit(person: Person, what: Audited, on: string | null, count?: number): void;
  readonly extras: Extras;
  account(person: Person): Promise<Account>;
  /** What `{{USER_…}}` stands for: the linked account's, else the chat person's; never the service account's. */
  profile(person: Person): Promise<Profile>;
  /** IANA: the person's where the platform tells it, else the configured one. */
  zone(person: Person): string;
  /** How long what was asked and answered is kept. */
  readonly keptDays: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** What was written in a conversation lately, with names, oldest first. Throws a `Failure`. */
  transcript(place: Place): Promise<string>;
  /** The message that a thread hangs on, where the platform has it in the thread and somebody else wrote it; null for none. Never throws. */
  threadRoot(place: Place): Promise<Message | null>;
  /** Posts a file for everybody in the place. */
  post(place: Place, file: Upload, key: string): Promise<Done>;
  /** Gives a file to one person alone. Where that cannot be, says why. */
  hand(person: Person, place: Place, file: Upload, key: string, via: Trigger | null): Promise<Handed>;
  /** Fetches a file that somebody attached. Throws a `Failure`, `too-large` past `maxBytes`. */
  download(file: FileRef, maxBytes: number): Promise<Download>;
  /** Null where no Nextcloud is set. */
  readonly nextcloud: NextcloudDesk | null;
}

/** A choice made of a model. */
export function modelChoice(model: ModelChoice): Choice {
  return { label: model.name, value: model.id, hint: model.description };
}
