import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { FileRef } from '../../src/chat/messages.ts';
import { Secret } from '../../src/chat/secret.ts';
import { branch } from '../../src/openwebui/chat-tree.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { FOUND } from '../servers/provider/search.ts';
import { chatWith, type House, request } from './house.ts';
import { type PlainVisitor, visitPlain } from './plain-visitor.ts';

/** A workspace tool as people write them; it takes a while, and longer where the gate is shut. */
const weather = (gate: string): string => `"""
title: Weather
"""
import asyncio, urllib.request
class Tools:
    async def weather(self, place: str) -> str:
        """
        Tells the weather of a place.
        :param place: the name of the place
        """
        await asyncio.sleep(1.5)
        await asyncio.to_thread(urllib.request.urlopen, "${gate}")
        return "Sunny in " + place
`;

import { closeAfter } from '../close-after.ts';

const SECRET = 'The code of the boat house is 4711.';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const file = (name: string, type: string): FileRef => ({
  platform: 'plain',
  id: name,
  name,
  type,
  size: 100,
  token: '',
});

/** Makes what models are given: for everybody to use, as admins do. */
async function furnish(house: House): Promise<void> {
  const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }];
  const meta = { description: 'Tells the weather' };
  const tool = { id: 'weather', name: 'Weather', content: weather(house.engine.gate), meta, access_grants };
  await request(house.admin, 'POST', '/api/v1/tools/create', tool);
  const knowledge = { name: 'Boats', description: 'About boats', access_grants };
  const made = await request(house.admin, 'POST', '/api/v1/knowledge/create', knowledge);
  const collection = JSON.parse(JSON.stringify(made));
  const form = new FormData();
  form.append('file', new Blob([SECRET], { type: 'text/plain' }), 'boats.txt');
  const uploaded = await fetch(`${house.real.url}/api/v1/files/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.real.adminKey}` },
    body: form,
  });
  const { id } = JSON.parse(await uploaded.text());
  const status = () => request(house.admin, 'GET', `/api/v1/files/${id}/process/status`);
  await vi.waitFor(async () => expect(await status()).toMatchObject({ status: 'completed' }), { timeout: 20_000 });
  await request(house.admin, 'POST', `/api/v1/knowledge/${collection.id}/file/add`, { file_id: id });
  const models = [
    { id: 'with-native-tool', base: 'tools', params: { function_calling: 'native' }, meta: { toolIds: ['weather'] } },
    { id: 'with-tool', base: 'tools', params: {}, meta: { toolIds: ['weather'] } },
    { id: 'seeing-with-tool', base: 'vision', params: {}, meta: { toolIds: ['weather'] } },
    { id: 'mirror-with-tool', base: 'mirror', params: {}, meta: { toolIds: ['weather'] } },
    { id: 'with-knowledge', base: 'mirror', params: {}, meta: { knowledge: [{ ...collection, type: 'collection' }] } },
    { id: 'with-web', base: 'mirror', params: {}, meta: { defaultFeatureIds: ['web_search'] } },
  ];
  for (const { id: name, base, params, meta: own } of models) {
    const model = { id: name, name, base_model_id: base, params, meta: { description: null, ...own }, access_grants };
    await request(house.admin, 'POST', '/api/v1/models/create', { ...model, is_active: true });
  }
  await request(house.user, 'GET', '/api/models');
}

/** Models with tools, knowledge and web search, from chat. */
export function toolsOn(at: () => House): void {
  beforeAll(() => furnish(at()), 240_000);

  async function visit(model: string, more: Partial<Parameters<typeof visitPlain>[1]> = {}): Promise<PlainVisitor> {
    const visitor = await visitPlain(at(), { model, ...more });
    closeAfter(() => visitor.stop());
    return visitor;
  }
  const asked = (place: string) => `{"place":"${place}"}`;

  describe('a model with a tool of its own', () => {
    test('that is set to native calling runs it, and its answer stands once in a valid chat', async () => {
      const ann = await visit('with-native-tool');
      // Up to 0.10 nothing is seen of a tool before the end.
      const release = at().since(11) ? at().engine.shutGate() : () => undefined;
      closeAfter(async () => release());
      await ann.ask(asked('Bonn'));
      if (at().since(11)) await vi.waitFor(() => expect(ann.plain.states).toContain('using weather…'), 40_000);
      release();
      await ann.over(1);
      expect(ann.plain.standing()).toEqual(['The tool said: Sunny in Bonn']);
      const { tree } = await chatWith(at(), 'Sunny in Bonn');
      expect(branch(tree).map(({ text }) => text)).toEqual([asked('Bonn'), 'The tool said: Sunny in Bonn']);
      // Known by now, also where no server tells: the next question goes the right way at once.
      await ann.ask(asked('Kiel'));
      await ann.over(2);
      expect(ann.plain.standing().at(-1)).toBe('The tool said: Sunny in Kiel');
      await vi.waitFor(
        async () => expect(branch((await chatWith(at(), 'Sunny in Kiel')).tree)).toHaveLength(4),
        // Longer than reading a chat may take by itself.
        90_000,
      );
    });

    test('answered anew stands beside the first answer', async () => {
      const ann = await visit('with-native-tool');
      await ann.ask(asked('Ulm'));
      await ann.over(1);
      const { id } = await chatWith(at(), 'Sunny in Ulm');
      await ann.press('Regenerate');
      await ann.over(2);
      await vi.waitFor(
        async () => {
          const chat = await chatWith(at(), 'Sunny in Ulm');
          expect(chat.id).toBe(id);
          const [question, ...answers] = Object.values(chat.tree.history.messages);
          expect(answers.map(({ parentId, role }) => ({ parentId, role }))).toEqual([
            { parentId: question?.id, role: 'assistant' },
            { parentId: question?.id, role: 'assistant' },
          ]);
        },
        { timeout: 15_000 },
      );
      expect(ann.plain.standing()).toEqual(['The tool said: Sunny in Ulm']);
    });

    test('is stopped on the server', async () => {
      const ann = await visit('with-native-tool');
      at().real.provider.next('tools', { steps: [{ say: 'Stopping soon' }, { wait: 600_000 }] });
      await ann.ask('Tell me of Trier');
      await vi.waitFor(async () => expect(at().real.provider.requests().at(-1)?.path).toContain('completions'), 20_000);
      if (at().since(11)) await vi.waitFor(() => expect(ann.plain.standing()).toEqual(['Stopping soon']), 20_000);
      // Older servers show nothing before the end: there is a button once the status line stands.
      else await vi.waitFor(() => expect(ann.plain.standing()).toHaveLength(1), { timeout: 20_000 });
      await ann.press('Stop');
      await ann.over(1);
      expect(ann.plain.standing()[0]).toMatch(/Stopped\.\*$/);
      const chat = await chatWith(at(), 'Tell me of Trier');
      expect(await request(at().user, 'GET', `/api/tasks/chat/${chat.id}`)).toEqual({ task_ids: [] });
    });

    test('goes on when Parley ends, and is looked at again by the next', async () => {
      const store = openSqlite(':memory:', { vault: createVault(new Secret(Buffer.alloc(32, 7).toString('base64'))) });
      closeAfter(() => store.close());
      const first = await visitPlain(at(), { model: 'with-native-tool', store });
      await first.ask(asked('Hof'));
      await vi.waitFor(() => expect(first.logged.join()).not.toContain('turn over'));
      const before = at().real.provider.requests().length;
      await vi.waitFor(() => expect(at().real.provider.requests().length).toBeGreaterThan(before), 20_000);
      await first.stop();
      const second = await visit('with-native-tool', { store, plain: first.plain });
      await second.over(1);
      expect(second.plain.standing()).toEqual(['The tool said: Sunny in Hof']);
      expect(branch((await chatWith(at(), 'Sunny in Hof')).tree)).toHaveLength(2);
    });

    test('that is set to nothing runs it as well', async () => {
      const ann = await visit('with-tool');
      await ann.ask(asked('Jena'));
      await ann.over(1);
      expect(ann.plain.standing().at(-1)).toContain('Sunny in');
      await chatWith(at(), 'Jena');
    });

    test('sees pictures and reads files', async () => {
      const posted = {
        'dot.png': { type: 'image/png', bytes: Buffer.from(PIXEL, 'base64') },
        'note.txt': { type: 'text/plain', bytes: Buffer.from('The harbour opens at nine.') },
      };
      const seeing = await visit('seeing-with-tool', { posted });
      await seeing.ask('What is this dot?', [file('dot.png', 'image/png')]);
      await seeing.over(1);
      expect(seeing.plain.standing()[0]).toContain('I see 1 image (image/png, 70 bytes)');
      const reading = await visit('mirror-with-tool', { posted });
      await reading.ask('When does it open?', [file('note.txt', 'text/plain')]);
      await reading.over(1);
      expect(JSON.stringify(reading.plain.standing())).toContain('The harbour opens at nine.');
    });

    test('may ask the person by the tool for it, and is answered by the next message', async ({ skip }) => {
      if (!at().since(12)) skip();
      const ann = await visit('with-native-tool');
      const questions = [
        {
          id: 'town',
          question: 'Which town do you mean?',
          options: [
            { label: 'Bonn', description: 'On the Rhine' },
            { label: 'Kiel', description: 'On the sea' },
          ],
        },
      ];
      const call = { id: `call_${randomUUID()}`, name: 'ask_user', arguments: JSON.stringify({ questions }) };
      at().real.provider.next('tools', { steps: [{ call }] });
      await ann.ask('How is the weather in that town?');
      await ann.over(1);
      expect(ann.plain.standing()[0]).toBe('Which town do you mean?\n- **Bonn**: On the Rhine\n- **Kiel**: On the sea');
      await chatWith(at(), 'Which town do you mean?');
      await ann.ask(asked('Kassel'));
      await ann.over(2);
      expect(ann.plain.standing().at(-1)).toBe('The tool said: Sunny in Kassel');
    });
  });

  test('a model with knowledge answers from it, with its sources', async () => {
    const ann = await visit('with-knowledge');
    await ann.ask('What is the code?');
    await ann.over(1);
    expect(JSON.stringify(ann.plain.standing())).toContain(SECRET);
    const { tree } = await chatWith(at(), SECRET);
    expect(JSON.stringify(tree.history.messages)).toContain('boats.txt');
  });

  test('a model that searches the web finds the page and names it', async () => {
    const ann = await visit('with-web');
    await ann.ask('When does the ferry leave?');
    await ann.over(1);
    expect(at().engine.searched.length).toBeGreaterThan(0);
    expect(JSON.stringify(ann.plain.standing())).toContain(FOUND);
    const { tree } = await chatWith(at(), 'When does the ferry leave?');
    expect(JSON.stringify(branch(tree).at(-1))).toContain(FOUND);
    expect(JSON.stringify(tree.history.messages)).toContain(at().engine.page);
  });
}
