import type { FormValues } from './forms.ts';
import type { FileRef, Message, Person } from './messages.ts';
import type { MessageRef, Place, UserRef } from './places.ts';
import type { Secret } from './secret.ts';

/**
 * The handle of something a person did that the platform lets us answer directly, for a while: a command, a click, a form.
 * `token` is whatever the adapter needs to answer (an interaction token, a response address): a secret, sealed when stored.
 */
export interface Trigger {
  readonly platform: string;
  readonly id: string;
  readonly place: Place;
  readonly user: UserRef;
  readonly token: Secret;
  /** Milliseconds since the epoch after which the token is dead. */
  readonly expiresAt: number;
  /** Only the asker sees what is answered through it. Set by the adapter when it deferred the answer as private. */
  readonly private: boolean;
}

/**
 * What a platform tells, in neutral words. Every event carries a `key` that is the same for each redelivery of the same thing
 * and different for everything else (DESIGN, "The store"): the store accepts a key once.
 * No property is optional: what is not known is null, so that an event reads back from the store exactly as it was.
 */
export type ChatEvent =
  | MessageEvent
  | EditedEvent
  | DeletedEvent
  | CommandEvent
  | ButtonEvent
  | FormEvent
  | RenamedEvent
  | JoinedEvent
  | HomeEvent;

/** Somebody wrote a message that the bot can see. The inbox decides whether it is answered. Its key is `messageKey(message.ref)`. */
export interface MessageEvent {
  readonly type: 'message';
  readonly key: string;
  readonly message: Message;
  /** `mention`: names the bot or replies to it. `direct`: written to it privately. `ambient`: neither. */
  readonly addressed: 'direct' | 'mention' | 'ambient';
  /**
   * Where the conversation about this message lives, or will once `Adapter.thread` has made it: known without a call, since
   * a thread is named by the message it begins with. The queue orders by it.
   */
  readonly conversation: Place;
  /** The message this one replies to or quotes, when the platform tells. */
  readonly replyTo: Message | null;
}

/** Somebody changed a message of theirs; `message` is how it reads now. */
export interface EditedEvent {
  readonly type: 'edited';
  readonly key: string;
  readonly message: Message;
}

/** A message was deleted; by whom is often unknown. */
export interface DeletedEvent {
  readonly type: 'deleted';
  readonly key: string;
  readonly ref: MessageRef;
}

/** A slash command, a shortcut or a context menu. */
export interface CommandEvent {
  readonly type: 'command';
  readonly key: string;
  readonly trigger: Trigger;
  readonly author: Person;
  readonly place: Place;
  /** The registered name: `ask`, `prompt`; on a platform that registers few, `parley` with all in `text`. */
  readonly name: string;
  /** Options by name where the platform has typed options; raw text values, checked by the command. Empty otherwise. */
  readonly options: Readonly<Record<string, string>>;
  /** What was typed after the name where the platform hands over one line; empty otherwise. */
  readonly text: string;
  readonly files: readonly FileRef[];
  /** The message a shortcut or context menu was used on. */
  readonly target: Message | null;
}

/** Somebody pressed a button or chose from a menu. `control` is the id that a `Button` or `Menu` was made with. */
export interface ButtonEvent {
  readonly type: 'button';
  readonly key: string;
  readonly trigger: Trigger;
  readonly author: Person;
  readonly place: Place;
  readonly control: string;
  /** The chosen value of a menu; null for a button. */
  readonly value: string | null;
  /** The message the button stands on. */
  readonly on: MessageRef;
}

/** Somebody sent a form in. `form` is the id of the `Form`. */
export interface FormEvent {
  readonly type: 'form';
  readonly key: string;
  readonly trigger: Trigger;
  readonly author: Person;
  readonly place: Place;
  readonly form: string;
  /** Of every field that was shown, but for a secret left empty: what was emptied is `''` or an empty list. */
  readonly values: FormValues;
}

/** A person (not the bot) gave a conversation another title. */
export interface RenamedEvent {
  readonly type: 'renamed';
  readonly key: string;
  readonly place: Place;
  readonly title: string;
}

/** The bot was added to a channel, or somebody opened its direct channel for the first time. A welcome may follow. */
export interface JoinedEvent {
  readonly type: 'joined';
  readonly key: string;
  readonly place: Place;
  readonly by: Person | null;
}

/** Somebody opened the bot's own page on the platform. The answer (`say`) is what the page shows. */
export interface HomeEvent {
  readonly type: 'home';
  readonly key: string;
  readonly author: Person;
  readonly place: Place;
}
