import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { createLog, type Log } from '../../src/ops/log.ts';
import { createParley, type Parley, type Platform } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

/** Parley on a real platform's library, with a scripted Open WebUI, that can be started anew under other rules. */
export interface Running {
  readonly openWebUI: ScriptedOpenWebUI;
  readonly store: Store;
  parley(): Parley;
  stop(): Promise<void>;
  /** Ends, if it has not ended, and starts anew with another platform on what was left. */
  restart(platform: MakePlatform): Promise<void>;
  close(): Promise<void>;
}

/** Makes the platform of one start. */
export type MakePlatform = (rooms: { store: Store; log: Log }) => Platform;

/** Starts Parley with this platform. */
export async function runParley(platform: MakePlatform): Promise<Running> {
  const openWebUI = await startScriptedOpenWebUI();
  const vault = createVault(new Secret(Buffer.alloc(32, 7).toString('base64')));
  const store = openSqlite(':memory:', { vault });
  const log = createLog('silent');
  let running: Parley;
  let stop: () => Promise<void>;

  async function start(make: MakePlatform): Promise<void> {
    const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
    running = createParley({
      store,
      vault,
      cache: await openCache(null),
      server,
      platforms: [make({ store, log })],
      clock: systemClock,
      log,
      model: null,
      webAddress: openWebUI.url,
      notice: null,
      admins: [],
      after: { titles: false, emoji: false, followUps: false },
      attachments: { files: 10, bytes: 1_000_000 },
    });
    stop = async () => {
      stop = async () => undefined;
      await running.stop(0);
      await disconnect(server);
    };
    await running.start();
  }

  await start(platform);
  return {
    openWebUI,
    store,
    parley: () => running,
    stop: () => stop(),
    async restart(make) {
      await stop();
      await start(make);
    },
    async close() {
      await stop();
      await openWebUI.close();
      await store.close();
    },
  };
}
