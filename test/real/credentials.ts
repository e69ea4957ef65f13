import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { listChats, readChat } from '../../src/openwebui/chats.ts';
import { withKey } from '../../src/openwebui/connection.ts';
import { THREAD } from '../flow/world.ts';
import { defectsOf } from '../openwebui/tree-defects.ts';
import type { House } from './house.ts';
import { type PlainVisitor, visitPlain } from './plain-visitor.ts';

const posted = {
  'harbour.txt': { type: 'text/plain', bytes: Buffer.from('The harbour opens at five.') },
  'tide.txt': { type: 'text/plain', bytes: Buffer.from('High tide is at nine.') },
};

/** One conversation in which people ask with accounts of their own. It gives Ben another key: what comes after cannot use the old one. */
export function credentialsOn(at: () => House): void {
  describe('two credentials', () => {
    let visitor: PlainVisitor;

    beforeAll(async () => {
      const after = { titles: false, emoji: false, followUps: false };
      visitor = await visitPlain(at(), { model: 'echo', place: THREAD, posted, after });
    });
    afterAll(() => visitor.stop());

    async function say(text: string, name: string, files: readonly FileRef[] = []): Promise<void> {
      const answered = () => visitor.logged.filter((line) => line.includes('"turn over"')).length;
      const before = answered();
      await visitor.as(name).ask(text, files);
      await vi.waitFor(() => expect(answered()).toBeGreaterThan(before), { timeout: 60_000 });
    }

    async function link(name: string, key: string): Promise<void> {
      const opened = await visitor.as(name).command('link', '');
      if (opened.do !== 'form') throw new Error('no form to link with');
      const [field] = opened.form.fields;
      const sent = await visitor.as(name).send(opened.form, { [field?.label ?? '']: new Secret(key) });
      expect(sent).toMatchObject({ do: 'say' });
    }

    async function newKeyOf({ email, password }: { email: string; password: string }): Promise<string> {
      const post = async (path: string, token: string | null, body: object): Promise<string> => {
        const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
        const headers = { 'content-type': 'application/json', ...authorization };
        return (await fetch(at().real.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).text();
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
      const through = withKey(at().user, new Secret(key));
      const chats = await listChats(through, { page: 1 });
      expect(chats).toHaveLength(1);
      const { tree } = await readChat(through, chats[0]?.id ?? '');
      expect(defectsOf(tree)).toEqual([]);
      return branch(tree).map((turn) => turn.text);
    }

    it('the chat is the owner’s; others ask with their own account, over dead and new keys', async () => {
      const { real } = at();
      const ofTheTeam = async () => {
        const pages = [1, 2, 3].map((page) => listChats(at().user, { page }));
        return (await Promise.all(pages)).flat().map(({ id }) => id);
      };
      const before = await ofTheTeam();
      await link('Ben', real.user2Key);
      await say('When does it open?', 'Ben', [file('harbour.txt')]);
      await vi.waitFor(async () => expect(await only(real.user2Key)).toHaveLength(2), { timeout: 20_000 });
      await say('And the tide?', 'Cora', [file('tide.txt')]);
      const asked = JSON.stringify(real.provider.requests().at(-1));
      expect(asked).toContain('The harbour opens at five.');
      expect(asked).toContain('High tide is at nine.');
      await vi.waitFor(async () => expect(await only(real.user2Key)).toHaveLength(4), { timeout: 20_000 });
      expect(await ofTheTeam()).toEqual(before);

      const key = await newKeyOf(real.people.user2);
      await say('Third?', 'Cora');
      expect(visitor.plain.standing().at(-1)).toContain('Third?');
      expect(visitor.plain.told).toHaveLength(1);
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
      expect(await ofTheTeam()).toEqual(before);
    });
  });
}
