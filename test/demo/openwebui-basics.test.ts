import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/demo/openwebui/answers/subject.ts';
import { type RunningStandIn, startOpenWebUI } from '../../src/demo/openwebui/server.ts';
import { type Call, talk } from './talk.ts';

let server: RunningStandIn;
beforeAll(async () => {
  server = await startOpenWebUI({ pace: 'instant' });
});
afterAll(() => server.close());

const call: Call = (path, options) => talk(server.url, server.key)(path, options);

const ask = (content: unknown, more: object = {}) => ({
  model: 'demo-chat',
  messages: [{ role: 'user', content }],
  ...more,
});

const frames = (text: string) =>
  text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: ') && frame !== 'data: [DONE]')
    .map((frame) => JSON.parse(frame.slice(6)));

describe('credentials', () => {
  it('refuses each kind of credential with the server’s own words', async () => {
    expect(await call('/api/models', { key: null })).toMatchObject({
      status: 401,
      json: { detail: 'Not authenticated' },
    });
    expect((await call('/api/models', { key: 'sk-00' })).json.detail).toContain('session has expired');
    expect((await call('/api/models', { key: 'nonsense' })).json.detail).toBe('401 Unauthorized');
    const pending = await call('/api/models', { key: server.pendingKey });
    expect(pending).toMatchObject({ status: 401 });
    expect(pending.json.detail).toContain('do not have permission');
  });

  it('tells a key that only a person may ask who they are', async () => {
    expect(await call('/api/v1/auths/')).toMatchObject({
      status: 403,
      json: { detail: 'A human session is required.' },
    });
    expect((await call('/api/v1/users/user/status')).json).toMatchObject({ name: 'Parley', role: 'user' });
  });

  it('answers config without flags to a key, and with them to a session', async () => {
    const login = await call('/api/v1/auths/signin', {
      key: null,
      body: { email: 'ada@example.test', password: 'parley-demo' },
    });
    expect((await call('/api/config')).json.features.enable_folders).toBeUndefined();
    expect((await call('/api/config', { key: login.json.token })).json.features.enable_folders).toBe(true);
    expect((await call('/api/v1/auths/', { key: login.json.token })).json.role).toBe('admin');
  });
});

describe('unknown addresses', () => {
  it('answers a page to GET and 405 to POST', async () => {
    expect(await call('/api/v1/prompts/command/x')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(await call('/api/v1/chats')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(await call('/api/nowhere', { body: {} })).toMatchObject({
      status: 405,
      json: { detail: 'Method Not Allowed' },
    });
  });
});

describe('direct answers', () => {
  it('streams frames that end with [DONE]', async () => {
    const answer = await call('/api/chat/completions', { body: ask('a table of fruit', { stream: true }) });
    expect(answer.type).toBe('text/event-stream');
    expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true);
    const text = frames(answer.text)
      .map((frame) => frame.choices[0]?.delta.content ?? '')
      .join('');
    expect(text).toContain('| --- |');
    expect(text).toContain('not a language model');
  });

  it('gives the same words for the same question, as JSON too', async () => {
    const first = await call('/api/chat/completions', { body: ask('code in Rust') });
    const second = await call('/api/chat/completions', { body: ask('code in Rust') });
    expect(first.json.choices[0].message.content).toContain('```rust');
    expect(second.json.choices[0].message.content).toBe(first.json.choices[0].message.content);
  });

  it('sends sources first, reasoning before text, and an error frame in the middle', async () => {
    const sources = frames(
      (await call('/api/chat/completions', { body: ask('sources on bees', { stream: true }) })).text,
    );
    expect(sources[0].sources).toHaveLength(2);
    const thought = frames(
      (await call('/api/chat/completions', { body: ask('think about bees', { stream: true }) })).text,
    );
    expect(thought[0].choices[0].delta.reasoning_content).toBeTypeOf('string');
    const failed = frames((await call('/api/chat/completions', { body: ask('an error', { stream: true }) })).text);
    expect(failed.some((frame) => frame.error?.message.includes('asked to fail'))).toBe(true);
  });

  it('speaks of what was asked, not of the shape it was asked for in', () => {
    expect(subjectOf('Compare tea and coffee in a table')).toBe('tea and coffee');
    expect(subjectOf('Show me code that reads a file, in two languages')).toBe('code that reads a file');
    expect(subjectOf('Plan a small team offsite as a list')).toBe('Plan a small team offsite');
    expect(subjectOf('a table of rivers')).toBe('rivers');
  });

  it('a summary is made of what was written, whatever words stand in it', async () => {
    const wish =
      'Summarise this conversation.\n\nSay first what it is about.\n\nAnn: Show me an error\n\nBen: In a table, please';
    const told = frames((await call('/api/chat/completions', { body: ask(wish, { stream: true }) })).text);
    expect(told.some((frame) => frame.error)).toBe(false);
    expect(told.map((frame) => frame.choices?.[0]?.delta?.content ?? '').join('')).toContain('summary of the 2 lines');
  });

  it('names what was received: a picture', async () => {
    const png = Buffer.alloc(24);
    png.write('PNG', 1, 'latin1');
    png.writeUInt32BE(640, 16);
    png.writeUInt32BE(480, 20);
    const url = `data:image/png;base64,${png.toString('base64')}`;
    const answer = await call('/api/chat/completions', {
      body: ask([
        { type: 'text', text: 'what is this?' },
        { type: 'image_url', image_url: { url } },
      ]),
    });
    expect(answer.json.choices[0].message.content).toContain('image/png, 24 bytes, 640 × 480 pixels');
  });

  it('does not know a model that is not there, or that only admins see', async () => {
    expect(await call('/api/chat/completions', { body: ask('x', { model: 'nope' }) })).toMatchObject({
      status: 400,
      json: { detail: 'Model not found' },
    });
    expect((await call('/api/chat/completions', { body: ask('x', { model: 'demo-raw' }) })).status).toBe(400);
    expect(
      (await call('/api/chat/completions', { body: ask('x', { model: 'demo-raw' }), key: server.adminKey })).status,
    ).toBe(200);
  });
});

describe('files', () => {
  it('takes a text, reads it, and names its first words in the answer', async () => {
    const form = new FormData();
    form.set('file', new File(['The harbour opens at nine.'], 'harbour.txt', { type: 'text/plain' }));
    const upload = await fetch(`${server.url}/api/v1/files/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}` },
      body: form,
    });
    const file = JSON.parse(await upload.text());
    expect(file).toMatchObject({ status: true, filename: 'harbour.txt', data: { status: 'pending' } });
    const status = await call(`/api/v1/files/${file.id}/process/status?stream=true`);
    expect(status.text).toContain('{"status":"completed"}');
    expect((await call(`/api/v1/files/${file.id}/content`)).text).toBe('The harbour opens at nine.');
    const answer = await call('/api/chat/completions', {
      body: ask('what is in it?', { files: [{ type: 'file', id: file.id }] }),
    });
    expect(answer.json.choices[0].message.content).toContain('begins with “The harbour opens at nine.”');
    expect(answer.json.sources[0].metadata[0].name).toBe('harbour.txt');
    expect((await call(`/api/v1/files/${file.id}`, { key: server.otherKey })).status).toBe(404);
  });
});

describe('tasks', () => {
  it('knows no model before the models were read, then gives title, emoji and follow-ups', async () => {
    const fresh = await startOpenWebUI({ pace: 'instant' });
    const body = ask('Can you explain how bees find flowers?');
    const post = (path: string) =>
      fetch(`${fresh.url}/api/v1/tasks/${path}/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fresh.key}` },
        body: JSON.stringify({ ...body, prompt: 'my garden' }),
      });
    try {
      expect((await post('title')).status).toBe(404);
      await fetch(`${fresh.url}/api/models`, { headers: { authorization: `Bearer ${fresh.key}` } });
      const content = async (path: string) => JSON.parse(await (await post(path)).text()).choices[0].message.content;
      expect(JSON.parse(await content('title'))).toEqual({ title: 'How bees find flowers' });
      expect(JSON.parse(await content('follow_up')).follow_ups).toHaveLength(3);
      expect(await content('emoji')).toBe('🌱');
    } finally {
      await fresh.close();
    }
  });
});
