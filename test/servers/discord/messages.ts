import { unarchive } from './archive.ts';
import type { AllowedMentions } from './mentions.ts';
import { evaluate, recordPings } from './mentions.ts';
import type { Attachment, Channel, Interaction, Message, Put } from './records.ts';
import type { Wire } from './wire.ts';
import { emojiWire, memberWire, messageWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** Message flags by Discord's names. */
export const messageFlag = {
  SuppressEmbeds: 1 << 2,
  HasThread: 1 << 5,
  Ephemeral: 1 << 6,
  Loading: 1 << 7,
  ComponentsV2: 1 << 15,
} as const;

/** What a message says. */
export interface Draft {
  readonly content: string;
  readonly embeds: readonly Wire[];
  readonly components: readonly Wire[];
  readonly attachments: readonly Attachment[];
  readonly flags: number;
  readonly allowed: AllowedMentions | null | undefined;
}

/** An empty text, to be spread under what is known. */
export const blank: Draft = { content: '', embeds: [], components: [], attachments: [], flags: 0, allowed: undefined };

/** Circumstances of a new message. */
export interface Origin {
  readonly by: Put['by'];
  /** When the request arrived. */
  readonly at: number;
  readonly type?: number;
  /** Set for a forum post's first message, whose id is the thread's. */
  readonly id?: string;
  readonly nonce?: string | null;
  readonly reference?: Message['reference'];
  readonly snapshots?: readonly Wire[];
  readonly interaction?: Interaction | null;
  readonly ephemeralFor?: string | null;
}

/** Puts a message into a channel: stores it, notes pings of the app, tells the gateway. The rules were checked before. */
export function post(world: World, channel: Channel, authorId: string, draft: Draft, origin: Origin): Message {
  const reference = origin.reference ?? null;
  const replied = origin.type === 19 && reference !== null ? world.messages.get(reference.messageId) : undefined;
  const components = numbered(draft.components);
  const mentions = evaluate(world, { content: draft.content, components }, draft.allowed, replied?.authorId ?? null);
  const message: Message = {
    id: origin.id ?? world.id(),
    channelId: channel.id,
    authorId,
    type: origin.type ?? 0,
    createdAt: world.clock.now(),
    content: draft.content,
    embeds: shownEmbeds(draft.embeds),
    components,
    attachments: [...draft.attachments],
    flags: draft.flags,
    editedAt: null,
    nonce: origin.nonce ?? null,
    reference,
    snapshots: origin.snapshots ?? [],
    mentions: [...new Set([...mentions.users, ...(mentions.reply === null ? [] : [mentions.reply])])],
    mentionRoles: [...mentions.roles],
    mentionEveryone: mentions.everyone || mentions.here,
    reactions: new Map(),
    ephemeralFor: origin.ephemeralFor ?? null,
    interaction: origin.interaction ?? null,
    threadId: null,
    deletedAt: null,
    history: [],
  };
  note(message, origin.by, origin.at);
  for (const file of draft.attachments) world.attachments.set(file.id, file);
  world.keep(message);
  message.interaction?.made.push(message);
  if (authorId === world.app.user.id && origin.by !== 'person') {
    recordPings(world, channel, message, mentions, origin.by, origin.at);
  }
  if (message.ephemeralFor !== null) {
    world.wake();
    return message;
  }
  if (channel.thread !== null) {
    unarchive(world, channel);
    channel.thread.members.add(authorId);
  }
  channel.lastMessageId = message.id;
  world.dispatch('MESSAGE_CREATE', { channel, message }, () => messageEvent(world, channel, message));
  return message;
}

/** What an edit changes; absent fields stay. */
export type Change = Partial<Draft>;

/** Changes a message, re-reads its mentions, notes pings of the app and tells the gateway. */
export function edit(
  world: World,
  channel: Channel,
  message: Message,
  change: Change,
  origin: { by: Put['by']; at: number },
): void {
  if (change.content !== undefined) message.content = change.content;
  if (change.embeds !== undefined) message.embeds = shownEmbeds(change.embeds);
  if (change.components !== undefined) message.components = numbered(change.components);
  if (change.attachments !== undefined) {
    message.attachments = [...change.attachments];
    for (const file of change.attachments) world.attachments.set(file.id, file);
  }
  if (change.flags !== undefined) message.flags = change.flags;
  const mentions = evaluate(world, message, change.allowed, null);
  message.mentions = [...mentions.users];
  message.mentionRoles = [...mentions.roles];
  message.mentionEveryone = mentions.everyone || mentions.here;
  message.editedAt = world.clock.now();
  note(message, origin.by, origin.at);
  if (message.authorId === world.app.user.id && origin.by !== 'person') {
    recordPings(world, channel, message, mentions, origin.by, origin.at);
  }
  announceUpdate(world, channel, message);
}

/** Tells the gateway that a message looks different now. */
export function announceUpdate(world: World, channel: Channel, message: Message): void {
  if (message.ephemeralFor !== null) world.wake();
  else world.dispatch('MESSAGE_UPDATE', { channel, message }, () => messageEvent(world, channel, message));
}

/** Deletes a message. */
export function remove(world: World, channel: Channel, message: Message): void {
  world.drop(message);
  if (message.ephemeralFor !== null) world.wake();
  else
    world.dispatch('MESSAGE_DELETE', { channel }, () => ({
      id: message.id,
      channel_id: channel.id,
      ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    }));
}

/** Adds or takes away someone's reaction. `emoji` is a character or `name:id`. */
export function react(
  world: World,
  channel: Channel,
  message: Message,
  userId: string,
  emoji: string,
  on: boolean,
): void {
  const users = message.reactions.get(emoji) ?? new Set<string>();
  if (users.has(userId) === on) return;
  if (on) users.add(userId);
  else users.delete(userId);
  if (users.size > 0) message.reactions.set(emoji, users);
  else message.reactions.delete(emoji);
  const member = channel.guildId === null ? undefined : world.guilds.get(channel.guildId)?.members.get(userId);
  world.dispatch(on ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', { channel }, () => ({
    user_id: userId,
    channel_id: channel.id,
    message_id: message.id,
    ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    ...(on && member !== undefined ? { member: { ...memberWire(member), user: userWire(world.user(userId)) } } : {}),
    ...(on ? { message_author_id: message.authorId } : {}),
    emoji: emojiWire(emoji),
    burst: false,
    type: 0,
  }));
}

/** A message as a gateway event carries it: with the server and the author's membership. */
function messageEvent(world: World, channel: Channel, message: Message): Wire {
  const member =
    channel.guildId === null ? undefined : world.guilds.get(channel.guildId)?.members.get(message.authorId);
  return {
    ...messageWire(world, message),
    channel_type: channel.type,
    ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    ...(member === undefined ? {} : { member: memberWire(member) }),
  };
}

function note(message: Message, by: Put['by'], at: number): void {
  message.history.push({ at, by, content: message.content, embeds: message.embeds, components: message.components });
}

function shownEmbeds(embeds: readonly Wire[]): Wire[] {
  return embeds.map((one) => ({ type: 'rich', ...one }));
}

/** Discord gives every component without an `id` a number, counting through the whole message. */
function numbered(components: readonly Wire[]): Wire[] {
  let next = 0;
  const visit = (node: Wire): Wire => {
    next += 1;
    const id = typeof node.id === 'number' && node.id > 0 ? node.id : next;
    const inner = Array.isArray(node.components) ? { components: node.components.map(visit) } : {};
    return { ...node, id, ...inner };
  };
  return components.map(visit);
}
