import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import { channelOf } from './limits.ts';
import type { Messages } from './messages.ts';
import type { Parser } from './parse.ts';
import { PLATFORM } from './places.ts';
import type { WireMessage } from './wire.ts';

/** Conversations that were used since a time, in milliseconds since the epoch: `store.conversations.recent` with a limit. */
export type Recent = (platform: string, since: number) => Promise<readonly { readonly place: Place }[]>;

/** How far back is read: what is older is not answered any more. */
const REACH_MS = 86_400_000;
/** A session that ends may have lost the events of its last moments. */
const MARGIN_MS = 120_000;
/** Conversations that are read at once. */
const AT_ONCE = 3;
const PAGE = 100;
const TRIES = 5;
const DISCORD_EPOCH = 1_420_070_400_000n;

/** Reads what came in while nobody listened. Discord tells messages once and wants no acknowledgement, so it must be asked. */
export interface CatchUp {
  /** A new session has begun. Runs in the background; one that is asked for while one runs follows it. */
  run(): void;
  /** An event has come in: until now, nothing was missed. */
  heard(): void;
  /** The connection broke. What comes first afterwards says nothing about what was missed before it. */
  lost(): void;
  /** The session goes on where it broke off: nothing was missed. */
  resumed(): void;
  /** Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/** See {@link CatchUp}. `take` is given each missed message, oldest first within its conversation; the job's key makes repeats harmless. */
export function createCatchUp(options: {
  messages: Messages;
  parser: Parser;
  clock: Clock;
  recent: Recent;
  take(wire: WireMessage): Promise<void>;
  failed(what: string, detail: string): void;
}): CatchUp {
  const { clock, parser } = options;
  let heardAt = 0;
  /** When the connection broke that has not come back yet; 0 for before this process. */
  let lostAt: number | null = 0;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function all(): Promise<void> {
    do {
      again = false;
      const since = Math.max(clock.now() - REACH_MS, (lostAt ?? 0) - MARGIN_MS);
      lostAt = null;
      const places = (await options.recent(PLATFORM, clock.now() - REACH_MS)).map((one) => one.place);
      const waiting = [...new Map(places.map((place) => [channelOf(place), place])).values()];
      const work = async () => {
        for (let place = waiting.shift(); place && !stopped; place = waiting.shift()) await one(place, since);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } while (again && !stopped);
  }

  async function one(place: Place, since: number): Promise<void> {
    for (let tries = 1; tries <= TRIES && !stopped; tries += 1) {
      try {
        for (const wire of await missed(place, since)) await options.take(wire);
        return;
      } catch (error) {
        const { retry, detail } = problemOf(error);
        options.failed('reading what was missed', detail);
        if (retry.when === 'never') return;
        const ms = retry.when === 'after' ? retry.ms : 1_000 * tries;
        await new Promise<void>((resolve) => void clock.after(ms, resolve));
      }
    }
  }

  /**
   * The newest messages of a conversation since then that the bot cannot have heard: those after its own newest, since it was
   * there when it wrote that. So a command that was carried out and answered is not carried out again.
   */
  async function missed(place: Place, since: number): Promise<WireMessage[]> {
    const channel = channelOf(place);
    const found: WireMessage[] = [];
    for (let after = snowflake(since); ; ) {
      const page = await options.messages.page(channel, { limit: String(PAGE), after });
      found.push(...page);
      after = page.at(-1)?.id ?? after;
      if (page.length < PAGE || stopped) break;
    }
    const own = found.findLastIndex((wire) => parser.isOurs(wire));
    const guild_id = place.kind === 'direct' ? null : place.team;
    return found.slice(own + 1).map((wire) => ({ ...wire, guild_id }));
  }

  return {
    run() {
      again = true;
      if (running || stopped) return;
      running = all()
        .catch((error: unknown) => options.failed('reading what was missed', problemOf(error).detail))
        .finally(() => {
          running = null;
        });
    },
    heard() {
      heardAt = clock.now();
    },
    lost() {
      lostAt ??= heardAt;
    },
    resumed() {
      lostAt = null;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** The smallest id of this moment: ids hold the time of their making. */
function snowflake(ms: number): string {
  return ((BigInt(Math.max(0, Math.floor(ms))) - DISCORD_EPOCH) << 22n).toString();
}
