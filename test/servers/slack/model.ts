import type { Json } from './json.ts';

/** A person or bot of the workspace (or a stranger from another one, through Slack Connect). */
export interface User {
  readonly id: string;
  name: string;
  realName: string;
  email: string | null;
  /** Whether they have shown that the address is theirs. */
  emailConfirmed: boolean;
  teamId: string;
  isBot: boolean;
  /** A guest: `is_restricted`, or `is_ultra_restricted` for a single-channel guest. */
  guest: 'none' | 'multi' | 'single';
  stranger: boolean;
  deleted: boolean;
  presence: 'active' | 'away';
  tz: string;
  locale: string;
  botId: string | null;
}

/** A conversation of any kind with everything that was said in it, in order of `ts`. */
export interface Channel {
  readonly id: string;
  name: string;
  readonly kind: 'public' | 'private' | 'im' | 'mpim';
  members: Set<string>;
  archived: boolean;
  /** Shared with another workspace through Slack Connect. */
  shared: boolean;
  messages: Message[];
}

/** What a message looked like after one write, and when the server received it (ms). */
export interface Version {
  readonly at: number;
  readonly via: string;
  readonly text: string;
  readonly blocks: readonly Json[];
}

/** The state of a natively streamed message (reference, slack 1.6). */
export interface Stream {
  state: 'in_progress' | 'completed' | 'broken';
  mode: 'text' | 'chunks' | 'open';
  openedAt: number;
  lastAt: number;
  stoppedByUser: boolean;
  tasks: Map<string, Json>;
  planTitle: string;
}

/** One message with its whole history. `shown()` in body.ts gives what a reader sees. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly author: string;
  readonly botId: string | null;
  subtype: string | null;
  text: string;
  blocks: Json[];
  metadata: Json | null;
  files: StoredFile[];
  reactions: Map<string, Set<string>>;
  editedTs: string | null;
  deletedAt: number | null;
  stream: Stream | null;
  broadcast: boolean;
  readonly postedAt: number;
  readonly via: string;
  versions: Version[];
}

/** Something only one person sees: an ephemeral message, from `chat.postEphemeral`, a `response_url` or an acknowledgement. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly via: string;
  text: string;
  blocks: Json[];
  deleted: boolean;
  versions: Version[];
}

/** A file with its bytes. `size` is what Slack says; it may lie in a test (`claimedSize`). */
export interface StoredFile {
  readonly id: string;
  name: string;
  title: string;
  mimetype: string;
  filetype: string;
  bytes: Uint8Array;
  size: number;
  user: string;
  created: number;
  shares: { channel: string; ts: string; threadTs: string | null }[];
  deleted: boolean;
  /** Slack Connect: the object in the event says only "ask files.info". */
  checkInfo: boolean;
}

/** An open modal, or a person's Home tab. */
export interface ViewRecord {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  view: Json;
  hash: string;
  rootId: string;
  previousId: string | null;
  open: boolean;
  openedAt: number;
  versions: { at: number; via: string; view: Json }[];
}

/** A `trigger_id`: good once, for three seconds. */
export interface Trigger {
  readonly at: number;
  readonly user: string;
  readonly viewId: string | null;
  used: boolean;
}

/** A `response_url`: five uses in thirty minutes. */
export interface ResponseUrl {
  readonly at: number;
  readonly user: string;
  readonly channel: string;
  uses: number;
  /** What `replace_original` and `delete_original` act on. */
  original: { ephemeral: Ephemeral } | { message: Message } | null;
  readonly threadTs: string | null;
}

/** Someone who would have been notified. `where` says which part of the body did it. */
export interface Ping {
  readonly at: number;
  readonly via: string;
  readonly channel: string | null;
  readonly ts: string | null;
  readonly kind: 'channel' | 'here' | 'everyone' | 'subteam' | 'user';
  readonly spelling: string;
  readonly where: string;
  /** The people it would have notified (user ids; empty for an unknown user or an unknown group). */
  readonly people: readonly string[];
}

/** One Web API call as the server saw it. `at` and `doneAt` in ms; `error` is Slack's code, or the fault that hit it. */
export interface ApiCall {
  readonly method: string;
  readonly args: Json;
  readonly token: string;
  readonly at: number;
  doneAt: number | null;
  status: number;
  ok: boolean;
  error: string | null;
  fault: string | null;
}
