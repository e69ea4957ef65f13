import { everyonePermissions } from './permissions.ts';
import type { Channel, Guild, Member, Overwrite, Role, User } from './records.ts';
import { channelWire, guildWire, memberWire, roleWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** Kinds of channels a server can have, with Discord's numbers. */
const channelKind = { text: 0, voice: 2, category: 4, announcement: 5, stage: 13, forum: 15 } as const;

/** A new channel's features; `overwrites` as Discord has them. */
export interface ChannelSeed {
  readonly kind?: keyof typeof channelKind;
  readonly parent?: string;
  readonly topic?: string;
  readonly overwrites?: readonly Overwrite[];
  readonly tags?: readonly string[];
}

export function addUser(world: World, username: string, more: { bot?: boolean; globalName?: string } = {}): User {
  const user: User = { id: world.id(), username, globalName: more.globalName ?? null, bot: more.bot ?? false };
  world.users.set(user.id, user);
  return user;
}

/** A server with the role `@everyone` (its id is the server's). The owner is a member. The app is not, until invited. */
export function addGuild(world: World, name: string, owner: User): Guild {
  const id = world.id();
  const everyone: Role = { id, name: '@everyone', permissions: everyonePermissions, position: 0, mentionable: false };
  const roles = new Map([[id, everyone]]);
  const guild: Guild = { id, name, ownerId: owner.id, roles, members: new Map(), systemChannelId: null };
  world.guilds.set(id, guild);
  addMember(world, guild, owner.id);
  return guild;
}

/** Makes someone a member. When it is the app, the server appears to it. */
export function addMember(world: World, guild: Guild, userId: string, roles: readonly string[] = []): Member {
  const member: Member = { userId, nick: null, roles: [...roles], joinedAt: world.clock.now() };
  guild.members.set(userId, member);
  if (userId === world.app.user.id)
    world.dispatch('GUILD_CREATE', { guildId: guild.id }, () => guildWire(world, guild));
  else {
    world.dispatch('GUILD_MEMBER_ADD', { guildId: guild.id }, () => ({
      ...memberWire(member),
      guild_id: guild.id,
      user: userWire(world.user(userId)),
    }));
  }
  return member;
}

/** Takes a member out; the app loses the server. */
export function removeMember(world: World, guild: Guild, userId: string): void {
  guild.members.delete(userId);
  if (userId === world.app.user.id) world.dispatch('GUILD_DELETE', { guildId: guild.id }, () => ({ id: guild.id }));
  else {
    world.dispatch('GUILD_MEMBER_REMOVE', { guildId: guild.id }, () => ({
      guild_id: guild.id,
      user: userWire(world.user(userId)),
    }));
  }
}

/** Tells the app that a member's roles or name changed. */
export function announceMember(world: World, guild: Guild, member: Member): void {
  world.dispatch('GUILD_MEMBER_UPDATE', { guildId: guild.id }, () => ({
    ...memberWire(member),
    guild_id: guild.id,
    user: userWire(world.user(member.userId)),
  }));
}

export function addRole(
  world: World,
  guild: Guild,
  name: string,
  more: { permissions?: bigint; mentionable?: boolean } = {},
): Role {
  const role: Role = {
    id: world.id(),
    name,
    permissions: more.permissions ?? 0n,
    position: guild.roles.size,
    mentionable: more.mentionable ?? false,
  };
  guild.roles.set(role.id, role);
  announceRole(world, guild, role, 'GUILD_ROLE_CREATE');
  return role;
}

/** Tells the app about a role. */
export function announceRole(
  world: World,
  guild: Guild,
  role: Role,
  name: 'GUILD_ROLE_CREATE' | 'GUILD_ROLE_UPDATE' = 'GUILD_ROLE_UPDATE',
): void {
  world.dispatch(name, { guildId: guild.id }, () => ({ guild_id: guild.id, role: roleWire(role) }));
}

export function addChannel(world: World, guild: Guild, name: string, seed: ChannelSeed = {}): Channel {
  const parent = seed.parent === undefined ? undefined : world.channels.get(seed.parent);
  const channel: Channel = {
    id: world.id(),
    type: channelKind[seed.kind ?? 'text'],
    guildId: guild.id,
    name,
    topic: seed.topic ?? null,
    parentId: seed.parent ?? null,
    position: world.channelsOf(guild.id).length,
    overwrites: [...(seed.overwrites ?? parent?.overwrites ?? [])].map((one) => ({ ...one })),
    recipients: [],
    ownerId: null,
    thread: null,
    tags: (seed.tags ?? []).map((tag) => ({ id: world.id(), name: tag, moderated: false })),
    slowmodeSeconds: 0,
    lastMessageId: null,
  };
  world.channels.set(channel.id, channel);
  world.dispatch('CHANNEL_CREATE', { channel }, () => channelWire(world, channel));
  return channel;
}

/** The direct channel between the app and someone, made at first need. */
export function directChannel(world: World, userId: string): Channel {
  const known = world.direct.get(userId);
  if (known !== undefined) return known;
  const channel = privateChannel(world, [userId, world.app.user.id]);
  world.direct.set(userId, channel);
  return channel;
}

/** A direct channel between these people. Without the app among them only a command of a person's own app gets out of it. */
export function privateChannel(world: World, recipients: readonly string[]): Channel {
  const channel: Channel = {
    id: world.id(),
    type: 1,
    guildId: null,
    name: '',
    topic: null,
    parentId: null,
    position: 0,
    overwrites: [],
    recipients,
    ownerId: null,
    thread: null,
    tags: [],
    slowmodeSeconds: 0,
    lastMessageId: null,
  };
  world.channels.set(channel.id, channel);
  return channel;
}
