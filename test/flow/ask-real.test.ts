import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import { listFolders } from '../../src/openwebui/folders.ts';
import { pagePrompts } from '../../src/openwebui/prompts.ts';
import { json } from '../../src/openwebui/request.ts';
import { startOpenWebUI } from '../../tools/openwebui/start.ts';
import { type PlainVisitor, visitPlain } from '../real/plain-visitor.ts';
import { CHANNEL } from './world.ts';

/** Set by `npm run test:openwebui`: the version to hold Parley against. */
const wanted = process.env.PARLEY_TEST_OPENWEBUI ?? '';

describe.skipIf(wanted === '')(`the options of /ask and sharing by names on a real Open WebUI ${wanted}`, () => {
  let real: Awaited<ReturnType<typeof startOpenWebUI>>;
  let server: OpenWebUI;
  let ann: PlainVisitor;
  let asked = 0;

  beforeAll(async () => {
    real = await startOpenWebUI({ version: wanted === 'newest' ? null : wanted });
    server = connect({ url: real.url, key: new Secret(real.userKey) });
    const after = { titles: false, emoji: false, followUps: false };
    ann = await visitPlain({ real }, { model: 'echo', place: CHANNEL, admins: ['plain:ann'], after });
  }, 180_000);

  afterAll(async () => {
    await ann.stop();
    await disconnect(server);
    await real.stop();
  }, 60_000);

  /** Asks, and gives the answer once it is whole. */
  async function ask(line: string): Promise<string> {
    expect(await ann.command('ask', line)).toMatchObject({ do: 'work' });
    asked += 1;
    await ann.over(asked);
    return ann.plain.messages.findLast((one) => !one.deleted)?.text ?? '';
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
    expect(words(await ann.command('ask', 'knowledge="house rulez" x'))).toContain('Did you mean `House rules`?');
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
    await ann.command('prompts', 'create command=by-name name=x text=Hello');
    expect(words(await ann.command('prompts', 'share by-name Ben:write'))).toContain(
      'Shared with Ben (may change it).',
    );
    const { items } = await pagePrompts(server, { query: 'by-name' });
    expect(items[0]?.grants).toMatchObject([{ to: 'user', may: 'write' }]);
    expect(words(await ann.command('prompts', 'share by-name Benn'))).toContain('Did you mean `Ben`?');
  }, 60_000);
});
