import { refuse } from './errors.ts';
import { announceUpdate, blank, messageFlag, post } from './messages.ts';
import type { Channel, Message } from './records.ts';
import { channelWire, memberWire, threadMemberWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** What a new thread is to be. Type 10 announcement, 11 public, 12 private. */
export interface ThreadSpec {
  readonly name: string;
  readonly type: 10 | 11 | 12;
  readonly ownerId: string;
  readonly autoArchiveMinutes: number;
  readonly appliedTags?: readonly string[];
  readonly invitable?: boolean;
  readonly slowmodeSeconds?: number;
}

/** Makes a thread under `parent`; with `from`, the thread takes that message's id and stands on it. Throws 160004, 160006. */
export function openThread(world: World, parent: Channel, from: Message | null, spec: ThreadSpec): Channel {
  if (from !== null && (from.threadId !== null || world.channels.has(from.id))) throw refuse('threadExists');
  const active = world.channelsOf(parent.guildId ?? '').filter((one) => one.thread?.archived === false);
  if (active.length >= world.activeThreads) throw refuse('tooManyThreads');
  const now = world.clock.now();
  const thread: Channel = {
    id: from?.id ?? world.id(),
    type: spec.type,
    guildId: parent.guildId,
    name: spec.name,
    topic: null,
    parentId: parent.id,
    position: 0,
    overwrites: [],
    recipients: [],
    ownerId: spec.ownerId,
    thread: {
      archived: false,
      locked: false,
      archivedAt: now,
      createdAt: now,
      autoArchiveMinutes: spec.autoArchiveMinutes,
      invitable: spec.invitable ?? true,
      members: new Set([spec.ownerId]),
      appliedTags: [...(spec.appliedTags ?? [])],
    },
    tags: [],
    slowmodeSeconds: spec.slowmodeSeconds ?? 0,
    lastMessageId: null,
  };
  world.channels.set(thread.id, thread);
  world.dispatch('THREAD_CREATE', { channel: thread }, () => ({
    ...channelWire(world, thread),
    newly_created: true,
  }));
  if (parent.type === 15) return thread;
  const at = now;
  if (from === null) {
    if (spec.type !== 12) {
      const reference = { messageId: thread.id, channelId: thread.id, guildId: parent.guildId, type: 0 as const };
      post(world, parent, spec.ownerId, { ...blank, content: spec.name }, { by: 'person', at, type: 18, reference });
    }
    return thread;
  }
  from.threadId = thread.id;
  from.flags |= messageFlag.HasThread;
  announceUpdate(world, parent, from);
  const reference = { messageId: from.id, channelId: parent.id, guildId: parent.guildId, type: 0 as const };
  post(world, thread, from.authorId, blank, { by: 'person', at, type: 21, reference });
  return thread;
}

/** Deletes a channel or thread with its messages, and the threads under it. */
export function deleteChannel(world: World, channel: Channel): void {
  for (const child of world.channels.values()) {
    if (child.thread !== null && child.parentId === channel.id) deleteChannel(world, child);
  }
  const wire = channelWire(world, channel);
  const seen = world.visible(channel);
  for (const message of [...world.messagesIn(channel.id)]) world.drop(message);
  world.channels.delete(channel.id);
  world.wake();
  if (!seen) return;
  const name = channel.thread === null ? 'CHANNEL_DELETE' : 'THREAD_DELETE';
  world.dispatch(name, { guildId: channel.guildId }, () =>
    channel.thread === null
      ? wire
      : { id: channel.id, guild_id: channel.guildId, parent_id: channel.parentId, type: channel.type },
  );
}

/** Adds or takes away a thread's member. The app hears of it with the thread when it is the one added. */
export function setThreadMember(world: World, thread: Channel, userId: string, on: boolean): void {
  const members = thread.thread?.members;
  if (members === undefined || members.has(userId) === on) return;
  if (on) members.add(userId);
  else members.delete(userId);
  const me = userId === world.app.user.id;
  if (on && me) world.dispatch('THREAD_CREATE', { channel: thread }, () => channelWire(world, thread));
  const member = world.guilds.get(thread.guildId ?? '')?.members.get(userId);
  world.dispatch('THREAD_MEMBERS_UPDATE', { guildId: thread.guildId, channel: thread }, () => ({
    id: thread.id,
    guild_id: thread.guildId,
    member_count: members.size,
    ...(on
      ? {
          added_members: [
            {
              ...threadMemberWire(thread.id, userId, world.clock.now()),
              ...(member === undefined
                ? {}
                : { member: { ...memberWire(member), user: userWire(world.user(userId)) } }),
              presence: null,
            },
          ],
        }
      : { removed_member_ids: [userId] }),
  }));
}
