import type { Wire } from './wire.ts';

/** Snowflakes are strings of 17 to 19 digits everywhere, as on the wire. All times are ms since 1970 on the server's clock. */
export interface User {
  readonly id: string;
  username: string;
  globalName: string | null;
  readonly bot: boolean;
}

export interface Role {
  readonly id: string;
  name: string;
  permissions: bigint;
  position: number;
  mentionable: boolean;
}

export interface Member {
  readonly userId: string;
  nick: string | null;
  roles: string[];
  readonly joinedAt: number;
}

export interface Guild {
  readonly id: string;
  name: string;
  ownerId: string;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
  /** Where Discord itself greets newcomers. */
  systemChannelId: string | null;
}

/** `type` 0 is a role, 1 a member. */
export interface Overwrite {
  id: string;
  type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

export interface ThreadState {
  archived: boolean;
  locked: boolean;
  archivedAt: number;
  readonly createdAt: number;
  autoArchiveMinutes: number;
  invitable: boolean;
  readonly members: Set<string>;
  appliedTags: string[];
}

/** A channel of any kind; `thread` is set for types 10, 11, 12 and `recipients` for a direct message (type 1). */
export interface Channel {
  readonly id: string;
  readonly type: number;
  readonly guildId: string | null;
  name: string;
  topic: string | null;
  parentId: string | null;
  position: number;
  overwrites: Overwrite[];
  readonly recipients: readonly string[];
  readonly ownerId: string | null;
  readonly thread: ThreadState | null;
  tags: Array<{ id: string; name: string; moderated: boolean }>;
  slowmodeSeconds: number;
  lastMessageId: string | null;
}

export interface Attachment {
  readonly id: string;
  readonly channelId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  description: string | null;
}

/** One accepted write of a message: what it said afterwards and when the server received the request. */
export interface Put {
  readonly at: number;
  readonly by: 'create' | 'edit' | 'webhook' | 'callback' | 'person';
  readonly content: string;
  readonly embeds: readonly Wire[];
  readonly components: readonly Wire[];
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly type: number;
  readonly createdAt: number;
  content: string;
  embeds: Wire[];
  components: Wire[];
  attachments: Attachment[];
  flags: number;
  editedAt: number | null;
  readonly nonce: string | null;
  readonly reference: { messageId: string; channelId: string; guildId: string | null; type: 0 | 1 } | null;
  readonly snapshots: readonly Wire[];
  mentions: string[];
  mentionRoles: string[];
  mentionEveryone: boolean;
  readonly reactions: Map<string, Set<string>>;
  /** The only person who sees it, or null for everyone in the channel. */
  readonly ephemeralFor: string | null;
  readonly interaction: Interaction | null;
  threadId: string | null;
  deletedAt: number | null;
  /** Oldest first: the first text and each edit. */
  readonly history: Put[];
}

/** Interaction types: 2 command, 3 component, 4 autocomplete, 5 modal submit. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: 2 | 3 | 4 | 5;
  readonly createdAt: number;
  readonly userId: string;
  readonly channelId: string;
  readonly guildId: string | null;
  /** True when the app is not in the guild, so that five follow-ups are all it gets. */
  readonly userInstalled: boolean;
  readonly commandName: string | null;
  /** The message a button, a select or the modal's button stands on. */
  readonly messageId: string | null;
  readonly data: Wire;
  /** Type of the callback that answered it, null while unanswered. */
  ackType: number | null;
  ackAt: number | null;
  /** Id of what `@original` names. */
  originalId: string | null;
  deferredEphemeral: boolean;
  followUps: number;
  modal: Wire | null;
  choices: readonly Wire[] | null;
  /** Messages it made, oldest first. */
  readonly made: Message[];
}

export interface Command {
  readonly id: string;
  readonly guildId: string | null;
  readonly name: string;
  readonly type: number;
  readonly body: Wire;
}

/** Someone the app's message would notify. `permitted` is false when only a missing permission of the app stands between. */
export interface Ping {
  readonly at: number;
  readonly messageId: string;
  readonly channelId: string;
  readonly by: 'create' | 'edit' | 'webhook' | 'callback';
  readonly kind: 'user' | 'role' | 'everyone' | 'here' | 'reply';
  readonly target: string;
  readonly permitted: boolean;
}

/** The bot under test: its account and what its owner has granted in the portal. */
export interface App {
  readonly id: string;
  readonly user: User;
  token: string;
  tokenRevoked: boolean;
  messageContentGranted: boolean;
  membersGranted: boolean;
  presencesGranted: boolean;
  commands: Command[];
}
