import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { messageKey } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { defectsOf } from '../../src/openwebui/tree-defects.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley, type Parley } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { createPlain } from '../servers/plain.ts';
import { DIRECT, person } from './world.ts';

/** Set by `npm run test:openwebui`: the version to hold Parley against. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

describe.skipIf(wanted === '')(`the whole flow on a real Open WebUI ${wanted}`, () => {
  let real: Awaited<ReturnType<typeof startOpenWebUI>>;
  let server: OpenWebUI;
  let parley: Parley;
  let host: Host;
  const plain = createPlain({ clock: systemClock });
  const logged: string[] = [];

  beforeAll(async () => {
    real = await startOpenWebUI({ version: wanted === 'newest' ? null : wanted });
    server = connect({ url: real.url, key: new Secret(real.userKey) });
    const hosts: Host[] = [];
    const vault = createVault(null);
    parley = createParley({
      store: openSqlite(':memory:', { vault }),
      vault,
      cache: await openCache(null),
      server,
      platforms: [
        {
          adapter: {
            ...plain.adapter,
            async start(given) {
              hosts.push(given);
              given.state('connected', '');
            },
          },
          mode: 'thread',
        },
      ],
      clock: systemClock,
      log: createLog('debug', { write: (line) => logged.push(line) }),
      model: 'echo',
      webAddress: real.url,
      notice: null,
      admins: [],
      after: { titles: true, emoji: true, followUps: true },
      attachments: { files: 10, bytes: 1_000_000 },
    });
    await parley.start();
    const [given] = hosts;
    if (!given) throw new Error('the adapter was not started');
    host = given;
  }, 180_000);

  afterAll(async () => {
    await parley.stop(0);
    await disconnect(server);
    await real.stop();
  }, 60_000);

  async function say(id: string, text: string): Promise<void> {
    const ref = { place: DIRECT, id };
    const message = { ref, author: person('Ann'), text, files: [], at: Date.now(), ours: false };
    await host.accept({
      type: 'message',
      key: messageKey(ref),
      message,
      addressed: 'direct',
      conversation: DIRECT,
      replyTo: null,
    });
    const answered = () => logged.filter((line) => line.includes('"turn over"')).length;
    const before = answered();
    await vi.waitFor(() => expect(answered()).toBeGreaterThan(before), { timeout: 30_000 });
  }

  it('streams answers, and leaves one valid chat with its title, question by question', async () => {
    await say('Q1', 'How do I bake bread?');
    await say('Q2', 'And rye?');
    const answers = plain.standing();
    expect(answers).toHaveLength(2);
    await vi.waitFor(
      async () => {
        const chats = await listChats(server, { page: 1 });
        expect(chats).toHaveLength(1);
        const chat = await readChat(server, chats[0]?.id ?? '');
        expect(defectsOf(chat.tree)).toEqual([]);
        const turns = branch(chat.tree);
        expect(turns.map((turn) => turn.role)).toEqual(['user', 'assistant', 'user', 'assistant']);
        expect(turns.filter((turn) => turn.role === 'assistant').map((turn) => turn.text)).toEqual(answers);
        expect(turns.every((turn) => turn.done)).toBe(true);
        expect(chat.title).toBe(plain.titles[0]);
      },
      { timeout: 30_000, interval: 250 },
    );
    expect(plain.reactions).toHaveLength(1);
  }, 120_000);
});
