import { randomBytes } from 'node:crypto';
import { channelPermissions, permission } from './permissions.ts';
import type { Channel, Interaction, Message } from './records.ts';
import type { Wire } from './wire.ts';
import { channelWire, memberWire, messageWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** Interactions kept; older ones are unknown afterwards. */
const keep = 5000;

/** What someone did. */
export interface Act {
  readonly type: Interaction['type'];
  readonly userId: string;
  readonly channel: Channel;
  readonly data: Wire;
  readonly commandName?: string;
  readonly message?: Message | null;
  /** The command belongs to the person, not to the server. */
  readonly userInstalled?: boolean;
}

/** The id inside an interaction's token, which is base64 of `interaction:ID:random` as Discord's is; '' when there is none. */
export function interactionId(token: string): string {
  return /^interaction:(\d+):/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1] ?? '';
}

/** Stores the interaction and sends INTERACTION_CREATE, which needs no intent. */
export function begin(world: World, act: Act): Interaction {
  const { channel } = act;
  const id = world.id();
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const abroad = guild !== undefined && !guild.members.has(world.app.user.id);
  const interaction: Interaction = {
    id,
    token: Buffer.from(`interaction:${id}:${randomBytes(48).toString('hex')}`, 'latin1').toString('base64url'),
    type: act.type,
    createdAt: world.clock.now(),
    userId: act.userId,
    channelId: channel.id,
    guildId: channel.guildId,
    userInstalled: abroad || (act.userInstalled ?? false),
    commandName: act.commandName ?? null,
    messageId: act.message?.id ?? null,
    data: act.data,
    ackType: null,
    ackAt: null,
    originalId: null,
    deferredEphemeral: false,
    followUps: 0,
    modal: null,
    choices: null,
    made: [],
  };
  world.interactions.set(id, interaction);
  for (const old of world.interactions.keys()) {
    if (world.interactions.size <= keep) break;
    world.interactions.delete(old);
  }
  world.dispatch('INTERACTION_CREATE', { guildId: channel.guildId }, () => payload(world, interaction, act));
  return interaction;
}

function payload(world: World, interaction: Interaction, act: Act): Wire {
  const { channel } = act;
  const me = world.app.user.id;
  const user = userWire(world.user(act.userId));
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const member = guild?.members.get(act.userId);
  const rights = (id: string) => channelPermissions(world, channel, id).toString();
  const mine = channel.recipients.includes(me);
  const direct = permission.SendMessages | permission.ViewChannel | permission.AttachFiles | permission.EmbedLinks;
  return {
    id: interaction.id,
    application_id: world.app.id,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data: interaction.data,
    channel_id: channel.id,
    channel: { ...channelWire(world, channel), permissions: rights(act.userId) },
    ...(guild === undefined
      ? { user }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: {
            ...(member === undefined
              ? { roles: [], joined_at: null, deaf: false, mute: false, flags: 0 }
              : memberWire(member)),
            user,
            permissions: rights(act.userId),
          },
        }),
    ...(act.message === undefined || act.message === null ? {} : { message: messageWire(world, act.message) }),
    locale: 'en-US',
    app_permissions: guild === undefined || interaction.userInstalled ? direct.toString() : rights(me),
    entitlements: [],
    authorizing_integration_owners: interaction.userInstalled
      ? { 1: act.userId }
      : { 0: channel.guildId === null ? '0' : channel.guildId },
    context: guild !== undefined ? 0 : mine ? 1 : 2,
    attachment_size_limit: world.fileBytes,
  };
}
