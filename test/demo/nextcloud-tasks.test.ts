import { afterEach, describe, expect, it } from 'vitest';
import { Made } from '../../src/demo/nextcloud/book.ts';
import { type NextcloudOptions, type RunningNextcloud, startNextcloud } from '../../src/demo/nextcloud/server.ts';
import { createTestClock } from '../clock.ts';
import { type CallOptions, talkTo } from './nextcloud/talk.ts';

let server: RunningNextcloud;
const start = async (options: NextcloudOptions = {}) => {
  server = await startNextcloud({ held: true, ...options });
};
afterEach(() => server.close());

const call = (path: string, options: CallOptions = {}) => talkTo(server)(path, options);
const api = (path: string, options: CallOptions = {}) => call(`/ocs/v2.php/taskprocessing${path}`, options);
const old = (path: string, options: CallOptions = {}) => call(`/ocs/v2.php/textprocessing${path}`, options);
const schedule = async (type: string, input: unknown, options: CallOptions = {}) =>
  api('/schedule', { body: { type, appId: 'parley', input }, ...options });
const made = async (type: string, input: unknown) => (await schedule(type, input)).json.ocs.data.task.id as number;
const task = async (id: number) => (await api(`/task/${id}`)).json.ocs.data.task;
const summary = 'OCP\\TextProcessing\\SummaryTaskType';

describe('how a task moves', () => {
  it('waits, runs with progress, and ends, by the clock', async () => {
    const clock = createTestClock();
    await start({ clock, held: false, pace: { pickupMs: 700, runMs: 1800 } });
    const id = await made('core:text2text', { input: 'x' });
    const seen: unknown[] = [];
    for (const ms of [0, 700, 900, 900]) {
      await clock.advance(ms);
      const { status, progress } = await task(id);
      seen.push([status, progress]);
    }
    expect(seen).toEqual([
      ['STATUS_SCHEDULED', 0],
      ['STATUS_RUNNING', 0],
      ['STATUS_RUNNING', 0.5],
      ['STATUS_SUCCESSFUL', 1],
    ]);
    expect(clock.timers()).toBe(0);
  });

  it('waits for ever where no worker runs, and goes on when one does', async () => {
    const clock = createTestClock();
    await start({ clock, pace: { pickupMs: 1000, runMs: 1000 } });
    const id = await made('core:text2text', { input: 'x' });
    await clock.advance(600_000);
    expect((await task(id)).status).toBe('STATUS_SCHEDULED');
    server.release();
    await clock.advance(2000);
    expect((await task(id)).status).toBe('STATUS_SUCCESSFUL');
  });

  it('does all waiting work at once when it is told to', async () => {
    await start();
    const ids = [
      await made('core:text2text:headline', { input: 'One.' }),
      await made('core:text2text', { input: 'x' }),
    ];
    expect(server.work()).toBe(2);
    for (const id of ids) expect((await task(id)).status).toBe('STATUS_SUCCESSFUL');
  });

  it('ends as a test wants it: with an output, with files, with a reason, without one', async () => {
    await start();
    const ids = [];
    for (let at = 0; at < 4; at += 1) ids.push(await made('core:text2image', { input: 'a cat', numberOfImages: 1 }));
    const [text = 0, file = 0, reason = 0, silent = 0] = ids;
    server.finish(text, { images: [] });
    server.finish(file, { images: [new Made(Buffer.from('png'), 'image/png')] });
    server.fail(reason, 'Please use a shorter text');
    server.fail(silent, null);
    expect((await task(text)).output).toEqual({ images: [] });
    const [id] = (await task(file)).output.images;
    expect((await api(`/tasks/${file}/file/${id}`)).text).toBe('png');
    expect((await task(reason)).userFacingErrorMessage).toBe('Please use a shorter text');
    expect(await task(silent)).toMatchObject({ status: 'STATUS_FAILED', userFacingErrorMessage: null, output: null });
  });

  it('stays as it ended, whatever comes later', async () => {
    await start();
    const id = await made('core:text2text', { input: 'x' });
    server.progress(id, 0.495);
    const cancelled = await api(`/tasks/${id}/cancel`, { method: 'POST' });
    expect(cancelled.json.ocs.data.task).toMatchObject({ status: 'STATUS_CANCELLED', progress: 0.495 });
    server.finish(id);
    expect((await task(id)).status).toBe('STATUS_CANCELLED');
  });

  it('forgets a deleted task with its files, and never runs it', async () => {
    await start();
    const done = await made('core:text2image', { input: 'a cat', numberOfImages: 1 });
    const waiting = await made('core:text2text', { input: 'x' });
    server.finish(done);
    const [file] = (await task(done)).output.images;
    for (const id of [done, waiting]) expect((await api(`/task/${id}`, { method: 'DELETE' })).json.ocs.data).toBe(null);
    expect(server.world.files.get(file)).toBe(null);
    expect(server.work()).toBe(0);
    expect((await api(`/task/${waiting}`)).status).toBe(404);
  });

  it('does not delete what belongs to somebody else', async () => {
    await start();
    const id = await made('core:text2text', { input: 'x' });
    expect((await api(`/task/${id}`, { method: 'DELETE', as: 'bob' })).status).toBe(200);
    expect((await task(id)).status).toBe('STATUS_SCHEDULED');
  });
});

describe('what is on offer', () => {
  it('is nothing without providers: an empty list where a map is expected, and 412', async () => {
    await start({ settings: { offers: [] } });
    expect((await api('/tasktypes')).json.ocs.data.types).toEqual([]);
    expect((await old('/tasktypes')).json.ocs.data.types).toEqual([]);
    expect((await schedule('core:text2text', { input: 'x' })).status).toBe(412);
    expect((await old('/schedule', { body: { type: summary, appId: 'parley', input: 'x' } })).status).toBe(412);
  });

  it('has a building block since 33, marked as such', async () => {
    await start();
    const { types } = (await api('/tasktypes')).json.ocs.data;
    const marked = Object.keys(types).filter((id) => types[id].isInternal);
    expect(marked).toEqual(['core:text2text:chatwithtools']);
  });

  it('has no such mark on 32', async () => {
    await start({ profile: '32' });
    const { types } = (await api('/tasktypes')).json.ocs.data;
    expect(Object.values(types).some((type) => Object.hasOwn(Object(type), 'isInternal'))).toBe(false);
  });
});

describe('what an input must be', () => {
  it.each([
    [{}, 'Missing key: "input"'],
    [{ input: null }, 'Missing key: "input"'],
    [
      { input: 'x', model: 'gpt' },
      'Failed to validate input key "model": Wrong value given for Enum slot. Got "gpt", but expected one of the provided enum values: "model_1", "model_2"',
    ],
    [
      { input: 'x', max_tokens: 'ten' },
      'Failed to validate input key "max_tokens": Non-numeric item provided for Number slot',
    ],
  ])('%j is refused', async (input, message) => {
    await start();
    const { status, json } = await schedule('core:text2text', input);
    expect([status, json.ocs.data.message]).toEqual([400, message]);
  });

  it('a list of texts holds texts', async () => {
    await start();
    const chat = { system_prompt: 's', input: 'x', history: ['a', 5] };
    const { json } = await schedule('core:text2text:chat', chat);
    expect(json.ocs.data.message).toBe(
      'Failed to validate input key "history": Non-text list item provided for ListOfTexts slot',
    );
  });

  it('a number may come as text', async () => {
    await start();
    expect((await schedule('core:text2text', { input: 'x', max_tokens: '12' })).status).toBe(200);
  });
});

describe('the old API', () => {
  it('shows its tasks in the new one under another number', async () => {
    await start({ profile: '32' });
    await made('core:text2text', { input: 'first' });
    const { id } = (
      await old('/schedule', { body: { type: summary, appId: 'parley', input: 'A text.', identifier: 'i' } })
    ).json.ocs.data.task;
    const { tasks } = (await api('/tasks?taskType=core:text2text:summary')).json.ocs.data;
    expect([id, tasks.map((one: { id: number }) => one.id), tasks[0].customId]).toEqual([1, [2], 'i']);
    server.finish(2);
    expect((await old('/task/1')).json.ocs.data.task).toMatchObject({ status: 3, output: 'A text.' });
  });

  it('runs a quick provider inside schedule on 28, and nowhere else', async () => {
    await start({ profile: '28', settings: { quick: true } });
    const body = { type: summary, appId: 'parley', input: 'A text.' };
    const { task: done } = (await old('/schedule', { body })).json.ocs.data;
    expect(done).toMatchObject({ status: 3, output: 'A text.', completionExpectedAt: expect.any(Number) });
    const { task: failed } = (await old('/schedule', { body: { ...body, input: 'fail:boom' } })).json.ocs.data;
    expect(failed.status).toBe(4);
    await server.close();
    await start({ profile: '27', settings: { quick: true } });
    expect((await old('/schedule', { body })).json.ocs.data.task.status).toBe(1);
  });

  it('lets guests in on 27, five times, and shows them their tasks', async () => {
    await start({ profile: '27' });
    const body = { type: summary, appId: 'parley', input: 'x' };
    const got = [];
    for (let at = 0; at < 6; at += 1) got.push(await old('/schedule', { as: null, body }));
    expect(got.map((one) => one.status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await old('/task/1', { as: null })).json.ocs.data.task.userId).toBe(null);
    expect((await old('/task/1')).status).toBe(404);
  });
});

describe('the rate limit', () => {
  it('gives a place back 120 s after the call that took it, and counts refused inputs', async () => {
    const clock = createTestClock();
    await start({ clock });
    for (let at = 0; at < 20; at += 1) {
      await schedule('core:nope', {});
      await clock.advance(1000);
    }
    const limited = await schedule('core:text2text', { input: 'x' });
    expect([limited.status, limited.type, limited.text, limited.headers.get('retry-after')]).toEqual([
      429,
      'text/html; charset=UTF-8',
      '',
      null,
    ]);
    await clock.advance(100_000 - 1);
    expect((await schedule('core:text2text', { input: 'x' })).status).toBe(429);
    await clock.advance(1);
    expect((await schedule('core:text2text', { input: 'x' })).status).toBe(200);
    expect((await schedule('core:text2text', { input: 'x' })).status).toBe(429);
  });

  it('is each person’s own, and each API’s', async () => {
    await start({ settings: { rateLimit: 1 } });
    const body = { type: summary, appId: 'parley', input: 'x' };
    const got = [
      await schedule('core:text2text', { input: 'x' }),
      await schedule('core:text2text', { input: 'x' }),
      await schedule('core:text2text', { input: 'x' }, { as: 'bob' }),
      await old('/schedule', { body }),
    ];
    expect(got.map((one) => one.status)).toEqual([200, 429, 200, 200]);
  });
});

describe('the queue', () => {
  it('is counted for admins', async () => {
    await start();
    server.start(await made('core:text2text', { input: 'x' }));
    await made('core:text2text', { input: 'x' });
    await made('core:text2text:topics', { input: 'x' });
    expect((await api('/queue_stats', { as: 'admin' })).json.ocs.data).toEqual({
      scheduled_count: 2,
      running_count: 1,
    });
    const some = await api('/queue_stats?taskTypeIds[]=core:text2text:topics', { as: 'admin' });
    expect(some.json.ocs.data).toEqual({ scheduled_count: 1, running_count: 0 });
  });
});
