import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal, type LocalAdapter } from '../../../adapters/local/local.ts';
import { type Clock, systemClock } from '../../../src/chat/clock.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { type Listener, openListener } from '../../../src/ops/listener.ts';
import { COMMANDS, createTestHost, type TestHost } from './host.ts';

/** The local page on a real listener of this machine, with a host for tests behind it. */
export interface World {
  readonly host: TestHost;
  readonly local: LocalAdapter;
  readonly url: string;
  /** That of the printed link. */
  readonly token: string;
  /** Ends the server and starts it again on the same port and file, with the same token unless told; null: one is made up. */
  restart(token?: string | null): Promise<void>;
  /** Ends the server alone; `restart` brings it back. */
  down(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a {@link World}. */
export async function openWorld(
  options: { notice?: string | null; clock?: Clock; token?: string | null; fileBytes?: number } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-page-'));
  const host = createTestHost();
  let token = options.token === undefined ? 'a-token-for-tests' : options.token;
  let port = 0;
  let running: { listener: Listener; local: LocalAdapter } | null = null;

  async function up(): Promise<{ listener: Listener; local: LocalAdapter }> {
    const listener = await openListener({ host: '127.0.0.1', port }, async () => ({}));
    port = listener.address.port;
    const local = createLocal({
      token: token === null ? null : new Secret(token),
      file: join(folder, 'local.db'),
      address: listener.address,
      publicUrl: null,
      notice: options.notice ?? null,
      fileBytes: options.fileBytes ?? 25 * 1_048_576,
      clock: options.clock ?? systemClock,
    });
    listener.mount(local);
    await local.start(host, new AbortController().signal);
    await local.publish?.(COMMANDS);
    running = { listener, local };
    return running;
  }

  async function down(): Promise<void> {
    const old = running;
    running = null;
    await old?.local.stop();
    await old?.listener.close();
  }

  await up();
  return {
    host,
    get local() {
      if (!running) throw new Error('the server is down');
      return running.local;
    },
    url: `http://127.0.0.1:${port}`,
    get token() {
      if (!running) throw new Error('the server is down');
      return new URL(running.local.link()).searchParams.get('token') ?? '';
    },
    async restart(next = token) {
      token = next;
      await down();
      await up();
    },
    down,
    async close() {
      await down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
