import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningNextcloud, startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { type CallOptions, talkTo } from './nextcloud/talk.ts';

let server: RunningNextcloud;
beforeEach(async () => {
  server = await startNextcloud({ held: true, path: '/nextcloud' });
});
afterEach(() => server.close());
const call = (path: string, options: CallOptions = {}) => talkTo(server)(path, options);
const dav = (path: string, method: string, options: CallOptions = {}) =>
  call(`/remote.php/dav/files/alice/${path}`, { method, ...options });
const put = (path: string, body: string, type = 'audio/wav') =>
  dav(path, 'PUT', { body, headers: { 'content-type': type } });
const ask = '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>';
const idOf = async (path: string) => {
  const { text } = await dav(path, 'PROPFIND', { body: ask, headers: { depth: '0' } });
  return Number(/<oc:fileid>(\d+)</.exec(text)?.[1]);
};

describe('files over WebDAV', () => {
  it('are put, listed, read, replaced and deleted', async () => {
    expect((await dav('Parley', 'MKCOL')).status).toBe(201);
    expect((await dav('Parley', 'MKCOL')).status).toBe(405);
    expect((await put('Parley/ünïcode%20name.wav', 'one')).status).toBe(201);
    const id = await idOf('Parley/ünïcode name.wav');
    expect((await put('Parley/ünïcode%20name.wav', 'two')).status).toBe(204);
    expect(await idOf('Parley/ünïcode name.wav')).toBe(id);
    expect((await dav('Parley/ünïcode name.wav', 'GET')).text).toBe('two');
    const list = (await dav('Parley', 'PROPFIND', { headers: { depth: '1' } })).text;
    expect([...list.matchAll(/<d:href>([^<]+)</g)].map((match) => match[1])).toEqual([
      '/nextcloud/remote.php/dav/files/alice/Parley/',
      '/nextcloud/remote.php/dav/files/alice/Parley/%C3%BCn%C3%AFcode%20name.wav',
    ]);
    expect((await dav('Parley', 'DELETE')).status).toBe(204);
    expect((await dav('Parley/ünïcode name.wav', 'GET')).status).toBe(404);
  });

  it('need a folder to stand in', async () => {
    expect((await put('nowhere/x.wav', 'x')).status).toBe(409);
    expect((await dav('nowhere/deeper', 'MKCOL')).status).toBe(409);
  });

  it('have a number that is not the one in OC-FileId', async () => {
    const { headers } = await put('x.wav', 'x');
    const id = await idOf('x.wav');
    expect(headers.get('oc-fileid')).toMatch(new RegExp(`^0*${id}oc[a-z]+$`));
  });

  it('are seen by nobody else', async () => {
    await put('x.wav', 'x');
    expect((await dav('x.wav', 'GET', { as: 'bob' })).status).toBe(404);
    const refused = await dav('x.wav', 'GET', { as: null });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="Nextcloud", charset="UTF-8"',
    ]);
  });
});

describe('files of tasks', () => {
  const schedule = (input: number, as = 'alice') =>
    call('/ocs/v2.php/taskprocessing/schedule', {
      as,
      body: { type: 'core:audio2text', appId: 'parley', input: { input } },
    });

  it('are read by the provider and back through the task', async () => {
    await put('Grüße "1".wav', 'RIFFsound');
    const id = await idOf('Grüße "1".wav');
    const task = (await schedule(id)).json.ocs.data.task.id;
    server.work();
    const done = await call(`/ocs/v2.php/taskprocessing/task/${task}`);
    expect(done.json.ocs.data.task.output.output).toContain('(9 bytes, audio/wav)');
    const file = await call(`/ocs/v2.php/taskprocessing/tasks/${task}/file/${id}`, {
      headers: { 'ocs-apirequest': undefined },
    });
    expect([file.type, file.text]).toEqual(['audio/wav', 'RIFFsound']);
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename="Gr__e _1_.wav"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.wav`,
    );
    expect((await call(`/ocs/v2.php/taskprocessing/tasks/${task}/file/${id}`, { as: 'bob' })).status).toBe(404);
  });

  it('must be the person’s own', async () => {
    await put('x.wav', 'x');
    const { status, json } = await schedule(await idOf('x.wav'), 'bob');
    expect([status, json.ocs.data.message]).toEqual([400, `Could not find file ${await idOf('x.wav')}`]);
  });

  it('live apart from people’s files when a task made them', async () => {
    const body = { type: 'core:text2speech', appId: 'parley', input: { input: 'one two' } };
    await call('/ocs/v2.php/taskprocessing/schedule', { body });
    server.work();
    const { speech } = (await call('/ocs/v2.php/taskprocessing/task/1')).json.ocs.data.task.output;
    const file = await call(`/ocs/v2.php/taskprocessing/tasks/1/file/${speech}`);
    expect([file.type, file.bytes.toString('latin1', 0, 4)]).toEqual(['audio/wav', 'RIFF']);
    expect((await dav('', 'PROPFIND', { headers: { depth: '1' } })).text.match(/<d:response>/g)).toHaveLength(1);
  });
});
