import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningStandIn, type StandInOptions, startOpenWebUI } from '../../src/demo/openwebui/server.ts';
import { type Call, talk } from './talk.ts';

let server: RunningStandIn;
let call: Call;
const start = async (options: StandInOptions = {}) => {
  server = await startOpenWebUI({ pace: 'instant', furnished: false, ...options });
  call = talk(server.url, server.key);
};
afterEach(() => server.close());

describe('prompts since 0.8', () => {
  const create = async (command: string, more: object = {}) =>
    call('/api/v1/prompts/create', { body: { command, name: command, content: 'one', ...more } });

  it('are made once per command, by those who may', async () => {
    await start();
    expect((await create('sum')).json).toMatchObject({
      command: 'sum',
      data: {},
      tags: [],
      version_id: expect.any(String),
    });
    expect((await create('sum')).status).toBe(400);
    const other = { key: server.otherKey, body: { command: 'x', name: 'x', content: 'x' } };
    expect(await call('/api/v1/prompts/create', other)).toMatchObject({
      status: 401,
      json: { detail: '401 Unauthorized' },
    });
  });

  it('keep versions, restore them, and leave the live text alone for one that is not live', async () => {
    await start();
    const { id, version_id: first } = (await create('sum')).json;
    const update = (content: string, more: object = {}) =>
      call(`/api/v1/prompts/id/${id}/update`, { body: { command: 'sum', name: 'sum', content, ...more } });
    await update('two', { commit_message: 'better' });
    expect((await update('three', { is_production: false })).json.content).toBe('two');
    await update('two');
    const { json: versions } = await call(`/api/v1/prompts/id/${id}/history?page=0`);
    expect(versions.map((version: { commit_message: string }) => version.commit_message)).toEqual([
      null,
      'better',
      'Initial version',
    ]);
    const diff = await call(`/api/v1/prompts/id/${id}/history/diff?from_id=${first}&to_id=${versions[0].id}`);
    expect(diff.json.content_diff.slice(2)).toEqual(['@@ -1 +1 @@', '-one', '+three']);
    const back = await call(`/api/v1/prompts/id/${id}/update/version`, { body: { version_id: first } });
    expect(back.json).toMatchObject({ content: 'one', version_id: first });
    expect((await call(`/api/v1/prompts/id/${id}/history/${first}`, { method: 'DELETE' })).status).toBe(400);
    expect((await call(`/api/v1/prompts/id/${id}/history/${versions[0].id}`, { method: 'DELETE' })).json).toBe(true);
  });

  it('are seen by whom they are shared with, and listed by thirty', async () => {
    await start();
    const { id } = (await create('mine')).json;
    expect((await call(`/api/v1/prompts/id/${id}`, { key: server.otherKey })).status).toBe(404);
    const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }];
    await call(`/api/v1/prompts/id/${id}/access/update`, { body: { access_grants } });
    expect((await call(`/api/v1/prompts/id/${id}`, { key: server.otherKey })).json.write_access).toBe(false);
    expect((await call(`/api/v1/prompts/id/${id}/toggle`, { key: server.otherKey, method: 'POST' })).status).toBe(401);
    await call(`/api/v1/prompts/id/${id}/toggle`, { method: 'POST' });
    expect((await call('/api/v1/prompts/')).json).toEqual([]);
    for (let at = 0; at < 31; at += 1) await create(`p${at}`, { tags: ['t'] });
    const list = (await call('/api/v1/prompts/list?page=2')).json;
    expect([list.items.length, list.total]).toEqual([2, 32]);
    expect((await call('/api/v1/prompts/tags')).json).toEqual(['t']);
  });

  it('take null for lists on 0.12 and refuse it on 0.10', async () => {
    await start();
    expect((await create('a', { tags: null })).status).toBe(200);
    await server.close();
    await start({ profile: '0.10' });
    expect(await create('a', { tags: null })).toMatchObject({
      status: 422,
      json: {
        detail: [{ type: 'list_type', loc: ['body', 'tags'], msg: 'Input should be a valid list', input: null }],
      },
    });
    expect((await create('a')).status).toBe(200);
  });
});

describe('prompts of 0.7', () => {
  it('are known by their command', async () => {
    await start({ profile: '0.7' });
    const body = { command: '/sum', title: 'Sum', content: 'one' };
    expect((await call('/api/v1/prompts/create', { body })).json).toMatchObject({
      command: '/sum',
      title: 'Sum',
      access_control: null,
    });
    expect((await call('/api/v1/prompts/command/sum')).json.content).toBe('one');
    expect((await call('/api/v1/prompts/command/nope')).status).toBe(401);
    expect((await call('/api/v1/prompts/command/sum/update', { body: { ...body, content: 'two' } })).json.content).toBe(
      'two',
    );
    expect((await call('/api/v1/prompts/list')).json).toHaveLength(1);
    expect((await call('/api/v1/prompts/command/sum/delete', { method: 'DELETE' })).json).toBe(true);
  });
});

describe('folders, knowledge, feedback, people', () => {
  it('folders refuse a name twice and unknown keys, and take their chats along', async () => {
    await start();
    const folder = (await call('/api/v1/folders/', { body: { name: 'Work' } })).json;
    expect((await call('/api/v1/folders/', { body: { name: 'Work' } })).json.detail).toBe(
      '[ERROR: Folder already exists]',
    );
    expect((await call('/api/v1/folders/', { body: { name: 'x', colour: 'red' } })).status).toBe(422);
    const chat = (await call('/api/v1/chats/new', { body: { chat: { title: 'T' } } })).json;
    await call(`/api/v1/chats/${chat.id}/folder`, { body: { folder_id: folder.id } });
    expect((await call(`/api/v1/chats/folder/${folder.id}/list`)).json).toHaveLength(1);
    expect((await call('/api/v1/chats/')).json).toHaveLength(0);
    expect((await call(`/api/v1/folders/${folder.id}`, { method: 'DELETE' })).json).toBe(true);
    expect((await call(`/api/v1/chats/${chat.id}`)).status).toBe(401);
  });

  it('a new server holds a few prompts and a collection', async () => {
    await start({ furnished: true });
    expect((await call('/api/v1/prompts/', { key: server.otherKey })).json.length).toBeGreaterThan(2);
    const [collection] = (await call('/api/v1/knowledge/search?query=house')).json.items;
    expect((await call(`/api/v1/knowledge/${collection.id}/files`)).json.total).toBe(1);
    const body = {
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'rules?' }],
      files: [{ type: 'collection', id: collection.id }],
    };
    expect((await call('/api/chat/completions', { body })).text).toContain('house-rules.txt');
  });

  it('feedback is kept whole, changed, and deleted', async () => {
    await start();
    const made = (
      await call('/api/v1/evaluations/feedback', {
        body: { type: 'rating', data: { rating: 1 }, meta: { chat_id: 'c' } },
      })
    ).json;
    expect(made).toMatchObject({ version: 0, data: { rating: 1, reason: null }, meta: { chat_id: 'c' } });
    const path = `/api/v1/evaluations/feedback/${made.id}`;
    expect((await call(path, { body: { type: 'rating', data: { rating: -1 } } })).json).toMatchObject({
      data: { rating: -1 },
      meta: { chat_id: 'c' },
    });
    expect((await call(path, { method: 'DELETE' })).json).toBe(true);
    expect((await call(path)).status).toBe(404);
    expect((await call('/api/v1/evaluations/feedback', { body: {} })).status).toBe(422);
  });

  it('people are found by name or e-mail', async () => {
    await start();
    expect((await call('/api/v1/users/search?query=otto')).json).toMatchObject({
      total: 1,
      users: [{ name: 'Otto Other' }],
    });
    expect((await call('/api/v1/users/')).status).toBe(401);
  });
});

describe('what stays and what is shown', () => {
  it('keeps chats, files and keys in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    const dataFile = join(folder, 'demo.db');
    try {
      await start({ dataFile, furnished: true });
      const { key } = server;
      const { id } = (await call('/api/v1/chats/new', { body: { chat: { title: 'Kept' } } })).json;
      const [file] = (await call('/api/v1/files/')).json.items;
      const prompts = (await call('/api/v1/prompts/')).json.length;
      await server.close();
      await start({ dataFile, furnished: true });
      expect(server.key).toBe(key);
      expect((await call(`/api/v1/chats/${id}`)).json.title).toBe('Kept');
      expect((await call(`/api/v1/files/${file.id}/content`)).text).toContain('Questions are asked');
      expect((await call('/api/v1/prompts/')).json).toHaveLength(prompts);
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });

  it('shows a chat as an escaped page, without script', async () => {
    await start();
    const message = { id: 'u1', parentId: null, childrenIds: [], role: 'user', content: '<script>alert(1)</script>' };
    const chat = { title: 'A & B', history: { currentId: 'u1', messages: { u1: message } } };
    const { id } = (await call('/api/v1/chats/new', { body: { chat } })).json;
    const page = await fetch(`${server.url}/c/${id}`);
    const text = await page.text();
    expect(text).toContain('&#60;script&#62;');
    expect(text).not.toContain('<script');
    expect(text).toContain('<h1>A &#38; B</h1>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await call('/', { key: null })).text).toContain(`/c/${id}`);
  });
});
