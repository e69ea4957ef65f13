import type { Clock } from '../../../src/chat/clock.ts';

/** A token bucket: `perMinute` tokens come back each minute, `burst` fit in. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

const tier = (perMinute: number): Rate => ({ perMinute, burst: Math.max(5, Math.round(perMinute / 5)) });
const TIER2 = tier(20);
const TIER3 = tier(50);
const TIER4 = tier(100);
const OPEN = tier(600);

/** Rates per method (our reference, slack 2.1). `channel` is counted for each channel apart, `team` for all together. */
const RATES: Record<string, Rate> = {
  'chat.startStream': TIER2,
  'chat.stopStream': TIER2,
  'reactions.remove': TIER2,
  'users.list': TIER2,
  'emoji.list': TIER2,
  'usergroups.users.list': TIER2,
  'apps.connections.open': TIER3,
  'chat.update': TIER3,
  'chat.delete': TIER3,
  'reactions.add': TIER3,
  'conversations.replies': TIER3,
  'conversations.history': TIER3,
  'conversations.info': TIER3,
  'conversations.open': TIER3,
  'conversations.join': TIER3,
  'assistant.threads.setTitle': TIER3,
  'assistant.threads.setSuggestedPrompts': TIER3,
  'agents.sessions.setStatus': TIER3,
  'agents.sessions.rename': TIER3,
  'users.lookupByEmail': TIER3,
  'bots.info': TIER3,
  'team.info': TIER3,
  'auth.revoke': TIER3,
  'chat.appendStream': TIER4,
  'views.open': TIER4,
  'views.update': TIER4,
  'views.push': TIER4,
  'views.publish': TIER4,
  'chat.postEphemeral': TIER4,
  'users.info': TIER4,
  'conversations.members': TIER4,
  'files.getUploadURLExternal': TIER4,
  'files.completeUploadExternal': TIER4,
  'files.info': TIER4,
  'auth.test': OPEN,
  'chat.getPermalink': OPEN,
  'assistant.threads.setStatus': OPEN,
  'chat.postMessage': { perMinute: 300, burst: 30 },
  'chat.postMessage#channel': { perMinute: 60, burst: 5 },
};

/** The buckets of one app in one workspace. */
export interface Rates {
  /** Off lets everything through. */
  on: boolean;
  /** How a refusal looks: status 429 with `Retry-After`, or status 200 with `{ok: false, error: 'ratelimited'}`. */
  style: 'status' | 'body';
  /** Calls refused so far, by method. */
  readonly refused: Map<string, number>;
  /** Sets a method's rate (null: unlimited). `chat.postMessage#channel` is the rate of each channel. Buckets start full again. */
  set(method: string, rate: Rate | null): void;
  /** Takes a token from every bucket this call pays; otherwise gives the wait in ms and takes none. */
  take(method: string, channel: string | undefined): number | null;
  /** The rate of a method now. */
  of(method: string): Rate | null;
}

/** Full buckets with Slack's rates. */
export function createRates(clock: Clock): Rates {
  const rates = new Map<string, Rate | null>(Object.entries(RATES));
  const buckets = new Map<string, { tokens: number; at: number }>();
  const refused = new Map<string, number>();

  /** Tokens in a bucket now, having let it refill. */
  function fill(key: string, rate: Rate): { tokens: number; at: number } {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now };
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.at) * rate.perMinute) / 60_000);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    on: true,
    style: 'status',
    refused,
    of: (method) => rates.get(method) ?? null,
    set(method, rate) {
      rates.set(method, rate);
      for (const key of buckets.keys()) if (key === method || key.startsWith(`${method}:`)) buckets.delete(key);
    },
    take(method, channel) {
      if (!this.on) return null;
      const own = rates.get(method) ?? null;
      const perChannel = rates.get(`${method}#channel`) ?? null;
      const paid: { bucket: { tokens: number }; rate: Rate }[] = [];
      if (own) paid.push({ bucket: fill(method, own), rate: own });
      if (perChannel && channel)
        paid.push({ bucket: fill(`${method}#channel:${channel}`, perChannel), rate: perChannel });
      // A hair's breadth for sums of fractions, so that a client that waited exactly long enough is let in.
      const waits = paid.map(({ bucket, rate }) => ((1 - bucket.tokens - 1e-6) * 60_000) / rate.perMinute);
      const wait = Math.max(0, ...waits);
      if (wait > 0) {
        refused.set(method, (refused.get(method) ?? 0) + 1);
        return wait;
      }
      for (const { bucket } of paid) bucket.tokens -= 1;
      return null;
    },
  };
}
