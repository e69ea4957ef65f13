import { type Channel, ChannelType, type Client, PermissionFlagsBits } from 'discord.js';
import type { Place } from '../../src/chat/places.ts';
import { failureOf } from './errors.ts';
import type { Rest } from './rest.ts';
import { wireChannel } from './wire.ts';

/** The platform's name. */
export const PLATFORM = 'discord';
/** The team of places that belong to no server, as Discord's own addresses call it. */
export const NO_SERVER = '@me';
/** The team of people: somebody is the same person in every server and in private. */
export const EVERYWHERE = 'everywhere';

/** A channel, as far as a place needs it. */
interface Seen {
  readonly type: number;
  readonly parent: string | null;
}

/** Where channels are. */
export interface Places {
  /** The place of a channel or thread. `hint`: what came along with the event. Asks Discord only for a thread it has not heard of. */
  of(channel: string, guild: string | null, hint?: { type: number; parent: string | null } | null): Promise<Place>;
  /** Whether everybody in its server can read a channel, or the channel that a thread hangs on. */
  isOpen(channel: Channel): boolean;
  /** The category of its channel, if it has one that is known. */
  around(place: Place): readonly string[];
  /** Whether the bot may make the thread of a conversation here, as far as is known. */
  canThread(place: Place): boolean;
  /** Whether the bot itself is a member there: if not, only interaction tokens answer. */
  isMember(place: Place): boolean;
}

const THREADS: ReadonlySet<number> = new Set([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);
const KEPT = 1_000;

/** See {@link Places}. */
export function createPlaces(options: { client(): Client<true> | null; rest: Rest; privateThreads: boolean }): Places {
  const asked = new Map<string, Promise<Seen>>();

  function cached(channel: string): Seen | null {
    const known = options.client()?.channels.cache.get(channel);
    return known ? { type: known.type, parent: known.isThread() ? known.parentId : null } : null;
  }

  /** A thread that was archived when we connected is not in the client's picture; it is asked for once. */
  function ask(channel: string): Promise<Seen> {
    const known = asked.get(channel);
    if (known) return known;
    const answer = options.rest
      .call({ what: 'read a channel', method: 'GET', route: `/channels/${channel}` })
      .then((body) => {
        const read = wireChannel.parse(body);
        return { type: read.type, parent: THREADS.has(read.type) ? (read.parent_id ?? null) : null };
      })
      .catch((error: unknown) => {
        asked.delete(channel);
        throw failureOf(error, 'read a channel');
      });
    asked.set(channel, answer);
    for (const old of asked.keys()) {
      if (asked.size <= KEPT) break;
      asked.delete(old);
    }
    return answer;
  }

  /** Who can read a channel of a server: everybody in it, or a closed group. A server we are not in is taken for closed. */
  function kindOf(guild: string, channel: string, type: number): Place['kind'] {
    if (type === ChannelType.PrivateThread) return 'private';
    const server = options.client()?.guilds.cache.get(guild);
    const known = server?.channels.cache.get(channel);
    if (!server || !known) return 'private';
    return known.permissionsFor(server.roles.everyone).has(PermissionFlagsBits.ViewChannel) ? 'public' : 'private';
  }

  return {
    async of(channel, guild, hint = null) {
      if (guild === null) {
        const kind = hint?.type === ChannelType.GroupDM ? 'private' : 'direct';
        return { platform: PLATFORM, team: NO_SERVER, channel, thread: null, kind };
      }
      const seen = cached(channel) ?? hint ?? (await ask(channel));
      const inThread = THREADS.has(seen.type) && seen.parent !== null;
      const parent = inThread && seen.parent !== null ? seen.parent : channel;
      return {
        platform: PLATFORM,
        team: guild,
        channel: parent,
        thread: inThread ? channel : null,
        kind: kindOf(guild, parent, seen.type),
      };
    },
    isOpen(channel) {
      if (channel.isDMBased()) return false;
      const parent = channel.isThread() ? (channel.parentId ?? channel.id) : channel.id;
      return kindOf(channel.guildId, parent, channel.type) === 'public';
    },
    around(place) {
      const channel = options.client()?.channels.cache.get(place.channel);
      const category = channel && !channel.isThread() && 'parentId' in channel ? channel.parentId : null;
      return category === null ? [] : [category];
    },
    canThread(place) {
      if (place.team === NO_SERVER || place.thread !== null) return false;
      const channel = options.client()?.channels.cache.get(place.channel);
      if (channel?.type !== ChannelType.GuildText && channel?.type !== ChannelType.GuildAnnouncement) return false;
      const me = channel.guild.members.me;
      if (!me) return true;
      const { CreatePrivateThreads, CreatePublicThreads, SendMessagesInThreads } = PermissionFlagsBits;
      const create = options.privateThreads ? CreatePrivateThreads : CreatePublicThreads;
      return channel.permissionsFor(me).has([create, SendMessagesInThreads]);
    },
    isMember(place) {
      if (place.team === NO_SERVER) return place.kind === 'direct';
      return options.client()?.guilds.cache.has(place.team) ?? true;
    },
  };
}
