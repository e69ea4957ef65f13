import type { Attachment, Channel, Guild, Interaction, Member, Message, Role, User } from './records.ts';
import { byAge } from './snowflakes.ts';
import type { World } from './world.ts';

/** A JSON object as it goes over the wire. */
export interface Wire {
  [key: string]: unknown;
}

/** True for a plain JSON object. */
export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '000+00:00');

export function userWire(user: User): Wire {
  return {
    id: user.id,
    username: user.username,
    global_name: user.globalName,
    discriminator: user.bot ? '0000' : '0',
    avatar: null,
    public_flags: 0,
    ...(user.bot ? { bot: true } : {}),
  };
}

export function memberWire(member: Member): Wire {
  return {
    nick: member.nick,
    avatar: null,
    roles: member.roles,
    joined_at: iso(member.joinedAt),
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

export function roleWire(role: Role): Wire {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: role.position,
    permissions: role.permissions.toString(),
    managed: false,
    mentionable: role.mentionable,
    flags: 0,
  };
}

export function channelWire(world: World, channel: Channel): Wire {
  if (channel.guildId === null) {
    const others = channel.recipients.filter((id) => id !== world.app.user.id).map((id) => userWire(world.user(id)));
    return { id: channel.id, type: channel.type, last_message_id: channel.lastMessageId, flags: 0, recipients: others };
  }
  const common = {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    last_message_id: channel.lastMessageId,
    rate_limit_per_user: channel.slowmodeSeconds,
    flags: 0,
  };
  const thread = channel.thread;
  if (thread === null) {
    return {
      ...common,
      position: channel.position,
      topic: channel.topic,
      nsfw: false,
      permission_overwrites: channel.overwrites.map((one) => ({
        id: one.id,
        type: one.type,
        allow: one.allow.toString(),
        deny: one.deny.toString(),
      })),
      ...(channel.type === 15 ? { available_tags: channel.tags, default_reaction_emoji: null } : {}),
      ...(channel.type === 2 ? { bitrate: 64_000, user_limit: 0, rtc_region: null } : {}),
    };
  }
  const messages = world.messagesIn(channel.id).length;
  return {
    ...common,
    owner_id: channel.ownerId,
    message_count: messages,
    total_message_sent: messages,
    member_count: thread.members.size,
    applied_tags: thread.appliedTags,
    thread_metadata: {
      archived: thread.archived,
      locked: thread.locked,
      archive_timestamp: iso(thread.archivedAt),
      auto_archive_duration: thread.autoArchiveMinutes,
      create_timestamp: iso(thread.createdAt),
      ...(channel.type === 12 ? { invitable: thread.invitable } : {}),
    },
    ...(thread.members.has(world.app.user.id)
      ? { member: threadMemberWire(channel.id, world.app.user.id, thread.createdAt) }
      : {}),
  };
}

export function threadMemberWire(threadId: string, userId: string, joinedAt: number): Wire {
  return { id: threadId, user_id: userId, join_timestamp: iso(joinedAt), flags: 0 };
}

export function attachmentWire(world: World, file: Attachment): Wire {
  const url = world.links.sign(file);
  return {
    id: file.id,
    filename: file.filename,
    size: file.bytes.length,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...(file.description === null ? {} : { description: file.description }),
  };
}

function interactionWire(world: World, interaction: Interaction): Wire {
  return {
    id: interaction.id,
    type: interaction.type,
    user: userWire(world.user(interaction.userId)),
    authorizing_integration_owners: interaction.userInstalled ? { 1: interaction.userId } : { 0: interaction.guildId },
    ...(interaction.commandName === null ? {} : { name: interaction.commandName }),
    ...(interaction.messageId === null ? {} : { interacted_message_id: interaction.messageId }),
  };
}

/** A message as Discord shows it to the app, before intents blank anything. `depth` guards against endless reply chains. */
export function messageWire(world: World, message: Message, depth = 1): Wire {
  const referenced = message.reference === null ? null : world.messages.get(message.reference.messageId);
  const thread = message.threadId === null ? undefined : world.channels.get(message.threadId);
  const me = world.app.user.id;
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: userWire(world.user(message.authorId)),
    content: message.content,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === null ? null : iso(message.editedAt),
    tts: false,
    mention_everyone: message.mentionEveryone,
    mentions: message.mentions.map((id) => userWire(world.user(id))),
    mention_roles: message.mentionRoles,
    attachments: message.attachments.map((file) => attachmentWire(world, file)),
    embeds: message.embeds,
    components: message.components,
    pinned: false,
    flags: message.flags,
    ...(message.nonce === null ? {} : { nonce: message.nonce }),
    ...(message.reactions.size === 0
      ? {}
      : {
          reactions: [...message.reactions].map(([emoji, users]) => ({
            emoji: emojiWire(emoji),
            count: users.size,
            count_details: { burst: 0, normal: users.size },
            me: users.has(me),
            me_burst: false,
            burst_colors: [],
          })),
        }),
    ...(message.reference === null
      ? {}
      : {
          message_reference: {
            type: message.reference.type,
            message_id: message.reference.messageId,
            channel_id: message.reference.channelId,
            ...(message.reference.guildId === null ? {} : { guild_id: message.reference.guildId }),
          },
        }),
    ...(message.type === 19 || message.type === 21
      ? {
          referenced_message:
            referenced === undefined || referenced === null || referenced.deletedAt !== null || depth <= 0
              ? null
              : messageWire(world, referenced, depth - 1),
        }
      : {}),
    ...(message.snapshots.length === 0 ? {} : { message_snapshots: message.snapshots }),
    ...(thread === undefined ? {} : { thread: channelWire(world, thread) }),
    ...(message.interaction === null
      ? {}
      : {
          interaction_metadata: interactionWire(world, message.interaction),
          application_id: world.app.id,
          webhook_id: world.app.id,
        }),
  };
}

/** `name` or `name:id` to Discord's emoji object. */
export function emojiWire(emoji: string): Wire {
  const [name, id] = emoji.split(':');
  return { id: id ?? null, name: name ?? emoji };
}

/** The payload of GUILD_CREATE for the app: only channels it may see, its own threads, itself and up to 50 members. */
export function guildWire(world: World, guild: Guild): Wire {
  const visible = world.channelsOf(guild.id).filter((one) => world.visible(one));
  const members = [...guild.members.values()].sort((a, b) => byAge(a.userId, b.userId));
  const me = members.filter((one) => one.userId === world.app.user.id);
  const shown = [...me, ...members.filter((one) => one.userId !== world.app.user.id).slice(0, 50)];
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    splash: null,
    discovery_splash: null,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()].map(roleWire),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: guild.systemChannelId,
    system_channel_flags: 0,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: 0,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    safety_alerts_channel_id: null,
    joined_at: iso(guild.members.get(world.app.user.id)?.joinedAt ?? 0),
    large: guild.members.size > 50,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    members: shown.map((one) => ({ ...memberWire(one), user: userWire(world.user(one.userId)) })),
    channels: visible.filter((one) => one.thread === null).map((one) => channelWire(world, one)),
    threads: visible.filter((one) => one.thread?.archived === false).map((one) => channelWire(world, one)),
  };
}
