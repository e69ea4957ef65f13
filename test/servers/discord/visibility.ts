import type { Message } from './records.ts';
import type { Wire } from './wire.ts';
import { messageWire } from './wire.ts';
import type { Dispatch, World } from './world.ts';

/** Gateway intents by Discord's names. */
export const intent = {
  Guilds: 1,
  GuildMembers: 1 << 1,
  GuildPresences: 1 << 8,
  GuildMessages: 1 << 9,
  GuildMessageReactions: 1 << 10,
  GuildMessageTyping: 1 << 11,
  DirectMessages: 1 << 12,
  DirectMessageReactions: 1 << 13,
  DirectMessageTyping: 1 << 14,
  MessageContent: 1 << 15,
} as const;

/** The intents that exist, as one number: bits outside it close with 4013. */
export const knownIntents = 0b11_0001_1111_1111_1111_1111_1111;

const families: ReadonlyArray<readonly [prefix: string, guild: number, direct: number]> = [
  ['MESSAGE_REACTION_', intent.GuildMessageReactions, intent.DirectMessageReactions],
  ['MESSAGE_', intent.GuildMessages, intent.DirectMessages],
  ['TYPING_START', intent.GuildMessageTyping, intent.DirectMessageTyping],
  ['GUILD_MEMBER_', intent.GuildMembers, 0],
  ['GUILD_', intent.Guilds, 0],
  ['CHANNEL_', intent.Guilds, intent.DirectMessages],
  ['THREAD_', intent.Guilds, 0],
];

/** Whether a session with these intents gets the event at all. Interactions always come. */
export function wanted(intents: number, event: Dispatch): boolean {
  const family = families.find(([prefix]) => event.name.startsWith(prefix));
  if (family === undefined) return true;
  return (intents & (event.guildId === null ? family[2] : family[1])) !== 0;
}

/** Whether the app may read what a message says without the Message Content intent: direct messages, its own, mentions of it. */
function readable(world: World, message: Message): boolean {
  const me = world.app.user.id;
  const direct = world.channels.get(message.channelId)?.guildId === null;
  return direct || message.authorId === me || message.mentions.includes(me);
}

/** Empties what the Message Content intent protects, in the message and in the one it answers. */
export function blanked(world: World, wire: Wire, message: Message, granted: boolean): Wire {
  if (granted) return wire;
  const referenced = world.messages.get(message.reference?.messageId ?? '');
  const inner = wire.referenced_message;
  const outer = readable(world, message) ? wire : { ...wire, ...hidden };
  if (typeof inner !== 'object' || inner === null || referenced === undefined || readable(world, referenced))
    return outer;
  return { ...outer, referenced_message: { ...inner, ...hidden } };
}

const hidden = { content: '', embeds: [], attachments: [], components: [] };

/** A message as REST shows it to the app: the portal's grant decides what it can read. */
export function shownMessage(world: World, message: Message): Wire {
  return blanked(world, messageWire(world, message), message, world.app.messageContentGranted);
}
