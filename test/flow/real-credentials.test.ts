import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/chat/adapter.ts';
import { systemClock } from '../../src/chat/clock.ts';
import type { CommandEvent } from '../../src/chat/events.ts';
import type { FileRef } from '../../src/chat/messages.ts';
import { messageKey } from '../../src/chat/places.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import { connect, disconnect, type OpenWebUI, withKey } from '../../src/openwebui/connection.ts';
import { defectsOf } from '../../src/openwebui/tree-defects.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley, type Parley } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { person } from '../person.ts';
import { createPlain } from '../servers/plain.ts';
import { lastingVault } from './linked.ts';
import { THREAD } from './world.ts';

/** Set by `npm run test:openwebui`: the version to hold Parley against. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

const POSTED: Record<string, string> = {
  'harbour.txt': 'The harbour opens at five.',
  'tide.txt': 'High tide is at nine.',
};

describe.skipIf(wanted === '')(`two credentials on a real Open WebUI ${wanted}`, () => {
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
    const vault = lastingVault();
    parley = createParley({
      store: openSqlite(':memory:', { vault }),
      vault,
      cache: await openCache(null),
      server,
      platforms: [
        {
          adapter: {
            ...plain.adapter,
            download: async ({ name }) => ({ name, type: 'text/plain', bytes: Buffer.from(POSTED[name] ?? '') }),
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

  async function say(text: string, name: string, files: readonly FileRef[] = []): Promise<void> {
    serial += 1;
    const ref = { place: THREAD, id: `Q${serial}` };
    const message = { ref, author: person(name), text, files, at: Date.now(), ours: false };
    const answered = () => logged.filter((line) => line.includes('"turn over"')).length;
    const before = answered();
    const addressed = 'mention';
    await host.accept({
      ...{ type: 'message', key: messageKey(ref), message, addressed, conversation: THREAD, replyTo: null },
    });
    await vi.waitFor(() => expect(answered()).toBeGreaterThan(before), { timeout: 60_000 });
  }

  async function link(name: string, key: string): Promise<void> {
    const author = person(name);
    const made = (): Pick<CommandEvent, 'key' | 'trigger' | 'author' | 'place'> => {
      serial += 1;
      const id = `trigger-${serial}`;
      const token = new Secret(id);
      const expiresAt = Date.now() + 900_000;
      const trigger = { platform: 'plain', id, place: THREAD, user: author.ref, token, expiresAt, private: false };
      return { key: id, trigger, author, place: THREAD };
    };
    const asked = { options: {}, text: '', files: [], target: null };
    const opened = await host.accept({ type: 'command', name: 'link', ...made(), ...asked });
    if (opened.do !== 'form') throw new Error('no form to link with');
    const values = new Map([['key', new Secret(key)]]);
    expect(await host.accept({ type: 'form', form: opened.form.id, values, ...made() })).toMatchObject({ do: 'say' });
  }

  async function newKeyOf({ email, password }: { email: string; password: string }): Promise<string> {
    const post = async (path: string, token: string | null, body: object): Promise<string> => {
      const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
      const headers = { 'content-type': 'application/json', ...authorization };
      return (await fetch(real.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).text();
    };
    const token = /"token":"([^"]+)"/.exec(await post('/api/v1/auths/signin', null, { email, password }))?.[1];
    const key = /"api_key":"([^"]+)"/.exec(await post('/api/v1/auths/api_key', token ?? '', {}))?.[1];
    if (!key) throw new Error('no new key');
    return key;
  }

  const file = (name: string): FileRef => ({
    ...{ platform: 'plain', id: name, name, type: 'text/plain', size: null, token: name },
  });

  async function only(key: string): Promise<readonly string[]> {
    const through = withKey(server, new Secret(key));
    const chats = await listChats(through, { page: 1 });
    expect(chats).toHaveLength(1);
    const { tree } = await readChat(through, chats[0]?.id ?? '');
    expect(defectsOf(tree)).toEqual([]);
    return branch(tree).map((turn) => turn.text);
  }

  it('the chat is the owner’s; others ask with their own account, over dead and new keys', async () => {
    await link('Ben', real.user2Key);
    await say('When does it open?', 'Ben', [file('harbour.txt')]);
    await vi.waitFor(async () => expect(await only(real.user2Key)).toHaveLength(2), { timeout: 20_000 });
    await say('And the tide?', 'Cora', [file('tide.txt')]);
    const asked = JSON.stringify(real.provider.requests().at(-1));
    expect(asked).toContain('The harbour opens at five.');
    expect(asked).toContain('High tide is at nine.');
    await vi.waitFor(async () => expect(await only(real.user2Key)).toHaveLength(4), { timeout: 20_000 });
    expect(await listChats(server, { page: 1 })).toEqual([]);

    const key = await newKeyOf(real.people.user2);
    await say('Third?', 'Cora');
    expect(plain.standing().at(-1)).toContain('Third?');
    expect(plain.told).toHaveLength(1);
    expect(await only(key)).toHaveLength(4);
    await link('Ben', key);
    await vi.waitFor(async () => expect(await only(key)).toHaveLength(6), { timeout: 20_000 });
    await say('Fourth?', 'Ben');
    await vi.waitFor(async () => expect(await only(key)).toHaveLength(8), { timeout: 20_000 });
    expect((await only(key)).filter((_, at) => at % 2 === 0).map((text) => text.split('\n')[0])).toEqual([
      'Ben: When does it open?',
      'Cora: And the tide?',
      'Cora: Third?',
      'Ben: Fourth?',
    ]);
    expect(await listChats(server, { page: 1 })).toEqual([]);
  }, 180_000);
});
