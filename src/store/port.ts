import type { SurfaceRef } from '../chat/adapter.ts';
import type { Place } from '../chat/places.ts';

/**
 * Where everything durable stands. Each method is one transaction; when its promise resolves the change survives a kill -9.
 * Times are milliseconds since the epoch and always passed in. Texts named JSON are opaque here.
 * Every implementation passes `test/contracts/store`.
 */
export interface Store {
  readonly jobs: Jobs;
  readonly conversations: Conversations;
  readonly settings: Settings;
  readonly links: Links;
  readonly outbox: Outbox;
  readonly forms: FormSessions;
  /** How long rows with text in them are kept, in milliseconds: what their writers reckon `expiresAt` by. */
  readonly keptMs: number;
  /** Writes and reads back a row; throws a `Failure` that says why the store cannot be written. */
  check(): Promise<void>;
  /**
   * Deletes every row whose expiry has passed; the number of rows that went or changed. Running and waiting jobs outlive their
   * expiry by `keptMs`, and so does their outbox. A conversation that nobody used for `keptMs` forgets its title and its newest
   * answer, and after a year (or `keptMs`, if that is longer) it goes, with the settings of its scope.
   */
  sweep(now: number): Promise<number>;
  /**
   * Deletes what stands here of a person (a `userKey`) and of nobody else: their jobs that are over, with the outbox of these;
   * settings about them or in their scope (`user:…`); forms; conversations in which only they have asked, with their settings.
   * Conversations of others whose chat is theirs forget it. Their jobs that wait or run (`left` counts them) expire at once: the
   * next sweep after their end, or calling this again then, deletes those too. Links are left: whoever made them ends them.
   */
  forget(person: string, now: number): Promise<{ readonly deleted: number; readonly left: number }>;
  close(): Promise<void>;
}

/**
 * `turn`: questions, one running job per conversation, in the order they were accepted.
 * `control`: what must act at once (stop, edits, clicks): no order, no waiting.
 * `after`: what follows an answer (save, emoji, title, follow-ups): one at a time per conversation, never in the way of a turn.
 * `task`: work of another server that may take hours; never in the way of a turn.
 */
export type Lane = 'turn' | 'control' | 'after' | 'task';

/** A job to be accepted. */
export interface NewJob {
  /** Unique for ever (while the row is kept): the same key is accepted once. */
  readonly key: string;
  readonly lane: Lane;
  /** Jobs of one lane and conversation run one at a time, in order; null runs alone. */
  readonly conversation: string | null;
  /** What kind of work it is; the runner chooses by it. */
  readonly kind: string;
  /** JSON. Secrets in it are sealed before they come here. */
  readonly payload: string;
  /** Not claimed before this time. */
  readonly notBefore: number;
  /** When the row, with any text in it, may be deleted once it is over. */
  readonly expiresAt: number;
  /** `userKey` of the person whose words stand in it, so that it can be forgotten with them; null or not given for nobody's. */
  readonly person?: string | null;
}

/** Where a job stands; the last three are its ends. */
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** A job as it stands. `id` is random, unguessable, `[A-Za-z0-9_-]{22}`. */
export interface Job extends NewJob {
  readonly id: string;
  readonly person: string | null;
  readonly state: JobState;
  /** How often it has been claimed. */
  readonly attempts: number;
  /** JSON that the runner left to go on from, or null. */
  readonly checkpoint: string | null;
  /** Raised by each claim: a write with an older number is refused. */
  readonly fence: number;
  readonly acceptedAt: number;
  readonly leaseUntil: number | null;
  /** For the log and the operator, of a failed job. */
  readonly error: string | null;
}

/** Proof of holding a job: only the latest claim's lease may write. A {@link Job} is one. */
export interface Lease {
  readonly id: string;
  readonly fence: number;
}

/** Inbox, queue and audit in one table. */
export interface Jobs {
  /** Records a job. Null when its key has been accepted before: the event is a repeat. */
  accept(job: NewJob, now: number): Promise<Job | null>;
  /**
   * Takes the oldest job of the lane that may run: it waits and its time has come, or it runs but its lease has ended; and no
   * earlier unfinished job of the same lane and conversation stands before it, and none runs under a live lease. Null when there is none.
   */
  claim(lane: Lane, now: number, leaseMs: number): Promise<Job | null>;
  /** Extends leases, all in one write; gives those that were lost: their holders must stop working. */
  renew(leases: readonly Lease[], now: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Leaves JSON to go on from. False: the lease was lost. */
  checkpoint(lease: Lease, json: string): Promise<boolean>;
  /**
   * Ends a job and accepts others in the same transaction (keys seen before are passed over). What follows a job whose expiry has
   * passed, since its person was forgotten, expires with it. False: the lease was lost and nothing was written.
   */
  finish(
    lease: Lease,
    state: 'done' | 'failed' | 'cancelled',
    error: string | null,
    then: readonly NewJob[],
    now: number,
  ): Promise<boolean>;
  /** Puts a running job back to wait until `notBefore`. False: the lease was lost. */
  retry(lease: Lease, notBefore: number, error: string | null): Promise<boolean>;
  /** Ends a waiting job that nobody has claimed. False: it is not waiting. */
  cancel(id: string): Promise<boolean>;
  get(id: string): Promise<Job | null>;
  byKey(key: string): Promise<Job | null>;
  /** Unfinished jobs of a lane and conversation, oldest first. */
  pending(lane: Lane, conversation: string): Promise<readonly Job[]>;
  /** The newest finished or running jobs of a lane and conversation, newest first. */
  latest(lane: Lane, conversation: string, limit: number): Promise<readonly Job[]>;
  /** The newest jobs of a person in a lane, finished or not, newest first. */
  of(person: string, lane: Lane, limit: number): Promise<readonly Job[]>;
  /** When `claim` may next succeed in this lane if nothing new comes: the earliest `notBefore` or end of a lease; null when nothing is unfinished. */
  nextAt(lane: Lane): Promise<number | null>;
}

/** One conversation: a place and the Open WebUI chat that mirrors it. */
export interface Conversation {
  /** `placeKey` of the place. */
  readonly key: string;
  readonly place: Place;
  /** The chat in Open WebUI; null before the first turn. */
  readonly chatId: string | null;
  /** Whose credential the chat belongs to: a `userKey`, or null for the service account. */
  readonly owner: string | null;
  /** `userKey` of the only person who has asked here; {@link SEVERAL} once there were more; null before anybody has. */
  readonly asker: string | null;
  readonly title: string | null;
  /** Who gave the title; a person's stays. */
  readonly titledBy: 'question' | 'model' | 'person' | null;
  /** Model chosen for this conversation, or null. */
  readonly model: string | null;
  /** Newest platform message that the chat already knows: the next turn reads what came after it. */
  readonly seen: string | null;
  /** The job of the newest answer: the only one whose buttons work. */
  readonly newest: string | null;
  /** When the bot takes part here because it was summoned; null when it only overheard. */
  readonly joinedAt: number | null;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** Stands in `Conversation.asker` for more than one person. No `userKey` is like it. */
export const SEVERAL = '*';

/** Conversations by key. */
export interface Conversations {
  get(key: string): Promise<Conversation | null>;
  byChat(chatId: string): Promise<Conversation | null>;
  /** Writes the whole row. With a lease: only while it holds; false when it was lost. */
  put(conversation: Conversation, lease: Lease | null): Promise<boolean>;
  /** Conversations of a platform used since a time, newest first. */
  recent(platform: string, since: number, limit: number): Promise<readonly Conversation[]>;
  /** Conversations in which only this person has asked, or whose chat is theirs; the one used last first. */
  of(person: string): Promise<readonly Conversation[]>;
  delete(key: string): Promise<void>;
}

/** What else is to be known of a setting. */
export interface SettingMore {
  /** `userKey` of the person it is about, so that it can be forgotten with them; a scope `user:…` says so by itself. */
  readonly person?: string;
  /** When it may be deleted; it lasts when not given. */
  readonly expiresAt?: number;
}

/** Small choices by scope (a user, a channel, a conversation, `global`) and name; values are JSON. */
export interface Settings {
  /** One whose expiry has passed may still be found until it is swept. */
  get(scope: string, name: string): Promise<string | null>;
  set(scope: string, name: string, value: string, more?: SettingMore): Promise<void>;
  delete(scope: string, name: string): Promise<void>;
}

/** A person's own account on another server, with its credential sealed. */
export interface Link {
  /** `userKey` of the person. */
  readonly user: string;
  readonly service: string;
  readonly sealed: string;
  /** JSON about the account: id, name. No secret. */
  readonly account: string;
  readonly createdAt: number;
  /** When the server last refused the credential; it is not used again until linked anew. */
  readonly refusedAt: number | null;
}

/** Links by person and service. */
export interface Links {
  get(user: string, service: string): Promise<Link | null>;
  put(link: Link): Promise<void>;
  delete(user: string, service: string): Promise<boolean>;
  /** All links of a service: as many as people linked, which is what bounds them. */
  list(service: string): Promise<readonly Link[]>;
}

/** One message of a reply: `intent` before it is posted, `sent` once it stands, `done` once its last text was put. */
export interface OutboxRow {
  /** What the adapter's `find` looks for: `base64url(sha256(job, generation, part)).slice(0, 22)`. */
  readonly key: string;
  readonly job: string;
  readonly generation: number;
  readonly part: number;
  readonly state: 'intent' | 'sent' | 'done';
  /** Where it stands; null while it is an intent. The token of `via` is sealed in the row. */
  readonly ref: SurfaceRef | null;
  /** A hash of what was last put, so that a repeat can be left out. */
  readonly shown: string | null;
  readonly expiresAt: number;
}

/** The outbox: what was about to be posted, and what was. */
export interface Outbox {
  /** Writes the whole row by key. With a lease: only while it holds; false when it was lost. */
  put(row: OutboxRow, lease: Lease | null): Promise<boolean>;
  /** All rows of a job, by generation and part. */
  of(job: string): Promise<readonly OutboxRow[]>;
  /** The row whose message this is, if it is one of ours. */
  byMessage(channel: string, id: string): Promise<OutboxRow | null>;
  delete(key: string): Promise<void>;
}

/** A form being filled in. */
export interface FormSession {
  readonly id: string;
  /** `userKey` of the only person who may send it in. */
  readonly user: string;
  /** What the form is for; whoever made it reads `data`. */
  readonly kind: string;
  /** JSON: steps, values typed so far. Never a secret. */
  readonly data: string;
  readonly expiresAt: number;
}

/** Form sessions by id; an expired one is not found. */
export interface FormSessions {
  get(id: string, now: number): Promise<FormSession | null>;
  /** All of a kind, in no order. */
  list(kind: string, now: number): Promise<readonly FormSession[]>;
  put(session: FormSession): Promise<void>;
  delete(id: string): Promise<void>;
}
