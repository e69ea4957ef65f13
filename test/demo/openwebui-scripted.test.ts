import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answer, byteByByte, cut, delta, midError, refuses, says, silence } from '../servers/openwebui/script.ts';
import { type ScriptedOpenWebUI, startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

let server: ScriptedOpenWebUI;
beforeAll(async () => {
  server = await startScriptedOpenWebUI();
});
afterAll(() => server.close());

const leave = new Set<AbortController>();
afterEach(() => {
  for (const controller of leave) controller.abort();
  leave.clear();
});

const stream = (more: object = {}) => {
  const controller = new AbortController();
  leave.add(controller);
  const response = fetch(`${server.url}/api/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}` },
    body: JSON.stringify({ model: 'demo-chat', stream: true, messages: [{ role: 'user', content: 'hi' }], ...more }),
    signal: controller.signal,
  });
  return { response, abort: () => controller.abort() };
};
const text = async () => (await stream().response).text();

describe('scripted answers', () => {
  it('come in the order they were queued, then the demo speaks again', async () => {
    server.next(says('first'));
    server.next((ask) => says(`second, to ${ask.messages[0]?.text}`, { units: 100 }));
    expect(await text()).toContain('"content":"first"');
    expect(await text()).toContain('"content":"second, to hi"');
    expect(await text()).toContain('stand-in,');
  });

  it('can use CRLF, end without [DONE] or without its line end', async () => {
    server.next(answer(['x'], { eol: '\r\n' }));
    expect(await text()).toMatch(/\r\n\r\ndata: \[DONE\]\r\n\r\n$/);
    server.next(answer(['x'], { end: 'bare' }));
    expect(await text()).toMatch(/data: \[DONE\]$/);
    server.next(answer(['x'], { end: 'none' }));
    expect(await text()).not.toContain('[DONE]');
  });

  it('can arrive byte by byte', async () => {
    server.next(answer(byteByByte(delta('käse 🧀'))));
    expect(await text()).toContain('käse 🧀');
  });

  it('can break in the middle of a word', async () => {
    server.next(answer(['ha', 'lf a wo', 5, cut]));
    const response = await stream().response;
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('can carry errors and be a refusal, one JSON body, or null', async () => {
    server.next(answer(['so far', midError.pipe('no more')]));
    expect(await text()).toContain('{"error":{"detail":"no more"}}');
    server.next(refuses(429, { error: { message: 'slow down' } }));
    expect(await stream().response).toMatchObject({ status: 429 });
    server.next(answer(['whole'], { whole: true }));
    expect((await stream().response).headers.get('content-type')).toBe('application/json');
    server.next(refuses(200, null));
    expect(await text()).toBe('null');
  });

  it('notice that the client went away', async () => {
    const before = server.streams.aborted;
    server.next(answer(['wait', silence]));
    const { response, abort } = stream();
    const reader = (await response).body?.getReader();
    await reader?.read();
    expect(server.streams.open).toBe(1);
    abort();
    await server.until(() => server.streams.aborted === before + 1);
    expect(server.streams.open).toBe(0);
  });
});

describe('faults by route', () => {
  const models = () => fetch(`${server.url}/api/models`, { headers: { authorization: `Bearer ${server.key}` } });

  it('answer in place of the server as often as asked', async () => {
    server.fault({ path: '/api/models' }, { status: 502, body: '<h1>Bad Gateway</h1>' }, 2);
    expect((await models()).status).toBe(502);
    expect((await models()).headers.get('content-type')).toBe('text/html');
    expect((await models()).status).toBe(200);
  });

  it('can reset the connection, be late, or be taken back', async () => {
    server.fault({ method: 'GET', path: /models/ }, { reset: true });
    await expect(models()).rejects.toThrow();
    server.fault({ path: '/api/models' }, { delayMs: 5 });
    expect((await models()).status).toBe(200);
    server.fault({ path: '/api/models' }, { hang: true })();
    expect((await models()).status).toBe(200);
  });

  it('can take the whole server away and bring it back with its state', async () => {
    const chats = server.chats().length;
    await server.down();
    await expect(models()).rejects.toThrow();
    await server.up();
    expect((await models()).status).toBe(200);
    expect(server.chats()).toHaveLength(chats);
  });
});

it('logs requests with their bodies', async () => {
  await text();
  expect(server.seen({ method: 'POST', path: '/api/chat/completions' }).at(-1)?.body).toMatchObject({
    model: 'demo-chat',
  });
  expect(server.asked.at(-1)?.messages).toEqual([{ role: 'user', text: 'hi', images: [] }]);
});
