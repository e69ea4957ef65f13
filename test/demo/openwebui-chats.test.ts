import { afterEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../src/demo/openwebui/profile.ts';
import { answer, refuses, says, silence } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { type Call, talk } from './talk.ts';

let server: ScriptedOpenWebUI;
let call: Call;
const start = async (profile: Profile) => {
  server = await startScriptedOpenWebUI({ profile });
  call = talk(server.url, server.key);
};
afterEach(() => server.close());

const user = (id: string, parentId: string | null = null) => ({
  id,
  parentId,
  childrenIds: [],
  role: 'user',
  content: id,
});
const bot = (id: string, parentId: string, more: object = {}) => ({
  id,
  parentId,
  childrenIds: [],
  role: 'assistant',
  content: id,
  done: true,
  ...more,
});
const history = (currentId: string, ...messages: { id: string }[]) => ({
  history: { currentId, messages: Object.fromEntries(messages.map((message) => [message.id, message])) },
});
const create = async (chat: object) => (await call('/api/v1/chats/new', { body: { chat } })).json.id as string;
const read = async (id: string) => (await call(`/api/v1/chats/${id}`)).json.chat;
const update = (id: string, chat: object) => call(`/api/v1/chats/${id}`, { body: { chat } });

describe('changing a chat', () => {
  it('merges messages by id since 0.10, and makes the children anew', async () => {
    await start('0.12');
    const id = await create({ title: 'T', ...history('a1', user('u1'), bot('a1', 'u1')) });
    await update(id, history('a2', bot('a2', 'u1')));
    const chat = await read(id);
    expect(Object.keys(chat.history.messages)).toEqual(['u1', 'a1', 'a2']);
    expect(chat.history.messages.u1.childrenIds).toEqual(['a1', 'a2']);
    expect(chat.history.currentId).toBe('a2');
    expect(chat.title).toBe('T');
  });

  it('replaces a message whole, so that a partial one breaks the tree', async () => {
    await start('0.10');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1')));
    await update(id, history('a1', { id: 'a1', ...{ content: 'new' } }));
    expect((await read(id)).history.messages).toMatchObject({
      u1: { childrenIds: [] },
      a1: { content: 'new', childrenIds: [] },
    });
  });

  it('replaces the whole history up to 0.9', async () => {
    await start('0.9');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1')));
    await update(id, history('u2', user('u2')));
    expect(Object.keys((await read(id)).history.messages)).toEqual(['u2']);
  });

  it('never changes an unfinished answer since 0.12, nor makes a finished one unfinished', async () => {
    await start('0.12');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1', { content: '', done: false })));
    await update(id, history('a1', bot('a1', 'u1')));
    expect((await read(id)).history.messages.a1).toMatchObject({ content: '', done: false });
    await call(`/api/v1/chats/${id}/messages/a1`, { method: 'DELETE' });
    await update(id, history('a1', bot('a1', 'u1')));
    await update(id, history('a1', bot('a1', 'u1', { done: false, content: 'other' })));
    expect((await read(id)).history.messages.a1).toMatchObject({ content: 'a1', done: true });
  });

  it('lets an unfinished answer be finished before 0.12', async () => {
    await start('0.10');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1', { content: '', done: false })));
    await update(id, history('a1', bot('a1', 'u1')));
    expect((await read(id)).history.messages.a1).toMatchObject({ content: 'a1', done: true });
  });

  it('takes a message and its children away, and moves to the newest branch that is left', async () => {
    await start('0.12');
    const messages = [user('u1'), bot('a1', 'u1'), user('u2', 'a1'), bot('a2', 'u2'), bot('b1', 'u1')];
    const id = await create({ title: 'T' });
    await update(id, history('a2', ...messages));
    await call(`/api/v1/chats/${id}/messages/a1`, { method: 'DELETE' });
    const { currentId, messages: left } = (await read(id)).history;
    expect(Object.keys(left)).toEqual(['u1', 'a2', 'b1']);
    expect(left.a2.parentId).toBe('u1');
    expect(currentId).toBe('a2');
  });

  it('keeps what events leave: replace and message do, a delta does not', async () => {
    await start('0.12');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1')));
    const event = (type: string, data: object) =>
      call(`/api/v1/chats/${id}/messages/a1/event`, { body: { type, data } });
    expect((await event('replace', { content: 'one' })).json).toBe(true);
    await event('message', { content: ' two' });
    await event('chat:message:delta', { content: ' three' });
    expect((await read(id)).history.messages.a1.content).toBe('one two');
  });
});

describe('access and lists', () => {
  it('answers 401 with the two sentences for a chat that is not there or not yours', async () => {
    await start('0.12');
    const id = await create({ title: 'T' });
    expect((await call('/api/v1/chats/nope')).json.detail).toContain('could not find');
    const foreign = await call(`/api/v1/chats/${id}`, { key: server.otherKey, body: { chat: { title: 'mine now' } } });
    expect(foreign.status).toBe(401);
    expect(foreign.json.detail).toContain('do not have permission');
    expect((await call(`/api/v1/chats/${id}`, { key: server.adminKey })).status).toBe(200);
    expect((await call('/api/v1/chats/new', { body: {} })).json.detail[0]).toMatchObject({
      type: 'missing',
      loc: ['body', 'chat'],
    });
  });

  it('pages by sixty, toggles pin and archive, tags with a body in DELETE', async () => {
    await start('0.12');
    for (let at = 0; at < 62; at += 1) await create({ title: `Chat ${at}` });
    const id = await create({ title: 'Special bees' });
    expect((await call('/api/v1/chats/list?page=1')).json).toHaveLength(60);
    expect((await call('/api/v1/chats/list?page=2')).json).toHaveLength(3);
    expect((await call('/api/v1/chats/')).json).toHaveLength(63);
    expect((await call('/api/v1/chats/search?text=bees')).json).toMatchObject([{ id }]);
    expect((await call(`/api/v1/chats/${id}/pin`, { method: 'POST' })).json.pinned).toBe(true);
    expect((await call('/api/v1/chats/')).json).toHaveLength(62);
    expect((await call(`/api/v1/chats/${id}/pin`, { method: 'POST' })).json.pinned).toBe(false);
    expect((await call(`/api/v1/chats/${id}/archive`, { method: 'POST' })).json.archived).toBe(true);
    expect((await call(`/api/v1/chats/${id}/tags`, { body: { name: 'Bee Keeping' } })).json).toMatchObject([
      { id: 'bee_keeping' },
    ]);
    expect((await call(`/api/v1/chats/${id}/tags`, { body: { name: 'none' } })).status).toBe(400);
    expect((await call(`/api/v1/chats/${id}/tags`, { method: 'DELETE', body: { name: 'bee keeping' } })).json).toEqual(
      [],
    );
    expect((await call(`/api/v1/chats/${id}`, { method: 'DELETE' })).json).toBe(true);
    expect((await call(`/api/v1/chats/${id}`, { method: 'DELETE' })).status).toBe(404);
  });
});

const ask = (more: object) => ({
  model: 'demo-chat',
  stream: true,
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
});
const complete = (more: object) => call('/api/chat/completions', { body: ask(more) });
const done = (chatId: string, messageId: string) =>
  server.until(() => {
    const messages = JSON.parse(JSON.stringify(server.chat(chatId)?.chat ?? {})).history?.messages ?? {};
    return messages[messageId]?.done === true;
  });

describe('the background mode', () => {
  it('answers at once, keeps the answer, and runs the side tasks', async () => {
    await start('0.12');
    const id = await create({ title: 'New Chat' });
    server.next(says('The answer.', { everyMs: 1 }));
    const got = await complete({
      chat_id: id,
      id: 'a1',
      session_id: 's',
      user_message: user('u1'),
      background_tasks: { title_generation: true, follow_up_generation: true, tags_generation: true },
    });
    expect(got.json).toMatchObject({ status: true, chat_id: id, task_ids: [expect.any(String)] });
    await done(id, 'a1');
    await expect.poll(async () => (await call(`/api/tasks/chat/${id}`)).json.task_ids).toEqual([]);
    const { json } = await call(`/api/v1/chats/${id}`);
    expect(json.chat.history.messages.a1).toMatchObject({
      parentId: 'u1',
      content: 'The answer.',
      output: [{ type: 'message' }],
    });
    expect(json.chat.history.messages.a1.followUps).toHaveLength(3);
    expect(json.title).not.toBe('New Chat');
    expect(json.meta.tags.length).toBeGreaterThan(0);
  });

  it.each([
    ['0.8', { parentId: null, content: 'Text', output: [{ type: 'message' }] }],
    ['0.9', { parentId: 'u1', content: 'Text', output: [{ type: 'message' }] }],
    ['0.10', { parentId: 'u1', content: '', output: [{ type: 'message' }] }],
    ['0.11', { parentId: 'u1', content: 'Text', output: [{ type: 'message' }] }],
  ] as const)('stores the answer of %s in that release’s form', async (profile, stored) => {
    await start(profile);
    const id = await create({ title: 'x' });
    server.next(says('Text'));
    const got = await complete({ chat_id: id, id: 'a1', session_id: 's', user_message: user('u1') });
    expect(profile === '0.8' ? got.json.task_id : got.json.task_ids[0]).toBeTypeOf('string');
    await done(id, 'a1');
    expect((await read(id)).history.messages.a1).toMatchObject(stored);
  });

  it('folds reasoning into the text up to 0.9, and puts it in output later', async () => {
    await start('0.9');
    const id = await create({ title: 'x' });
    server.next(answer([{ reasoning: 'hm' }, 'Text']));
    await complete({ chat_id: id, id: 'a1', session_id: 's', user_message: user('u1') });
    await done(id, 'a1');
    expect((await read(id)).history.messages.a1.content).toMatch(/^<details type="reasoning"[\s\S]*<\/details>\nText$/);
  });

  it('stops a chat’s tasks and keeps what there was', async () => {
    await start('0.12');
    const id = await create({ title: 'x' });
    server.next(answer(['Wait', silence]));
    const { json } = await complete({ chat_id: id, id: 'a1', session_id: 's', user_message: user('u1') });
    await expect.poll(async () => (await read(id)).history.messages.a1.content).toBe('Wait');
    expect((await call(`/api/tasks/stop/${json.task_ids[0]}`, { method: 'POST' })).status).toBe(401);
    expect((await call(`/api/tasks/chat/${id}/stop`, { method: 'POST' })).json.status).toBe(true);
    expect((await read(id)).history.messages.a1).toMatchObject({
      done: true,
      content: 'Wait',
      output: [{ status: 'incomplete' }],
    });
    expect((await call('/api/tasks/chat/nope/stop', { method: 'POST' })).status).toBe(404);
    expect((await call('/api/tasks/chat/nope')).json).toEqual({ task_ids: [] });
  });

  it.each([
    ['0.12', { done: true, content: '', error: { content: 'Rate limit reached' } }],
    ['0.10', { done: false, content: '', error: { content: 'Rate limit reached' } }],
    ['0.8', { error: { content: { message: 'Rate limit reached' } } }],
  ] as const)('stores a provider’s refusal as %s does', async (profile, stored) => {
    await start(profile);
    const id = await create({ title: 'x' });
    server.next(refuses(429, { error: { message: 'Rate limit reached' } }));
    await complete({ chat_id: id, id: 'a1', session_id: 's', user_message: user('u1') });
    expect((await read(id)).history.messages.a1).toMatchObject(stored);
  });
});

describe('the other modes', () => {
  it('wait without a session: null for a stream, the completion otherwise, and the answer is kept', async () => {
    await start('0.12');
    const id = await create({ title: 'x' });
    expect(await complete({ chat_id: id, id: 'a1', user_message: user('u1') })).toMatchObject({
      status: 200,
      json: null,
      text: 'null',
    });
    const next = await complete({ chat_id: id, id: 'a2', user_message: user('u2', 'a1'), stream: false });
    expect(next.json.choices[0].message.content).toBeTypeOf('string');
    expect((await read(id)).history.messages.a2.done).toBe(true);
    expect(server.asked.at(-1)?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
  });

  it('answer directly on 0.8 when there is no session, and refuse another’s chat as 400', async () => {
    await start('0.8');
    const id = await create({ title: 'x' });
    expect((await complete({ chat_id: id, id: 'a1', user_message: user('u1') })).type).toBe('text/event-stream');
    const foreign = await call('/api/chat/completions', { key: server.otherKey, body: ask({ chat_id: id }) });
    expect(foreign).toMatchObject({ status: 400, json: { detail: '404: Something went wrong :/' } });
    expect((await call(`/api/tasks/chat/${id}/stop`, { method: 'POST' })).status).toBe(405);
  });

  it('make a chat for parent_id null, since 0.9', async () => {
    await start('0.12');
    const got = await complete({ parent_id: null, id: 'a1', session_id: 's', user_message: user('u1') });
    await done(got.json.chat_id, 'a1');
    expect(await read(got.json.chat_id)).toMatchObject({
      title: 'New Chat',
      history: { currentId: 'a1', messages: { u1: { childrenIds: ['a1'] } } },
    });
  });

  it('refuse on 0.12 what would overwrite, or has no place', async () => {
    await start('0.12');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1')));
    expect(await complete({ chat_id: id })).toMatchObject({ status: 409 });
    expect(await complete({ chat_id: id, id: 'a1', session_id: 's', user_message: user('u1') })).toMatchObject({
      status: 409,
    });
    expect(
      (await complete({ chat_id: id, id: 'a9', session_id: 's', user_message: user('u9', 'gone') })).json.detail,
    ).toBe('Parent message no longer exists.');
    expect((await complete({ chat_id: 'temporary:x' })).type).toBe('text/event-stream');
  });

  it('break the tree on 0.9 when the question is not sent along', async () => {
    await start('0.9');
    const id = await create(history('a1', user('u1'), bot('a1', 'u1', { done: false, content: '' })));
    await complete({ chat_id: id, id: 'a1', session_id: 's' });
    await done(id, 'a1');
    expect((await read(id)).history.messages.a1.parentId).toBeNull();
    expect((await complete({ chat_id: id })).type).toBe('text/event-stream');
  });

  it('answer 404 in somebody else’s chat', async () => {
    await start('0.12');
    const id = await create({ title: 'x' });
    expect(await call('/api/chat/completions', { key: server.otherKey, body: ask({ chat_id: id }) })).toMatchObject({
      status: 404,
    });
  });
});
