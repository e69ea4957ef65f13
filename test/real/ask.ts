import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { type Chat, listChats, readChat } from '../../src/openwebui/chats.ts';
import { listFolders } from '../../src/openwebui/folders.ts';
import { pagePrompts } from '../../src/openwebui/prompts.ts';
import { json } from '../../src/openwebui/request.ts';
import { closeAfter } from '../close-after.ts';
import { CHANNEL } from '../flow/world.ts';
import type { House } from './house.ts';
import { type PlainVisitor, visitPlain } from './plain-visitor.ts';

/** What may be said with a question, and sharing by names. */
export function askOn(at: () => House): void {
  describe('the options of /ask and sharing by names', () => {
    let ann: PlainVisitor;
    let asked = 0;

    beforeAll(async () => {
      const after = { titles: false, emoji: false, followUps: false };
      ann = await visitPlain(at(), { model: 'echo', place: CHANNEL, admins: ['plain:ann'], after });
    });
    afterAll(() => ann.stop());

    /** Asks, and gives the answer once it is whole. */
    async function ask(line: string): Promise<string> {
      expect(await ann.command('ask', line)).toMatchObject({ do: 'work' });
      asked += 1;
      await ann.over(asked);
      return ann.plain.messages.findLast((one) => !one.deleted)?.text ?? '';
    }
    const words = (answer: Answer) => (answer.do === 'say' ? answer.body.markdown : '');
    const chats = () => listChats(at().user, { page: 1, folders: true });
    /** Not simply the newest: what follows an answer may still change the chat of another. */
    async function chatOf(text: string): Promise<Chat | undefined> {
      const all = await Promise.all((await chats()).map(({ id }) => readChat(at().user, id)));
      return all.find(({ tree }) => branch(tree)[0]?.text.includes(text));
    }

    it('searches a collection that is asked for by its name, and keeps it with the question', async () => {
      const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }];
      const body = { name: 'House rules', description: 'What is allowed', access_grants };
      const path = '/api/v1/knowledge/create';
      const made = await json(
        at().admin,
        { method: 'POST', path, about: 'server', body },
        z.looseObject({ id: z.string() }),
      );
      await ask('knowledge="house rules" May I sing?');
      const chat = await chatOf('May I sing?');
      expect(chat && branch(chat.tree)[0]?.files).toMatchObject([
        { type: 'collection', id: made.id, name: 'House rules' },
      ]);
      expect(words(await ann.command('ask', 'knowledge="house rulez" x'))).toContain('Did you mean `House rules`?');
    });

    it('puts the chat into a folder, keeps nothing of what is temporary, and says when the web was not searched', async () => {
      const before = (await chats()).map(({ id }) => id);
      await ask('folder="Spring plans" Where am I?');
      const folder = (await listFolders(at().user)).find(({ name }) => name === 'Spring plans');
      expect(folder).toBeDefined();
      expect((await chatOf('Where am I?'))?.folderId).toBe(folder?.id);
      expect(await ask('temporary=yes Forget me')).toContain('Open WebUI keeps nothing of this');
      const since = (await chats()).filter(({ id }) => !before.includes(id));
      expect(since.map(({ id }) => id)).toEqual([(await chatOf('Where am I?'))?.id]);
      closeAfter(async () => at().engine.hide(false));
      at().engine.hide(true);
      expect(await ask('web=yes Is it raining?')).toContain('The web search brought no page');
    });

    it('shares a prompt by a person’s name', async () => {
      await ann.command('prompts', 'create command=by-name name=x text=Hello');
      expect(words(await ann.command('prompts', 'share by-name Ben:write'))).toContain(
        'Shared with Ben (may change it).',
      );
      const { items } = await pagePrompts(at().user, { query: 'by-name' });
      expect(items[0]?.grants).toMatchObject([{ to: 'user', may: 'write' }]);
      expect(words(await ann.command('prompts', 'share by-name Benn'))).toContain('Did you mean `Ben`?');
    });
  });
}
