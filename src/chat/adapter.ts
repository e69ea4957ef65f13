import type { CommandSpec } from './commands.ts';
import type { ChatEvent, Trigger } from './events.ts';
import type { Choice, Form } from './forms.ts';
import type { Limits } from './limits.ts';
import type { Download, FileRef, Message, Person, Upload } from './messages.ts';
import type { MessageRef, Place, UserRef } from './places.ts';
import type { Body, Controls, Part, Rendered } from './view.ts';

/**
 * A chat platform. It parses what the platform sends into {@link ChatEvent}s for the {@link Host} and carries out the actions
 * below. It keeps no conversation state: everything it needs to act stands in the arguments.
 *
 * Every method that calls the platform throws a `Failure` and nothing else; its problem's kind tells what the core does next:
 * `busy` (hold the scope until `retry.ms`), `gone` (the message was deleted), `closed` or `forbidden` (the place cannot be
 * written to), `expired` (the trigger is dead), `unauthorized` (the token was revoked: also reported by `state('fatal')`),
 * `unreachable` and `timeout` (unknown whether it happened: `find` before posting again), `too-large`, `invalid`.
 * The clients' own queues and retries are off for these calls: pacing is delivery's.
 */
export interface Adapter {
  /** The platform's name in places, logs and configuration. */
  readonly name: string;
  readonly limits: Limits;
  /** Connects. Resolves when events flow; rejects with a `Failure` when it never will (a bad token). */
  start(host: Host, signal: AbortSignal): Promise<void>;
  /** Takes no more events, lets running calls end, closes. Safe to call twice. */
  stop(): Promise<void>;
  /** A part as this platform would show it, measured in the platform's own unit. Pure. Neutralises everything that could ping. */
  render(part: Part, options: { readonly live: boolean; readonly controls: Controls | null }): Rendered;
  /** The place where a conversation about this message lives: makes the thread where the platform has threads. Same answer twice. */
  thread(origin: MessageRef | Trigger, name: string): Promise<Place>;
  /** Ids of what the place lies in beside its team, channel and thread, such as a category, as known at this moment. Makes no call. */
  around?(place: Place): readonly string[];
  /** Scopes that `open` and `upload` in this place pay from. */
  openScopes(place: Place): readonly string[];
  /** Posts a new message. `key` is found again by `find`. `via` uses up a deferred reply where there is one. */
  open(place: Place, first: Rendered, key: string, via: Trigger | null): Promise<Surface>;
  /** A surface from before a restart. `gone`: deleted. `post-anew`: too old or its token is dead. Makes no call where it can be told without. */
  reopen(ref: SurfaceRef): Promise<Surface | 'gone' | 'post-anew'>;
  /** The message posted with this key after the given one (null: lately), if it was. */
  find(place: Place, key: string, after: MessageRef | null): Promise<SurfaceRef | null>;
  /** Says something to one person only, beside a conversation. `impossible` when the platform has no way to reach them. */
  tell(user: UserRef, place: Place, body: Body, via: Trigger | null): Promise<'ephemeral' | 'private' | 'impossible'>;
  /** Puts the bot's reaction on a message, or takes it off. `emoji` is one grapheme. Already so is success. */
  react(ref: MessageRef, emoji: string, on: boolean): Promise<void>;
  /** Messages of a place, oldest first, at most `limit`, ending before or beginning after the given message. */
  history(
    place: Place,
    around: { readonly before: MessageRef | null; readonly after: MessageRef | null },
    limit: number,
  ): Promise<readonly Message[]>;
  /** Fetches a file from the platform's own hosts only; `too-large` past `maxBytes`, which is enforced on the bytes themselves. */
  download(file: FileRef, maxBytes: number): Promise<Download>;
  upload(place: Place, file: Upload, key: string): Promise<MessageRef>;
  /** Gives a file to one person only: beside the conversation, or in their direct messages. As {@link Adapter.tell}. */
  hand?(
    user: UserRef,
    place: Place,
    file: Upload,
    key: string,
    via: Trigger | null,
  ): Promise<'ephemeral' | 'private' | 'impossible'>;
  /** What doctor wants to know, without starting. Never throws. */
  probe(): AsyncIterable<Finding>;
  /** Shows that the bot is at work here (typing, a status), or with null that it no longer is. Best effort; lasts at most a few minutes. */
  busy?(place: Place, status: string | null): Promise<void>;
  /** Names the conversation. The model's title (`by: 'model'`) never replaces one that a person gave on the platform. */
  title?(place: Place, title: string, by: 'model' | 'person'): Promise<void>;
  openForm?(trigger: Trigger, form: Form): Promise<void>;
  /** Words of Parley's own, in Markdown, with commands named as they are typed here; as they are when not given. Makes no call. */
  spell?(words: string): string;
  /** Makes these the commands that the platform offers. Called once after `start`; does nothing when they are already so. */
  publish?(commands: readonly CommandSpec[]): Promise<void>;
}

/** What survives a restart of a {@link Surface}. JSON but for the trigger's token, which the store seals. */
export interface SurfaceRef {
  readonly place: Place;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** The trigger it is answered through, when it cannot be changed otherwise. */
  readonly via: Trigger | null;
}

/** One message that can still change. */
export interface Surface {
  readonly ref: SurfaceRef;
  /** `edit`: put replaces all. `append`: put may only add. `once`: it is put a single time, with `final`. */
  readonly mode: 'edit' | 'append' | 'once';
  /** Milliseconds since the epoch after which it can no longer be changed; null for never. */
  readonly diesAt: number | null;
  /** The budgets that this call pays from, such as `chat.update:T1`. */
  scopes(op: 'grow' | 'finish'): readonly string[];
  /** Makes the message show this. One call at a time. */
  put(rendered: Rendered, final: boolean): Promise<void>;
  /** Deletes the message. Already gone is success. */
  remove(): Promise<void>;
}

/** What the core offers an adapter. */
export interface Host {
  /**
   * Resolves once the event is durable (or answered). Only then may the adapter acknowledge it.
   * Rejects when it could not be recorded: leave it unacknowledged so that it comes again, or say so where it will not.
   */
  accept(event: ChatEvent): Promise<Answer>;
  /** Autocomplete and selects: synchronous, from the warm cache, filtered by what this person may see. */
  suggest(query: Suggest): readonly Choice[];
  /**
   * Whether a command's answer is private, known before it runs: so that an adapter can defer in time. `options` are those of a
   * `CommandEvent`, where the platform has typed options.
   */
  isPrivate(command: string, text: string, options?: Readonly<Record<string, string>>): boolean;
  /** How the connection is. `fatal` means it will not come back by itself; `why` is a plain sentence for the operator. */
  state(state: 'connected' | 'reconnecting' | 'fatal', why: string): void;
  /** What response headers teach: `left` calls remain in the scope until `resetMs` from now. */
  budget(scope: string, left: number, resetMs: number): void;
}

/** What was typed so far into an option or field that offers suggestions. */
export interface Suggest {
  readonly command: string;
  readonly option: string;
  readonly typed: string;
  /** Who types: access rules hold here, too. An adapter that cannot tell who it is suggests nothing. */
  readonly author: Person;
  readonly place: Place;
}

/**
 * What an adapter does at once with an event. `none`: nothing. `form`: open it with the event's trigger. `errors`: the form was
 * wrong, by field name. `say`: answer through the trigger (or in the place); with `instead`, which only the answer to a button has,
 * in place of the note that the button stands on where the platform can, else beside it. `work`: the answer comes later through
 * `open(…, via)`: defer where the platform asks for it.
 */
export type Answer =
  | { readonly do: 'none' }
  | { readonly do: 'form'; readonly form: Form }
  | { readonly do: 'errors'; readonly fields: Readonly<Record<string, string>> }
  | { readonly do: 'say'; readonly body: Body; readonly private: boolean; readonly instead?: boolean }
  | { readonly do: 'work'; readonly private: boolean };

/** One line of doctor: what was looked at, how it is, and how to mend it when it is not well. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly fact: string;
  readonly mend: string | null;
}
