import type { Adapter, Host } from '../chat/adapter.ts';
import type { CommandSpec } from '../chat/commands.ts';
import { problemOf } from '../chat/errors.ts';
import type { Log } from '../ops/log.ts';
import type { Connection } from './host.ts';

/** The platforms' connections. */
export interface Connections {
  /** Connects one; resolves when it is, or when it never will be, which is logged and told by `unready`. */
  connect(adapter: Adapter): Promise<void>;
  /** A sentence for each platform that is not well, null for each that is; nothing while at least one of them is well. */
  unready(): Readonly<Record<string, string | null>>;
}

/** See {@link Connections}. */
export function createConnections(rooms: {
  host(adapter: Adapter, connection: Connection): Host;
  readonly commands: readonly CommandSpec[];
  readonly ended: AbortSignal;
  readonly log: Log;
  /** One more platform is there: what waited for it may go on. */
  connected(): void;
}): Connections {
  const { log } = rooms;
  const connections = new Map<string, Connection>();

  return {
    async connect(adapter) {
      const connection: Connection = { state: 'connecting', why: '' };
      connections.set(adapter.name, connection);
      try {
        await adapter.start(rooms.host(adapter, connection), rooms.ended);
      } catch (error) {
        // Parley is closing: that it was not connected before is no news.
        if (rooms.ended.aborted) return;
        const { kind, detail, say } = problemOf(error);
        connection.state = 'fatal';
        connection.why = say;
        log.error({ platform: adapter.name, kind, detail }, `${adapter.name} cannot be connected: ${say}`);
        return;
      }
      rooms.connected();
      await adapter.publish?.(rooms.commands).catch((error: unknown) => {
        const { kind, detail, say } = problemOf(error);
        const fields = { platform: adapter.name, kind, detail };
        log.error(fields, `the commands on ${adapter.name} are not up to date: ${say}`);
      });
    },
    unready() {
      const states = [...connections].map(
        ([name, { state, why }]) => [name, state === 'connected' ? null : why || `${name} is ${state}`] as const,
      );
      const some = states.length === 0 || states.some(([, why]) => why === null);
      return some ? {} : Object.fromEntries(states);
    },
  };
}
