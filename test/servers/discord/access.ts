import { refuse } from './errors.ts';
import type { Permission } from './permissions.ts';
import { may } from './permissions.ts';
import type { Channel, Message } from './records.ts';
import type { Call } from './router.ts';
import { param } from './router.ts';

/** The channel named in the path, if the app sees it. Throws 10003 or 50001. */
export function seenChannel(call: Call, name = 'channel'): Channel {
  const channel = call.world.channels.get(param(call, name));
  if (channel === undefined) throw refuse('unknownChannel');
  if (!call.world.visible(channel)) throw refuse('missingAccess');
  return channel;
}

/** Throws 50013 unless the app has all of these permissions in the channel. */
export function demand(call: Call, channel: Channel, ...names: Permission[]): void {
  if (!may(call.world, channel, call.world.app.user.id, ...names)) throw refuse('missingPermissions');
}

/** The message named in the path, as the bot token sees it: never an ephemeral one. Throws 10008. */
export function seenMessage(call: Call, channel: Channel): Message {
  const message = call.world.messages.get(param(call, 'message'));
  if (message === undefined || message.channelId !== channel.id) throw refuse('unknownMessage');
  if (message.deletedAt !== null || message.ephemeralFor !== null) throw refuse('unknownMessage');
  return message;
}
