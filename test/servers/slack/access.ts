import type { Channel, Message } from './model.ts';
import { Refusal } from './refusal.ts';
import { findMessage, nextId, type World } from './world.ts';

/** The scope family of a conversation: `channels:history`, `groups:read`, `im:write` … */
export function scopeFor(world: World, channelId: string | undefined, what: 'read' | 'history' | 'write'): string[] {
  const kind = world.channels.get(channelId ?? '')?.kind ?? 'public';
  return [`${{ public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' }[kind]}:${what}`];
}

/** A conversation the bot may know of, or `channel_not_found`. Private ones it is not in do not exist for it. */
export function visibleChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (!channel || (channel.kind !== 'public' && !channel.members.has(world.bot.id)))
    throw new Refusal('channel_not_found');
  return channel;
}

/** A conversation the bot may read: it is in it. */
export function readableChannel(world: World, id: string): Channel {
  const channel = visibleChannel(world, id);
  if (!channel.members.has(world.bot.id)) throw new Refusal('not_in_channel');
  return channel;
}

/** A conversation the bot may write to. A user id means the direct messages with that person. */
export function writableChannel(world: World, id: string): Channel {
  const channel = world.users.has(id) ? directChannel(world, id) : visibleChannel(world, id);
  if (channel.archived) throw new Refusal('is_archived');
  const open = channel.kind === 'public' && world.scopes.has('chat:write.public');
  if (!channel.members.has(world.bot.id) && !open) throw new Refusal('not_in_channel');
  return channel;
}

/** The direct messages between the bot and a person, opened when there are none yet. */
export function directChannel(world: World, user: string): Channel {
  if (!world.users.has(user)) throw new Refusal('user_not_found');
  const wanted = (channel: Channel) =>
    channel.kind === 'im' && channel.members.has(user) && channel.members.has(world.bot.id);
  const found = [...world.channels.values()].find(wanted);
  if (found) return found;
  const made: Channel = {
    id: nextId(world, 'D'),
    name: '',
    kind: 'im',
    members: new Set([user, world.bot.id]),
    archived: false,
    shared: world.users.get(user)?.stranger ?? false,
    messages: [],
  };
  world.channels.set(made.id, made);
  return made;
}

/** A message that is there, or the given error. */
export function messageAt(world: World, channel: Channel, ts: string, error = 'message_not_found'): Message {
  const message = findMessage(world, channel.id, ts);
  if (!message) throw new Refusal(error);
  return message;
}

/**
 * Checks where a reply goes: the root must exist (a deleted root that still has replies counts) and be a root itself.
 * Slack is laxer with a reply's own ts and puts the message somewhere odd; here it is an error, since it is always a mistake.
 */
export function threadRoot(channel: Channel, ts: string | undefined): string | null {
  if (ts === undefined || ts === '') return null;
  const root = channel.messages.find((message) => message.ts === ts);
  const alive =
    root?.deletedAt === null ||
    channel.messages.some((message) => message.threadTs === ts && message.deletedAt === null);
  if (!root || !alive) throw new Refusal('thread_not_found');
  if (root.threadTs !== null) throw new Refusal('cannot_reply_to_message');
  return ts;
}
