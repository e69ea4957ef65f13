import { Client, type ClientOptions, Options } from 'discord.js';
import type { Secret } from '../../src/chat/secret.ts';
import type { Patience } from './backoff.ts';
import { patientStrategy } from './backoff.ts';
import { intentsFor } from './intents.ts';

/** People kept in memory: only their names are of use, and messages bring those along (our reference, discord 1.4). */
const PEOPLE_KEPT = 200;

/** What the client needs to be told. */
export interface ClientSettings {
  readonly token: Secret;
  readonly api: string | null;
  /** Whether to ask for the Message Content intent. */
  readonly content: boolean;
  readonly patience: Patience;
  /** What the library may do for connecting: READY is waited for so long, in milliseconds. */
  readonly waitGuildMs: number;
}

/**
 * The library's client, cut down to what is used of it: the gateway, and its picture of servers, channels, roles and threads.
 * Messages, reactions and interactions are read from the packets themselves (see `parse.ts`), so its handlers for those never
 * run: nothing of them is cached, and a malformed one can do no harm.
 */
export function createClient(settings: ClientSettings): Client {
  const client = new Client({
    intents: [...intentsFor(settings.content)],
    shards: 'auto',
    // For whatever is ever sent through the client itself: no pings, no doubles (our reference, discord 1.5 and 1.6).
    allowedMentions: { parse: [], repliedUser: false },
    enforceNonce: true,
    waitGuildTimeout: settings.waitGuildMs,
    makeCache: Options.cacheWithLimits(cacheLimits),
    sweepers: { ...Options.DefaultSweeperSettings, threads: { interval: 3_600, lifetime: 3_600 } },
    rest: { version: '10', retries: 0, ...(settings.api !== null && { api: settings.api }) },
    ws: { buildStrategy: (manager) => patientStrategy(manager, settings.patience) },
  } satisfies ClientOptions);
  guardPackets(client, settings.patience.broken);
  client.on('error', settings.patience.broken);
  return client;
}

const own = (entry: { id: string; client: Client }) => entry.id === entry.client.user?.id;

/** Servers, channels, roles and permission overwrites must be kept whole; the bot itself too (our reference, discord 1.4). */
const cacheLimits = {
  ...Options.DefaultMakeCacheSettings,
  AutoModerationRuleManager: 0,
  DMMessageManager: 0,
  EntitlementManager: 0,
  GuildBanManager: 0,
  GuildEmojiManager: 0,
  GuildInviteManager: 0,
  GuildMemberManager: { maxSize: PEOPLE_KEPT, keepOverLimit: own },
  GuildMessageManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  MessageManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  StageInstanceManager: 0,
  ThreadMemberManager: 0,
  UserManager: { maxSize: PEOPLE_KEPT, keepOverLimit: own },
  VoiceStateManager: 0,
};

/** Packets that keep the client's picture of servers and channels right; all others are not its business. */
const WANTED =
  /^(READY|RESUMED|USER_UPDATE|GUILD_(CREATE|UPDATE|DELETE|ROLE_.*|MEMBER_UPDATE)|CHANNEL_.*|THREAD_(CREATE|UPDATE|DELETE|LIST_SYNC))$/;

/** Lets only wanted packets through to the client's handlers, and catches what those throw, also from its queue. */
function guardPackets(client: Client, broken: (error: unknown) => void): void {
  const handle: unknown = Reflect.get(client.ws, 'handlePacket');
  if (typeof handle !== 'function') throw new TypeError('this version of discord.js handles packets in another way');
  Object.defineProperty(client.ws, 'handlePacket', {
    value: (packet?: { t?: unknown }, shard?: unknown): boolean => {
      if (packet !== undefined && !WANTED.test(String(packet.t))) return false;
      try {
        return Reflect.apply(handle, client.ws, [packet, shard]) === true;
      } catch (error) {
        broken(error);
        return false;
      }
    },
  });
}
