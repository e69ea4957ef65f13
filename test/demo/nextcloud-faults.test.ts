import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultyNextcloud, startFaultyNextcloud } from '../servers/nextcloud/server.ts';
import { talkTo } from './nextcloud/talk.ts';

let server: FaultyNextcloud;
const call = (path: string, options = {}) => talkTo(server)(path, options);
beforeEach(async () => {
  server = await startFaultyNextcloud({ path: '/nextcloud' });
});
afterEach(() => server.close());

const prompt = { type: 'core:text2text', appId: 'parley', input: { input: 'x' } };
const schedule = '/ocs/v2.php/taskprocessing/schedule';

describe('the stand-in with faults', () => {
  it('answers a given status so often as it is told, and then truly', async () => {
    server.fault({ path: '/status.php' }, { status: 502, body: '<h1>Bad gateway</h1>' }, 2);
    const seen = [await call('/status.php'), await call('/status.php'), await call('/status.php')];
    expect(seen.map((got) => got.status)).toEqual([502, 502, 200]);
    expect(seen[0]?.type).toBe('text/html; charset=UTF-8');
  });

  it('breaks the connection before anything is done, or after', async () => {
    server.fault({ method: 'POST', path: schedule }, { reset: true });
    await expect(call(schedule, { body: prompt })).rejects.toThrow();
    expect(server.newest()).toBe(0);
    server.fault({ method: 'POST', path: schedule }, { lost: true });
    await expect(call(schedule, { body: prompt })).rejects.toThrow();
    expect(server.newest()).toBe(1);
  });

  it('answers late, and not at all', async () => {
    server.fault({ path: '/status.php' }, { delayMs: 30 });
    const began = performance.now();
    expect((await call('/status.php')).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    server.fault({ path: '/status.php' }, { hang: true });
    const stop = new AbortController();
    const hanging = call('/status.php', { signal: stop.signal });
    await server.until(() => server.seen({ path: '/status.php' }).length === 2);
    stop.abort();
    await expect(hanging).rejects.toThrow();
  });

  it('vanishes and comes back with its state on the same port', async () => {
    await call(schedule, { body: prompt });
    await server.down();
    await expect(call('/status.php')).rejects.toThrow();
    await server.up();
    const { json } = await call('/ocs/v2.php/taskprocessing/task/1?format=json');
    expect(json.ocs.data.task.status).toBe('STATUS_SCHEDULED');
  });

  it('keeps a record of what it was asked', async () => {
    await call(schedule, { body: prompt });
    expect(server.seen({ method: 'POST', path: schedule }).map((one) => one.body)).toEqual([prompt]);
  });

  it('tells a test when a task has moved', async () => {
    await call(schedule, { body: prompt });
    const ended = server.until(() => server.world.book.get(1)?.status === 'STATUS_FAILED');
    server.fail(1, 'too long');
    await ended;
  });
});
