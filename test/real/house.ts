import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { type Chat, listChats, readChat } from '../../src/openwebui/chats.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley, type Parley, type ParleyOptions, type Platform } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import { type SearchEngine, startSearchEngine } from '../servers/provider/search.ts';

/** A real Open WebUI with a search engine, and what a test needs of both. */
export interface House {
  readonly real: Awaited<ReturnType<typeof startOpenWebUI>>;
  readonly engine: SearchEngine;
  /** The server through the user's and the admin's key. */
  readonly user: OpenWebUI;
  readonly admin: OpenWebUI;
  /** Whether the server is at least that minor version of 0. */
  since(minor: number): boolean;
  close(): Promise<void>;
}

/** Opens the house. `wanted` is a version or `newest`. */
export async function openHouse(wanted: string): Promise<House> {
  const engine = await startSearchEngine();
  const real = await startOpenWebUI({
    version: wanted === 'newest' ? null : wanted,
    env: {
      // Files and collections are cut up, embedded and searched, as they are where people work.
      BYPASS_EMBEDDING_AND_RETRIEVAL: 'false',
      ENABLE_WEB_SEARCH: 'true',
      ENABLE_RAG_WEB_SEARCH: 'true',
      WEB_SEARCH_ENGINE: 'searxng',
      SEARXNG_QUERY_URL: engine.queryUrl,
      // The page that is found stands on this machine, which the server would not fetch otherwise.
      ENABLE_RAG_LOCAL_WEB_FETCH: 'true',
      // The pages go to the model whole, as files do; 0.9 would otherwise store them and then not look for them.
      BYPASS_WEB_SEARCH_EMBEDDING_AND_RETRIEVAL: 'true',
    },
  });
  const user = connect({ url: real.url, key: new Secret(real.userKey) });
  const minor = Number(real.version.split('.')[1]);
  return {
    real,
    engine,
    user,
    admin: withKey(user, new Secret(real.adminKey)),
    since: (wantedMinor) => minor >= wantedMinor,
    async close() {
      await disconnect(user);
      await real.stop();
      await engine.stop();
    },
  };
}

/** Parley on the house's server. */
export interface Lodger {
  readonly parley: Parley;
  readonly store: Store;
  readonly logged: string[];
  /** Resolves once so many turns are over. */
  over(turns: number): Promise<void>;
  stop(): Promise<void>;
}

/** How it lodges there. */
export interface Lodging {
  readonly model?: string;
  /** Not closed at the end. */
  readonly store?: Store;
  readonly admins?: readonly string[];
  /** What is made after an answer; everything when not given. */
  readonly after?: ParleyOptions['after'];
  readonly clock?: Clock;
}

/** Starts Parley there. */
export async function moveIn(
  house: Pick<House, 'real'>,
  platforms: (store: Store) => readonly Platform[],
  options: Lodging = {},
): Promise<Lodger> {
  const vault = createVault(new Secret(Buffer.alloc(32, 7).toString('base64')));
  const store = options.store ?? openSqlite(':memory:', { vault });
  const server = connect({ url: house.real.url, key: new Secret(house.real.userKey) });
  const logged: string[] = [];
  const parley = createParley({
    store,
    vault,
    cache: await openCache(null),
    server,
    platforms: platforms(store),
    clock: options.clock ?? systemClock,
    log: createLog('debug', { write: (line) => logged.push(line) }),
    model: options.model ?? 'echo-slow',
    webAddress: house.real.url,
    notice: null,
    admins: options.admins ?? [],
    after: options.after ?? { titles: true, emoji: true, followUps: true },
    attachments: { files: 10, bytes: 1_000_000 },
  });
  await parley.start();
  return {
    parley,
    store,
    logged,
    over: (turns) =>
      vi.waitFor(() => expect(logged.filter((line) => line.includes('"turn over"'))).toHaveLength(turns), {
        timeout: 40_000,
        interval: 100,
      }),
    async stop() {
      await parley.stop(0);
      await disconnect(server);
      if (!options.store) await store.close();
    },
  };
}

/** The one chat on the server whose newest branch has that text, once it is valid and its last answer done. */
export async function chatWith(house: House, text: string): Promise<Chat> {
  return await vi.waitFor(
    async () => {
      const lines = await listChats(house.user, { page: 1 });
      const chats = await Promise.all(lines.map(({ id }) => readChat(house.user, id)));
      const found = chats.filter((chat) => JSON.stringify(chat.tree.history.messages).includes(text));
      expect(found).toHaveLength(1);
      const [chat] = found;
      if (!chat) throw new Error('no chat');
      expect(defectsOf(chat.tree)).toEqual([]);
      expect(branch(chat.tree).at(-1)).toMatchObject({ role: 'assistant', done: true });
      return chat;
    },
    { timeout: 30_000, interval: 300 },
  );
}

/** A request that the client of Parley has no words for. Throws with what the server says. */
export async function request(server: OpenWebUI, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${server.key?.reveal()}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** Where screenshots are left to be looked at; nothing of it is committed. */
export async function screenshotFolder(version: string): Promise<string> {
  const folder = join(import.meta.dirname, '..', '..', '.cache', 'screenshots', `openwebui-${version}`);
  await mkdir(folder, { recursive: true });
  return folder;
}
