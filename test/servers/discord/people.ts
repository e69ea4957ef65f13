import { announceThread } from './archive.ts';
import type { AllowedMentions } from './mentions.ts';
import { blank, edit, post, react, remove } from './messages.ts';
import type { Permission } from './permissions.ts';
import { bits, may } from './permissions.ts';
import type { Attachment, Channel, Guild, Member, Message, Overwrite, Role, User } from './records.ts';
import type { ChannelSeed } from './seeds.ts';
import {
  addChannel,
  addGuild,
  addMember,
  addRole,
  addUser,
  announceMember,
  announceRole,
  directChannel,
  privateChannel,
  removeMember,
} from './seeds.ts';
import { deleteChannel, openThread } from './threads.ts';
import { channelWire, messageWire } from './wire.ts';
import type { World } from './world.ts';

/** A file someone attaches. */
export interface PersonFile {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array | string;
}

/** How a message is written. */
export interface Saying {
  readonly reply?: Message;
  /** Whether the reply notifies its author; Discord's switch, on by default. */
  readonly replyPing?: boolean;
  readonly files?: readonly PersonFile[];
  readonly forward?: Message;
  readonly allowed?: AllowedMentions;
}

/** The least an app like this is invited with (our reference, discord 1.10). */
export const leastPermissions: readonly Permission[] = [
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'CreatePublicThreads',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'AddReactions',
];

/** Stores a person's file. */
export function keepFile(world: World, channelId: string, file: PersonFile): Attachment {
  const attachment: Attachment = {
    id: world.id(),
    channelId,
    filename: file.name,
    contentType: file.type ?? 'application/octet-stream',
    bytes: Buffer.from(file.bytes),
    description: null,
  };
  world.attachments.set(attachment.id, attachment);
  return attachment;
}

/** What people, administrators among them, do in Discord's own client. Every act reaches the app's gateway at once. */
export class People {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  user(name: string, globalName?: string): User {
    return addUser(this.#world, name, globalName === undefined ? {} : { globalName });
  }

  /** Another bot's account. */
  bot(name: string): User {
    return addUser(this.#world, name, { bot: true });
  }

  guild(name: string, owner: User): Guild {
    return addGuild(this.#world, name, owner);
  }

  channel(guild: Guild, name: string, seed: ChannelSeed = {}): Channel {
    return addChannel(this.#world, guild, name, seed);
  }

  role(guild: Guild, name: string, more: { permissions?: readonly Permission[]; mentionable?: boolean } = {}): Role {
    return addRole(this.#world, guild, name, {
      permissions: bits(more.permissions ?? []),
      mentionable: more.mentionable ?? false,
    });
  }

  /** Makes someone a member. */
  join(guild: Guild, user: User, roles: readonly Role[] = []): Member {
    return addMember(
      this.#world,
      guild,
      user.id,
      roles.map((one) => one.id),
    );
  }

  leave(guild: Guild, user: User): void {
    removeMember(this.#world, guild, user.id);
  }

  /**
   * Invites the app with these permissions (as its own role). `@everyone`'s count too; to take something away use
   * `everyone`, `permit` or overwrites.
   */
  invite(guild: Guild, permissions: readonly Permission[] = leastPermissions): Role {
    const role = this.role(guild, this.#world.app.user.username, { permissions });
    addMember(this.#world, guild, this.#world.app.user.id, [role.id]);
    return role;
  }

  /** Throws the app out. */
  expel(guild: Guild): void {
    removeMember(this.#world, guild, this.#world.app.user.id);
  }

  /** Sets what a role may do in the whole server. */
  permit(guild: Guild, role: Role, permissions: readonly Permission[]): void {
    role.permissions = bits(permissions);
    announceRole(this.#world, guild, role);
  }

  /** Sets what `@everyone` may do in the whole server. */
  everyone(guild: Guild, permissions: readonly Permission[]): void {
    const role = guild.roles.get(guild.id);
    if (role !== undefined) this.permit(guild, role, permissions);
  }

  /** Replaces a channel's overwrites. */
  overwrite(channel: Channel, overwrites: readonly Overwrite[]): void {
    channel.overwrites = overwrites.map((one) => ({ ...one }));
    this.#world.dispatch('CHANNEL_UPDATE', { channel }, () => channelWire(this.#world, channel));
  }

  /** Takes permissions from the app in one channel (a thread: in its parent). */
  forbid(channel: Channel, ...names: Permission[]): void {
    const place = channel.thread === null ? channel : this.#world.channels.get(channel.parentId ?? '');
    if (place === undefined) throw new Error('the thread has no parent');
    const me = this.#world.app.user.id;
    const rest = place.overwrites.filter((one) => one.id !== me);
    this.overwrite(place, [...rest, { id: me, type: 1, allow: 0n, deny: bits(names) }]);
  }

  /** Changes a member's name in the server. */
  nickname(guild: Guild, user: User, nick: string | null): void {
    const member = guild.members.get(user.id);
    if (member === undefined) throw new Error(`${user.username} is not a member`);
    member.nick = nick;
    announceMember(this.#world, guild, member);
  }

  /** The direct channel between the app and someone. */
  direct(user: User): Channel {
    return directChannel(this.#world, user.id);
  }

  /** A direct channel of two people, without the app. */
  private(one: User, other: User): Channel {
    return privateChannel(this.#world, [one.id, other.id]);
  }

  /** Writes a message. Throws when Discord would not let the person. */
  say(user: User, channel: Channel, text: string, how: Saying = {}): Message {
    const world = this.#world;
    const need = channel.thread === null ? 'SendMessages' : 'SendMessagesInThreads';
    if (!may(world, channel, user.id, 'ViewChannel', need)) throw new Error(`${user.username} may not write there`);
    if (channel.thread?.locked && !may(world, channel, user.id, 'ManageThreads'))
      throw new Error('the thread is locked');
    const loud = may(world, channel, user.id, 'MentionEveryone');
    const allowed = how.allowed ?? {
      parse: ['users', 'roles', ...(loud ? ['everyone'] : [])],
      replied_user: how.replyPing ?? true,
    };
    const refer = how.reply ?? how.forward;
    const from = refer === undefined ? undefined : world.channels.get(refer.channelId);
    const reference =
      refer === undefined
        ? null
        : {
            messageId: refer.id,
            channelId: refer.channelId,
            guildId: from?.guildId ?? null,
            type: how.forward === undefined ? (0 as const) : (1 as const),
          };
    const attachments = (how.files ?? []).map((file) => keepFile(world, channel.id, file));
    return post(
      world,
      channel,
      user.id,
      { ...blank, content: text.trim(), attachments, allowed },
      {
        by: 'person',
        at: world.clock.now(),
        type: how.reply === undefined ? 0 : 19,
        reference,
        snapshots: how.forward === undefined ? [] : [snapshot(world, how.forward)],
      },
    );
  }

  edit(message: Message, text: string): void {
    const channel = this.#place(message);
    edit(this.#world, channel, message, { content: text.trim() }, { by: 'person', at: this.#world.clock.now() });
  }

  /** Deletes any message, as its author or a moderator. */
  delete(message: Message): void {
    remove(this.#world, this.#place(message), message);
  }

  react(user: User, message: Message, emoji: string): void {
    react(this.#world, this.#place(message), message, user.id, emoji, true);
  }

  unreact(user: User, message: Message, emoji: string): void {
    react(this.#world, this.#place(message), message, user.id, emoji, false);
  }

  /** Shows "… is typing" to those with the intent. */
  type(user: User, channel: Channel): void {
    this.#world.dispatch('TYPING_START', { channel }, () => ({
      channel_id: channel.id,
      user_id: user.id,
      timestamp: Math.floor(this.#world.clock.now() / 1000),
      ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    }));
  }

  /** Opens a thread, on a message or on its own; in a forum with its first message. */
  thread(
    user: User,
    parent: Channel,
    name: string,
    how: { on?: Message; private?: boolean; text?: string; tags?: readonly string[] } = {},
  ): Channel {
    const thread = openThread(this.#world, parent, how.on ?? null, {
      name,
      type: how.private === true ? 12 : 11,
      ownerId: user.id,
      autoArchiveMinutes: 4320,
      appliedTags: how.tags ?? [],
    });
    const at = this.#world.clock.now();
    if (parent.type === 15) {
      post(this.#world, thread, user.id, { ...blank, content: how.text ?? name }, { by: 'person', at, id: thread.id });
    } else if (how.text !== undefined) this.say(user, thread, how.text);
    return thread;
  }

  /** Changes a thread as a moderator would: name, archived, locked. */
  change(thread: Channel, how: { name?: string; archived?: boolean; locked?: boolean }): void {
    if (thread.thread === null) throw new Error('not a thread');
    if (how.name !== undefined) thread.name = how.name;
    if (how.locked !== undefined) thread.thread.locked = how.locked;
    if (how.archived !== undefined) {
      thread.thread.archived = how.archived;
      thread.thread.archivedAt = this.#world.clock.now();
    }
    announceThread(this.#world, thread);
  }

  /** Deletes a channel or thread with all that is in it. */
  deleteChannel(channel: Channel): void {
    deleteChannel(this.#world, channel);
  }

  #place(message: Message): Channel {
    const channel = this.#world.channels.get(message.channelId);
    if (channel === undefined) throw new Error('the channel is gone');
    return channel;
  }
}

function snapshot(world: World, message: Message) {
  const { content, embeds, attachments, components, timestamp, edited_timestamp, flags, type, mentions } = messageWire(
    world,
    message,
  );
  return { message: { content, embeds, attachments, components, timestamp, edited_timestamp, flags, type, mentions } };
}
