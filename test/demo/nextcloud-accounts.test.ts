import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type NextcloudOptions, type RunningNextcloud, startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { createTestClock } from '../clock.ts';
import { type CallOptions, talkTo } from './nextcloud/talk.ts';

let server: RunningNextcloud;
const start = async (options: NextcloudOptions = {}) => {
  server = await startNextcloud({ held: true, ...options });
};
afterEach(() => server.close());
const call = (path: string, options: CallOptions = {}) => talkTo(server)(path, options);
const me = (options: CallOptions = {}) => call('/ocs/v2.php/cloud/user?format=json', options);

describe('who may come in', () => {
  it('is told by login name and app password, also as a bearer', async () => {
    await start({ users: [{ id: 'u-17', loginName: 'dora@example.test', displayName: 'Dora' }] });
    const { json } = await me({ as: 'u-17' });
    expect([json.ocs.data.id, json.ocs.data.displayname]).toEqual(['u-17', 'Dora']);
    const bearer = await me({ as: null, headers: { authorization: `Bearer ${server.password}` } });
    expect(bearer.json.ocs.data.id).toBe('alice');
  });

  it('locks everybody out after eleven wrong logins, for half an hour', async () => {
    const clock = createTestClock();
    await start({ clock });
    const wrong = [];
    for (let at = 0; at < 12; at += 1) wrong.push((await me({ password: 'wrong' })).status);
    expect(wrong).toEqual([...Array(11).fill(401), 429]);
    const right = await me({ as: 'bob' });
    expect([right.status, right.json.ocs.meta.message]).toEqual([429, 'Reached maximum delay']);
    expect((await call('/remote.php/dav/files/bob', { as: 'bob', method: 'PROPFIND' })).status).toBe(429);
    await clock.advance(30 * 60_000);
    expect((await me({ as: 'bob' })).status).toBe(200);
  });

  it('forgives when an admin resets it', async () => {
    await start();
    for (let at = 0; at < 11; at += 1) await me({ password: 'wrong' });
    server.world.people.forgive();
    expect((await me()).status).toBe(200);
  });

  it('is refused in XML by 27 and 28 unless the address asks for JSON', async () => {
    await start({ profile: '28' });
    expect((await call('/ocs/v2.php/cloud/user', { password: 'wrong' })).type).toBe('text/xml; charset=UTF-8');
    expect((await me({ password: 'wrong' })).json.ocs.meta.statuscode).toBe(997);
  });

  it('needs a name that the server trusts', async () => {
    await start({ settings: { trusted: ['cloud.example.test'] } });
    const ask = (host: string) =>
      new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
        const sent = request(`${server.url}/status.php`, { headers: { host } }, (response) => {
          response.resume();
          resolve([response.statusCode, response.headers['content-type']]);
        });
        sent.on('error', reject).end();
      });
    expect(await ask('other.example.test')).toEqual([400, 'text/html; charset=UTF-8']);
    expect(await ask('cloud.example.test:8080')).toEqual([200, 'application/json']);
  });
});

describe('the login flow', () => {
  const begin = async () =>
    (await call('/index.php/login/v2', { as: null, method: 'POST', headers: { 'user-agent': 'Parley <b>' } })).json;
  const poll = (token: string) => call('/index.php/login/v2/poll', { as: null, body: `token=${token}` });

  it('shows a page that names the app and does not believe its name, and asks once', async () => {
    await start({ path: '/nextcloud' });
    const { login, poll: asked } = await begin();
    expect(asked.endpoint).toBe(`${server.url}/index.php/login/v2/poll`);
    expect([(await poll(asked.token)).status, (await poll(asked.token)).text]).toEqual([404, '[]']);
    const page = await (await fetch(login)).text();
    expect(page).toContain('Parley &#60;b&#62;');
    expect(page).toContain('Grant access');
    const pressed = await fetch(login, { method: 'POST', body: new URLSearchParams({ user: 'bob' }) });
    expect(await pressed.text()).toContain('You can close this window');
    expect((await fetch(login)).status).toBe(403);
    const { json } = await poll(asked.token);
    expect(json).toEqual({ server: server.url, loginName: 'bob', appPassword: expect.any(String) });
    expect((await poll(asked.token)).status).toBe(404);
    expect((await me({ as: 'bob', password: json.appPassword })).json.ocs.data.id).toBe('bob');
  });

  it('gives a password that can be taken back', async () => {
    await start();
    const { login, poll: asked } = await begin();
    server.grant(login);
    const password = (await poll(asked.token)).json.appPassword;
    expect((await call('/ocs/v2.php/core/apppassword', { method: 'DELETE', password })).status).toBe(200);
    expect((await me({ password })).json.ocs.meta.statuscode).toBe(997);
    expect((await me()).status).toBe(200);
  });

  it('is over after twenty minutes', async () => {
    const clock = createTestClock();
    await start({ clock });
    const { login, poll: asked } = await begin();
    await clock.advance(20 * 60_000);
    expect((await fetch(login)).status).toBe(403);
    expect((await poll(asked.token)).status).toBe(404);
  });
});

describe('a server in maintenance', () => {
  it('says so in every room, and is back when it is over', async () => {
    await start({ settings: { maintenance: true } });
    expect((await call('/status.php')).json.maintenance).toBe(true);
    const ocs = await me();
    expect([ocs.status, ocs.json.ocs.meta.statuscode]).toEqual([503, 503]);
    const dav = await call('/remote.php/dav/files/alice', { method: 'PROPFIND' });
    expect([dav.status, dav.type]).toEqual([503, 'application/xml; charset=utf-8']);
    server.settings.maintenance = false;
    expect((await me()).status).toBe(200);
  });
});

describe('a server in a folder', () => {
  it('answers there and nowhere else', async () => {
    await start({ path: '/nextcloud/' });
    expect(server.url).toMatch(/:\d+\/nextcloud$/);
    expect((await me()).status).toBe(200);
    expect((await fetch(server.url.replace('/nextcloud', '/status.php'))).status).toBe(404);
    expect((await fetch(server.url.replace('/nextcloud', '/nextcloudy/status.php'))).status).toBe(404);
  });
});
