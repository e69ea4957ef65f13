import { SimpleShardingStrategy } from 'discord.js';
import type { Clock } from '../../src/chat/clock.ts';

/** Longest wait between two tries to connect, in milliseconds. */
const LONGEST_MS = 60_000;

/**
 * How long to wait before connecting again after so many failures in a row, in milliseconds. The first failure waits no longer
 * than the library does by itself (half a second). `random` is in [0, 1).
 */
export function reconnectDelay(failures: number, random: number): number {
  if (failures <= 1) return 0;
  return Math.min(LONGEST_MS, 500 * 2 ** Math.min(failures, 10)) * (0.5 + random / 2);
}

/** The library's manager of shards, whose name its older one of the same name hides. */
export type ShardManager = ConstructorParameters<typeof SimpleShardingStrategy>[0];

/** What the connection is made with. */
export interface Patience {
  readonly clock: Clock;
  readonly random: () => number;
  /** True once nobody wants the connection any more. */
  closed(): boolean;
  /** A packet that the library could not digest. */
  broken(error: unknown): void;
}

/**
 * The library's way of running shards, with two things added (our reference, discord 1.2):
 *
 * - It reconnects every half second for ever. Before each connection it asks where its session stands, and that question is
 *   answered late after failures; and never once the connection is no longer wanted, since destroying a shard that waits to
 *   reconnect does not stop it.
 * - What a packet's handler throws would become an unhandled rejection and end the process. It is caught here.
 */
export function patientStrategy(manager: ShardManager, patience: Patience): SimpleShardingStrategy {
  const shards = new Map<number, { failures: number; waiting: boolean }>();
  const of = (id: number) => {
    const known = shards.get(id) ?? { failures: 0, waiting: false };
    shards.set(id, known);
    return known;
  };

  const retrieve = manager.options.retrieveSessionInfo;
  manager.options.retrieveSessionInfo = async (id) => {
    const shard = of(id);
    if (shard.waiting) {
      shard.waiting = false;
      await pause(patience.clock, reconnectDelay(shard.failures, patience.random()));
      if (patience.closed()) await new Promise<never>(() => undefined);
    }
    return retrieve(id);
  };

  const emit = manager.emit.bind(manager);
  Object.defineProperty(manager, 'emit', {
    value: (event: string, ...rest: [{ shardId?: number }?]) => {
      const shard = of(rest[0]?.shardId ?? 0);
      if (event === 'closed') {
        shard.failures += 1;
        shard.waiting = true;
      } else if (event === 'ready' || event === 'resumed') shard.failures = 0;
      try {
        return Reflect.apply(emit, manager, [event, ...rest]);
      } catch (error) {
        patience.broken(error);
        return true;
      }
    },
  });
  return new SimpleShardingStrategy(manager);
}

function pause(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(ms, resolve));
}
