import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { createGate } from '../../../adapters/local/gate.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { cookieOf, enter } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Got {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request whose every header is ours: `fetch` would set Host itself. */
function ask(path: string, headers: Record<string, string>, method = 'GET', body = '', of = world): Promise<Got> {
  const url = new URL(of.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: url.hostname, port: url.port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** How an upgrade ends: the HTTP status it was refused with, or 101. */
function upgrade(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/local/live`, { headers });
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

describe('coming in', () => {
  it('asks whoever has no token for the link, and shows nothing else', async () => {
    for (const path of ['/', '/local/session', '/local/files/AAAAAAAAAAAAAAAAAAAAAA', '/?token=wrong']) {
      const got = await ask(path, { host: new URL(world.url).host });
      expect(got.status).toBe(401);
      expect(got.headers['set-cookie']).toBeUndefined();
    }
  });

  it('exchanges the token for a cookie that no script and no other site can use', async () => {
    const got = await ask(`/?token=${world.token}`, { host: new URL(world.url).host });
    expect(got.status).toBe(200);
    expect(String(got.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect(String(got.headers['set-cookie'])).not.toContain(world.token);
    expect(got.body).not.toContain(world.token);
    const page = await ask('/', { host: new URL(world.url).host, cookie: await cookieOf(world) });
    expect(page.status).toBe(200);
    expect(page.body).toContain('<script type="importmap">');
  });

  it('allows the page no inline script, no style, and nothing from elsewhere', async () => {
    const got = await ask('/', { host: new URL(world.url).host, cookie: await cookieOf(world) });
    const policy = String(got.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(got.headers['x-content-type-options']).toBe('nosniff');
    expect(got.headers['referrer-policy']).toBe('no-referrer');
  });

  it('refuses a foreign Host, which a rebound name would bring', async () => {
    const cookie = await cookieOf(world);
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'local host']) {
      expect((await ask('/', { host, cookie })).status).toBeGreaterThanOrEqual(400);
      expect(await upgrade({ host, origin: `http://${host}`, cookie })).not.toBe(101);
    }
    expect((await ask('/', { host: `localhost:${new URL(world.url).port}`, cookie: '' })).status).toBe(401);
  });

  it('refuses a foreign Origin for every socket and every POST', async () => {
    const cookie = await cookieOf(world);
    const { host } = new URL(world.url);
    const other = `http://127.0.0.1:${Number(new URL(world.url).port) + 1}`;
    for (const origin of ['http://evil.example', 'null', other, `https://${host}`]) {
      expect(await upgrade({ host, origin, cookie })).toBe(403);
      expect((await ask('/local/enter', { host, origin, cookie }, 'POST', '{"name":"Eve"}')).status).toBe(403);
    }
    expect((await ask('/local/enter', { host, cookie }, 'POST', '{"name":"Eve"}')).status).toBe(403);
    expect(await upgrade({ host, origin: world.url, cookie: '' })).toBe(401);
    expect(await upgrade({ host, origin: world.url, cookie: 'parley-1=guess' })).toBe(401);
    expect(await upgrade({ host, origin: world.url, cookie })).toBe(101);
  });

  it.each([
    ['{"name":""}', 400],
    ['{"name":"   "}', 400],
    ['{"name":"Parley"}', 400],
    ['{"name":5}', 400],
    ['not json', 400],
    [`{"name":"Ann"}${' '.repeat(2_000)}`, 413],
    ['{"name":"Zoë \\u0000\\u202e Ω"}', 200],
  ])('answers %s with %i', async (body, status) => {
    const headers = { host: new URL(world.url).host, origin: world.url, cookie: await cookieOf(world) };
    expect((await ask('/local/enter', headers, 'POST', body)).status).toBe(status);
  });

  it('serves only the files of the page, whatever the path says', async () => {
    const headers = { host: new URL(world.url).host, cookie: await cookieOf(world) };
    const { version } = JSON.parse((await ask('/local/session', headers)).body);
    expect((await ask(`/local/v/${version}/page/main.ts`, headers)).headers['content-type']).toContain('javascript');
    for (const path of [
      'page/../local.ts',
      'local.ts',
      '../../../package.json',
      'page/tsconfig.json',
      'lib/marked/package.json',
      '%2e%2e/local.ts',
    ]) {
      expect((await ask(`/local/v/${version}/${path}`, headers)).status).toBe(404);
    }
    expect((await ask('/local/v/other/page/main.ts', headers)).status).toBe(404);
  });

  it('leaves paths that are not its own to others', async () => {
    expect((await ask('/slackish/events', { host: new URL(world.url).host })).body).toContain('nothing here');
  });
});

const stored = z.object({ id: z.string(), name: z.string(), size: z.number() });

describe('files', () => {
  async function send(name: string, type: string, body: string, to = world): Promise<Response> {
    const me = await enter(to, 'Ann');
    const headers = {
      cookie: await cookieOf(to),
      origin: to.url,
      'x-person': me.id,
      'x-key': me.key,
      'x-name': encodeURIComponent(name),
      'content-type': type,
    };
    return await fetch(`${to.url}/local/files`, { method: 'POST', headers, body });
  }

  async function put(...file: [name: string, type: string, body: string]): Promise<z.infer<typeof stored>> {
    return stored.parse(await (await send(...file)).json());
  }

  it.each([
    ['page.html', 'text/html'],
    ['drawing.svg', 'image/svg+xml'],
    ['script.js', 'text/javascript'],
    ['odd', 'nonsense'],
  ])('gives %s back only to be saved', async (name, type) => {
    const file = await put(name, type, '<script>alert(1)</script>');
    const got = await ask(`/local/files/${file.id}`, { host: new URL(world.url).host, cookie: await cookieOf(world) });
    expect(got.headers['content-type']).toBe('application/octet-stream');
    expect(got.headers['content-disposition']).toMatch(/^attachment/);
    expect(got.headers['content-security-policy']).toContain('sandbox');
  });

  it('keeps a name without folders and control characters', async () => {
    expect((await put('../../etc/pass\u0000wd\u202e.txt', 'text/plain', 'x')).name).toBe('passwd.txt');
    expect((await put('', 'text/plain', '')).size).toBe(0);
  });

  it('are taken up to the limit that is set, and no larger', async () => {
    const small = await openWorld({ fileBytes: 4 });
    const sent = async (text: string) => (await send('a.txt', 'text/plain', text, small)).status;
    expect([await sent('four'), await sent('fives')]).toEqual([200, 413]);
    await small.close();
  });

  it('refuses a file from nobody, and one that is too large before reading it', async () => {
    const headers = { host: new URL(world.url).host, origin: world.url, cookie: await cookieOf(world) };
    expect((await ask('/local/files', headers, 'POST', 'x')).status).toBe(401);
    const me = await enter(world, 'Ann');
    const long = { ...headers, 'x-person': me.id, 'x-key': me.key, 'content-length': String(30 * 1024 * 1024) };
    const status = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(world.url);
      const sent = request(
        { host: hostname, port, path: '/local/files', method: 'POST', headers: long, agent: false },
        (response) => {
          resolve(response.statusCode ?? 0);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });
});

describe('the names a page goes by', () => {
  const asks = (host: string) => Object.assign(Object.create(null), { headers: { host } });
  const gate = (host: string, publicUrl: string | null = null) =>
    createGate({ token: new Secret('t'), proofKey: new Secret('p'), host, publicUrl });

  it('are loopback’s alone when it listens there', () => {
    expect(gate('127.0.0.1').ownHost(asks('[::1]:80'))).toBe(true);
    expect(gate('127.0.0.1').ownHost(asks('192.168.1.5'))).toBe(false);
  });

  it('are its addresses too when it listens on the network, but no name except the public one', () => {
    expect(gate('0.0.0.0').ownHost(asks('192.168.1.5:3210'))).toBe(true);
    expect(gate('0.0.0.0').ownHost(asks('parley.example.org'))).toBe(false);
    expect(gate('0.0.0.0', 'https://parley.example.org').ownHost(asks('parley.example.org'))).toBe(true);
  });
});

describe('a token that is made up', () => {
  it('is another after each start, and who was let in stays in', async () => {
    const made = await openWorld({ token: null });
    const get = (path: string, cookie = '') =>
      ask(path, { host: new URL(made.url).host, cookie, connection: 'close' }, 'GET', '', made);
    try {
      const before = made.token;
      const entered = await get(`/?token=${before}`);
      const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
      await made.restart();
      expect(made.token).not.toBe(before);
      expect((await get('/local/session', cookie)).status).toBe(200);
      expect((await get(`/?token=${before}`)).status).toBe(401);
      await made.restart('a-token-that-is-set');
      expect((await get('/local/session', cookie)).status).toBe(401);
    } finally {
      await made.close();
    }
  });
});
