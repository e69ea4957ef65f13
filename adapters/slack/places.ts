import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import type { Api } from './api.ts';
import { createRecent, remembered } from './recent.ts';
import { conversationsInfo } from './wire.ts';

/** What is known of a channel. `member`: whether the bot is in it. */
export interface Channel {
  readonly kind: Place['kind'];
  readonly name: string | null;
  readonly member: boolean;
}

/** Channels, remembered for a while. */
export interface Channels {
  /** The place in a channel. `type` is what an event calls its kind; without it Slack is asked. Throws a `Failure`. */
  place(channel: string, thread: string | null, type: string | null): Promise<Place>;
  /** Null when the bot cannot see the channel at all, such as a conversation of others. Throws a `Failure`. */
  look(channel: string): Promise<Channel | null>;
  /** Its name; {@link PRIVATE_NAME} for one that is closed, unless such names may be told; null when nobody knows. */
  name(channel: string): Promise<string | null>;
  /** Asked anew the next time: the bot was let in or put out. */
  forget(channel: string): void;
}

const MOST = 5_000;
const KEPT_MS = 10 * 60_000;
const KINDS = new Map<string, Place['kind']>([
  ['im', 'direct'],
  ['channel', 'public'],
  ['group', 'private'],
  ['mpim', 'private'],
]);

/** What stands in place of a private channel's name, where models and chats elsewhere would read it. */
const PRIVATE_NAME = 'private-channel';

/** See {@link Channels}. `privateNames`: names of private channels may be told. */
export function createChannels(api: Api, team: string, clock: Clock, privateNames = false): Channels {
  const known = createRecent<Promise<Channel | null>>(clock, MOST, KEPT_MS);

  async function ask(id: string): Promise<Channel | null> {
    try {
      const { channel } = await api.call('conversations.info', { channel: id }, conversationsInfo);
      const direct = channel.is_im === true;
      const closed = channel.is_private === true || channel.is_mpim === true;
      const kind = direct ? 'direct' : closed ? 'private' : 'public';
      // Direct and group conversations tell of no membership: that they can be seen is it.
      return { kind, name: channel.name ?? null, member: channel.is_member ?? kind !== 'public' };
    } catch (error) {
      if (error instanceof Failure && error.problem.kind === 'closed') return null;
      throw error;
    }
  }

  const look = async (channel: string) => {
    const found = await remembered(known, channel, () => ask(channel));
    // Somebody may invite the bot at any moment.
    if (!found?.member) known.delete(channel);
    return found;
  };
  return {
    look,
    async place(channel, thread, type) {
      const told = KINDS.get(type ?? '') ?? (channel.startsWith('D') ? 'direct' : undefined);
      const kind = told ?? (await look(channel))?.kind ?? 'private';
      return { platform: 'slack', team, channel, thread, kind };
    },
    async name(channel) {
      try {
        const found = await look(channel);
        // What the bot cannot see is closed to it, and so may be to others.
        if (found?.kind !== 'public' && !privateNames) return PRIVATE_NAME;
        return found?.name ?? null;
      } catch (error) {
        if (error instanceof Failure) return null;
        throw error;
      }
    },
    forget: (channel) => known.delete(channel),
  };
}

/** The place where a conversation about a message lives: its thread, or the direct channel itself when those are kept flat. */
export function conversationOf(place: Place, id: string, direct: 'threads' | 'flat'): Place {
  if (place.thread !== null || (place.kind === 'direct' && direct === 'flat')) return place;
  return { ...place, thread: id };
}
