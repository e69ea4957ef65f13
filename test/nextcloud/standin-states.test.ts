import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/chat/secret.ts';
import { type NextcloudOptions, type RunningNextcloud, startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { connect, disconnect, type Nextcloud } from '../../src/nextcloud/connection.ts';
import { upload } from '../../src/nextcloud/files.ts';
import { beginLogin } from '../../src/nextcloud/login-flow.ts';
import { status } from '../../src/nextcloud/server.ts';
import { taskTypes } from '../../src/nextcloud/task-types.ts';
import { cancel, schedule, task, tasks } from '../../src/nextcloud/tasks.ts';
import { failureOf } from './wire.ts';

const ended: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function start(options: NextcloudOptions = {}): Promise<RunningNextcloud> {
  const server = await startNextcloud(options);
  ended.push(() => server.close());
  return server;
}

function as({ url, user, password }: { url: string; user: string; password: string }): Nextcloud {
  const nc = connect({ url, login: user, password: new Secret(password) });
  ended.unshift(() => disconnect(nc));
  return nc;
}

const order = { type: 'core:text2text:summary', input: { input: 'A text.' }, key: 'k' };

describe('a server in an odd state', () => {
  test.each(['27', '34'] as const)(
    '(%s) in maintenance says so everywhere, and goes on afterwards',
    async (profile) => {
      const server = await start({ profile });
      const nc = as(server);
      await taskTypes(nc);
      server.settings.maintenance = true;
      const file = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('a') };
      for (const call of [() => taskTypes(nc), () => tasks(nc), () => upload(nc, file), () => beginLogin(nc)]) {
        expect((await failureOf(call())).reason).toBe('maintenance');
      }
      expect((await status(nc)).maintenance).toBe(true);
      server.settings.maintenance = false;
      expect((await taskTypes(nc)).length).toBeGreaterThan(0);
    },
  );

  test('that does not know its own name says so', async () => {
    const server = await start({ settings: { trusted: ['cloud.example.com'] } });
    expect((await failureOf(taskTypes(as(server)))).reason).toBe('untrusted-host');
  });

  test('without a provider offers nothing, by an empty list', async () => {
    const server = await start({ settings: { offers: [] } });
    const nc = as(server);
    expect(await taskTypes(nc)).toEqual([]);
    expect((await failureOf(schedule(nc, order))).reason).toBe('not-offered');
  });

  test('that has locked our address out makes people wait, and does not cost them their account', async () => {
    const server = await start();
    const good = as(server);
    await taskTypes(good);
    for (let wrong = 0; wrong < 11; wrong += 1) {
      expect((await failureOf(taskTypes(as({ ...server, password: 'wrong' })))).reason).toBe('credential');
    }
    expect((await failureOf(taskTypes(good))).reason).toBe('brute-force');
    server.world.people.forgive();
    expect((await taskTypes(good)).length).toBeGreaterThan(0);
  });

  test('whose admin switched the account off is asked once', async () => {
    const server = await start();
    const nc = as(server);
    await taskTypes(nc);
    server.person(server.user).disabled = true;
    for (let call = 0; call < 15; call += 1) expect((await failureOf(tasks(nc))).reason).toBe('credential');
    server.person(server.user).disabled = false;
    await expect(tasks(as(server))).resolves.toEqual([]);
  });
});

describe('a task', () => {
  test('(28) of a quick provider is done in the answer', async () => {
    const server = await start({ profile: '28', settings: { quick: true } });
    const type = 'OCP\\TextProcessing\\SummaryTaskType';
    expect(await schedule(as(server), { ...order, type })).toMatchObject({ status: 'done', api: 'textprocessing' });
  });

  test('(34) waits, runs with progress, and fails with the provider’s words', async () => {
    const server = await start({ held: true });
    const nc = as(server);
    const made = await schedule(nc, order);
    expect(await task(nc, made)).toMatchObject({ status: 'waiting', startedAt: null, progress: 0 });
    server.start(made.id);
    server.progress(made.id, 0.49);
    expect(await task(nc, made)).toMatchObject({ status: 'running', progress: 0.49 });
    server.fail(made.id, 'Your quota is used up.');
    expect(await task(nc, made)).toMatchObject({ status: 'failed', reason: 'Your quota is used up.', output: null });
  });

  test('(32) fails without any reason', async () => {
    const server = await start({ profile: '32', held: true });
    const nc = as(server);
    const made = await schedule(nc, order);
    server.fail(made.id, 'never told by 32');
    expect(await task(nc, made)).toMatchObject({ status: 'failed', reason: null });
  });

  test.each(['32', '34'] as const)('(%s) that waits is stopped', async (profile) => {
    const server = await start({ profile, held: true });
    const nc = as(server);
    expect((await cancel(nc, await schedule(nc, order))).status).toBe('cancelled');
  });

  test('(27) that waits is stopped by deleting it', async () => {
    const server = await start({ profile: '27', held: true });
    const nc = as(server);
    const made = await schedule(nc, { ...order, type: 'OCP\\TextProcessing\\SummaryTaskType' });
    expect((await cancel(nc, made)).status).toBe('cancelled');
    expect((await failureOf(task(nc, made))).reason).toBe('missing');
  });

  test('of another person is missing', async () => {
    const server = await start({ held: true });
    const made = await schedule(as(server), order);
    const bob = as({ url: server.url, user: 'bob', password: server.person('bob').password });
    expect((await failureOf(task(bob, made))).reason).toBe('missing');
    expect((await failureOf(cancel(bob, made))).reason).toBe('missing');
  });

  test('with a file of another person is refused without blaming the credential', async () => {
    const server = await start({ held: true });
    const nc = as(server);
    const file = await upload(nc, { name: 'a.wav', type: 'audio/wav', bytes: Buffer.from('RIFF') });
    const bob = as({ url: server.url, user: 'bob', password: server.person('bob').password });
    const stolen = { ...order, type: 'core:audio2text', input: { input: file.id } };
    expect((await failureOf(schedule(bob, stolen))).reason).toMatch(/no-file|file-access/);
    await expect(tasks(bob)).resolves.toEqual([]);
  });
});
