import type { UnlinkedPolicy } from '../../src/accounts/accounts.ts';
import type { Adapter } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import type { OpenNextcloud } from '../../src/inbox/nextcloud.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

/** Parley whole behind one adapter, with a scripted Open WebUI. */
export interface ParleyOn {
  readonly openWebUI: ScriptedOpenWebUI;
  readonly logged: string[];
  close(): Promise<void>;
}

/** Starts it. `prefix` stands before each command's name; `before` furnishes the server before Parley looks at it. */
export async function parleyOn(
  adapter: Adapter,
  given: {
    prefix?: string;
    admins?: string[];
    unlinked?: UnlinkedPolicy;
    nextcloud?: OpenNextcloud;
    before?: (openWebUI: ScriptedOpenWebUI) => Promise<unknown>;
  } = {},
): Promise<ParleyOn> {
  const openWebUI = await startScriptedOpenWebUI();
  await given.before?.(openWebUI);
  const vault = createVault(new Secret(Buffer.alloc(32, 7).toString('base64')));
  const store = openSqlite(':memory:', { vault });
  const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  const logged: string[] = [];
  const parley = createParley({
    store,
    vault,
    cache: await openCache(null),
    server,
    platforms: [{ adapter, mode: 'thread' }],
    clock: systemClock,
    log: createLog('debug', { write: (line) => logged.push(line) }),
    model: null,
    webAddress: openWebUI.url,
    notice: null,
    admins: given.admins ?? [],
    ...(given.unlinked && { unlinked: given.unlinked }),
    ...(given.nextcloud && { nextcloud: given.nextcloud }),
    ...(given.prefix !== undefined && { commandPrefix: given.prefix }),
    after: { titles: false, emoji: false, followUps: false },
    attachments: { files: 10, bytes: 1_000_000 },
  });
  await parley.start();
  return {
    openWebUI,
    logged,
    async close() {
      await parley.stop(0);
      await disconnect(server);
      await openWebUI.close();
      await store.close();
    },
  };
}
