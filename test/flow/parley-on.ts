import type { UnlinkedPolicy } from '../../src/accounts/accounts.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { OpenNextcloud } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { createLog, type Log } from '../../src/ops/log.ts';
import { createParley, type Parley, type Platform } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { awakeClock } from '../awake.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

/** Parley whole behind one platform, with a scripted Open WebUI. */
export interface ParleyOn {
  readonly openWebUI: ScriptedOpenWebUI;
  readonly store: Store;
  readonly logged: string[];
  /** The one that runs, or ran last. */
  parley(): Parley;
  stop(): Promise<void>;
  /** Ends, if it has not ended, and starts anew on what was left; on another platform if one is given. */
  restart(platform?: MakePlatform): Promise<void>;
  close(): Promise<void>;
}

/** Makes the platform of one start. */
export type MakePlatform = (rooms: { store: Store; log: Log }) => Platform;

/** What can be different about it. */
export interface Given {
  /** Stands before each command's name. */
  prefix?: string;
  admins?: string[];
  unlinked?: UnlinkedPolicy;
  nextcloud?: OpenNextcloud;
  titles?: boolean;
  emoji?: boolean;
  followUps?: boolean;
  /** Furnishes the server before Parley looks at it. */
  before?: (openWebUI: ScriptedOpenWebUI) => Promise<unknown>;
}

/** Starts it. */
export async function parleyOn(platform: MakePlatform, given: Given = {}): Promise<ParleyOn> {
  const openWebUI = await startScriptedOpenWebUI();
  await given.before?.(openWebUI);
  const vault = createVault(new Secret(Buffer.alloc(32, 7).toString('base64')));
  const store = openSqlite(':memory:', { vault });
  const logged: string[] = [];
  const log = createLog('debug', { write: (line) => logged.push(line) });
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
      clock: awakeClock,
      log,
      model: null,
      webAddress: openWebUI.url,
      notice: null,
      admins: given.admins ?? [],
      ...(given.unlinked && { unlinked: given.unlinked }),
      ...(given.nextcloud && { nextcloud: given.nextcloud }),
      ...(given.prefix !== undefined && { commandPrefix: given.prefix }),
      after: { titles: given.titles ?? false, emoji: given.emoji ?? false, followUps: given.followUps ?? false },
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
    ...{ openWebUI, store, logged },
    parley: () => running,
    stop: () => stop(),
    async restart(other = platform) {
      await stop();
      await start(other);
    },
    async close() {
      await stop();
      await openWebUI.close();
      await store.close();
    },
  };
}
