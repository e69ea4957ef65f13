import type { Channel, Guild } from './records.ts';
import type { World } from './world.ts';

/** Permission bits by Discord's names (docs, topics/permissions). */
export const permission = {
  AddReactions: 1n << 6n,
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  UseExternalEmojis: 1n << 18n,
  UseApplicationCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  CreatePublicThreads: 1n << 35n,
  CreatePrivateThreads: 1n << 36n,
  SendMessagesInThreads: 1n << 38n,
} as const;

/** A permission's name. */
export type Permission = keyof typeof permission;

/** The sum of some permissions. */
export function bits(names: readonly Permission[]): bigint {
  return names.reduce((sum, name) => sum | permission[name], 0n);
}

/** What `@everyone` may do in a fresh server. */
export const everyonePermissions = bits([
  'AddReactions',
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'UseApplicationCommands',
  'CreatePublicThreads',
  'CreatePrivateThreads',
  'SendMessagesInThreads',
]);

/** What anyone may do in a direct message with the app. */
const directPermissions = everyonePermissions | permission.MentionEveryone;

const all = (1n << 53n) - 1n;

/** A member's permissions in the server as a whole. */
export function guildPermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return all;
  let sum = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const role of member.roles) sum |= guild.roles.get(role)?.permissions ?? 0n;
  return (sum & permission.Administrator) !== 0n ? all : sum;
}

/**
 * A person's permissions in a channel: roles, then the overwrites of everyone, of roles, of the person. A thread has its
 * parent's; a private thread is seen only by its members and by those who manage threads. Without ViewChannel: nothing.
 */
export function channelPermissions(world: World, channel: Channel, userId: string): bigint {
  if (channel.guildId === null) return channel.recipients.includes(userId) ? directPermissions : 0n;
  const guild = world.guilds.get(channel.guildId);
  const member = guild?.members.get(userId);
  if (guild === undefined || member === undefined) return 0n;
  const parent = channel.thread === null ? channel : world.channels.get(channel.parentId ?? '');
  if (parent === undefined) return 0n;
  let sum = guildPermissions(guild, userId);
  if (sum !== all) {
    for (const layer of [
      parent.overwrites.filter((one) => one.id === guild.id),
      parent.overwrites.filter((one) => one.type === 0 && one.id !== guild.id && member.roles.includes(one.id)),
      parent.overwrites.filter((one) => one.type === 1 && one.id === userId),
    ]) {
      for (const one of layer) sum &= ~one.deny;
      for (const one of layer) sum |= one.allow;
    }
    if ((sum & permission.ViewChannel) === 0n) return 0n;
  }
  const hidden = channel.type === 12 && !channel.thread?.members.has(userId);
  return hidden && (sum & permission.ManageThreads) === 0n ? 0n : sum;
}

/** Whether a person has every one of these permissions in the channel. */
export function may(world: World, channel: Channel, userId: string, ...names: Permission[]): boolean {
  const wanted = bits(names);
  return (channelPermissions(world, channel, userId) & wanted) === wanted;
}
