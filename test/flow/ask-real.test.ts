import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Answer, Host } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { listFolders } from '../../src/openwebui/folders.ts';
import { pagePrompts } from '../../src/openwebui/prompts.ts';
import { json } from '../../src/openwebui/request.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley, type Parley } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { person } from '../person.ts';
import { createPlain } from '../servers/plain.ts';
import { CHANNEL } from './world.ts';

/** Set by `npm run test:openwebui`: the version to hold Parley against. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

describe.skipIf(wanted === '')(`the options of /ask and sharing by names on a real Open WebUI ${wanted}`, () => {
  let real: Awaited<ReturnType<typeof startOpenWebUI>>;
  let server: OpenWebUI;
  let parley: Parley;
  let host: Host;
  let serial = 0;
  const plain = createPlain({ clock: systemClock });
  const logged: string[] = [];

  beforeAll(async () => {
    real = await startOpenWebUI({ version: wanted === 'newest' ? null : wanted });
    server = connect({ url: real.url, key: new Secret(real.userKey) });
    const hosts: Host[] = [];
    const vault = createVault(null);
    const adapter = {
      ...plain.adapter,
      async start(given: Host) {
        hosts.push(given);
        given.state('connected', '');
      },
    };
    parley = createParley({
      store: openSqlite(':memory:', { vault }),
      vault,
      cache: await openCache(null),
      server,
      platforms: [{ adapter, mode: 'thread' }],
      clock: systemClock,
      log: createLog('debug', { write: (line) => logged.push(line) }),
      model: 'echo',
      webAddress: real.url,
      notice: null,
      admins: ['plain:ann'],
      after: { titles: false, emoji: false, followUps: false },
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

  function command(name: string, text: string): Promise<Answer> {
    serial += 1;
    const author = person('Ann');
    const expiresAt = Date.now() + 900_000;
    const trigger = {
      ...{ platform: 'plain', id: `trigger-${serial}`, place: CHANNEL, user: author.ref, token: new Secret('x') },
      ...{ expiresAt, private: false },
    };
    const event = {
      key: trigger.id,
      trigger,
      author,
      place: CHANNEL,
      name,
      options: {},
      text,
      files: [],
      target: null,
    };
    return host.accept({ type: 'command', ...event });
  }

  /** Asks, and gives the answer once it is whole. */
  async function ask(line: string): Promise<string> {
    const over = () => logged.filter((one) => one.includes('"turn over"')).length;
    const before = over();
    expect(await command('ask', line)).toMatchObject({ do: 'work' });
    await vi.waitFor(() => expect(over()).toBe(before + 1), { timeout: 30_000 });
    return plain.messages.findLast((one) => !one.deleted)?.text ?? '';
  }
  const words = (answer: Answer) => (answer.do === 'say' ? answer.body.markdown : '');
  const chats = () => listChats(server, { page: 1, folders: true });

  it('searches a collection that is asked for by its name, and keeps it with the question', async () => {
    const admin = connect({ url: real.url, key: new Secret(real.adminKey) });
    const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }];
    const body = { name: 'House rules', description: 'What is allowed', access_grants };
    const path = '/api/v1/knowledge/create';
    const made = await json(admin, { method: 'POST', path, about: 'server', body }, z.looseObject({ id: z.string() }));
    await disconnect(admin);
    await ask('knowledge="house rules" May I sing?');
    const [line] = await chats();
    const chat = await readChat(server, line?.id ?? '');
    expect(branch(chat.tree)[0]?.files).toMatchObject([{ type: 'collection', id: made.id, name: 'House rules' }]);
    expect(words(await command('ask', 'knowledge="house rulez" x'))).toContain('Did you mean `House rules`?');
  }, 60_000);

  it('puts the chat into a folder, keeps nothing of what is temporary, and says when the web was not searched', async () => {
    const before = (await chats()).length;
    await ask('folder="Spring plans" Where am I?');
    const [folder] = await listFolders(server);
    expect(folder?.name).toBe('Spring plans');
    // Not simply the newest: what follows the answer before may have changed its chat since.
    const asked = await Promise.all((await chats()).map(({ id }) => readChat(server, id)));
    const chat = asked.find(({ tree }) => JSON.stringify(tree.history.messages).includes('Where am I?'));
    expect(chat?.folderId).toBe(folder?.id);
    expect(await ask('temporary=yes Forget me')).toContain('Open WebUI keeps nothing of this');
    expect(await chats()).toHaveLength(before + 1);
    expect(await ask('web=yes Is it raining?')).toContain('The web search brought no page');
  }, 90_000);

  it('shares a prompt by a person’s name', async () => {
    await command('prompts', 'create command=by-name name=x text=Hello');
    expect(words(await command('prompts', 'share by-name Ben:write'))).toContain('Shared with Ben (may change it).');
    const { items } = await pagePrompts(server, { query: 'by-name' });
    expect(items[0]?.grants).toMatchObject([{ to: 'user', may: 'write' }]);
    expect(words(await command('prompts', 'share by-name Benn'))).toContain('Did you mean `Ben`?');
  }, 60_000);
});
