import { randomBytes } from 'node:crypto';
import type { Accounts, UnlinkedPolicy } from '../../src/accounts/accounts.ts';
import { createAccounts } from '../../src/accounts/create-accounts.ts';
import type { Person } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault, type Vault } from '../../src/store/vault.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

/** Accounts over a real store and a scripted Open WebUI behind sockets. */
export interface AccountWorld {
  readonly openWebUI: ScriptedOpenWebUI;
  readonly store: Store;
  readonly clock: TestClock;
  readonly accounts: Accounts;
  /** Everything that was logged. */
  readonly logged: string[];
}

/** A fresh secret key, as `openssl rand -base64 32` prints one. */
export function newSecretKey(): Secret {
  return new Secret(randomBytes(32).toString('base64'));
}

/** Ann on a platform, or whoever is described. */
export function somebody(more: Partial<Person> & { id?: string } = {}): Person {
  const { id = 'ann', ...rest } = more;
  return person('Ann', { ref: { platform: 'plain', team: 'T1', id }, ...rest });
}

/** Opens it; it is closed after the test. `store` and `openWebUI` may be given, to start a second time on what the first left; they are then not closed. */
export async function openAccounts(
  given: {
    store?: Store;
    openWebUI?: ScriptedOpenWebUI;
    vault?: Vault;
    policy?: UnlinkedPolicy;
    allowAdminKey?: boolean;
    key?: string;
    started?: boolean;
  } = {},
): Promise<AccountWorld> {
  const openWebUI = given.openWebUI ?? (await startScriptedOpenWebUI());
  const vault = given.vault ?? createVault(newSecretKey());
  const store = given.store ?? openSqlite(':memory:', { vault });
  const server = connect({ url: openWebUI.url, key: new Secret(given.key ?? openWebUI.key) });
  const clock = createTestClock();
  const logged: string[] = [];
  const line = (fields: object, event: string) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const accounts = createAccounts({
    links: store.links,
    vault,
    server,
    clock,
    policy: given.policy ?? 'service',
    allowAdminKey: given.allowAdminKey ?? false,
    log: { error: line, warn: line, info: line, debug: line },
  });
  if (given.started ?? true) await accounts.start();
  closeAfter(async () => {
    accounts.stop();
    await disconnect(server);
    if (!given.openWebUI) await openWebUI.close();
    if (!given.store) await store.close();
  });
  return { openWebUI, store, clock, accounts, logged };
}
