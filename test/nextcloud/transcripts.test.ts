import { describe, expect, test } from 'vitest';
import { failureOf } from '../../src/nextcloud/errors.ts';
import { parseTask } from '../../src/nextcloud/task.ts';
import { parseTaskTypes } from '../../src/nextcloud/task-types.ts';
import { type Exchange, exchangeOf, transcript } from './transcript.ts';

/** What each refusal that a real server gave means, by transcript and title. */
const refusals: readonly (readonly [string, string, string])[] = [
  ['textprocessing-v27', "the seed document's POST /task/{id} (wrong: no such route)", 'method'],
  ['textprocessing-v27', "another user's task", 'missing'],
  ['textprocessing-v27', 'unknown id', 'missing'],
  ['textprocessing-v27', 'type that is no class', 'not-offered'],
  ['textprocessing-v27', 'type is a class but not a task type', 'not-offered'],
  ['textprocessing-v27', 'input missing', 'server-error'],
  ['textprocessing-v27', 'appId missing', 'server-error'],
  ['textprocessing-v27', 'delete again', 'missing'],
  ['textprocessing-v27', 'no OCS-APIRequest header', 'csrf'],
  ['textprocessing-v27', 'wrong password', 'credential'],
  ['textprocessing-v27', 'no login', 'credential'],
  ['textprocessing-v27', "the NEW API's task types on this server", 'no-route'],
  ['textprocessing-v28', "the seed document's POST /task/{id} (wrong: no such route)", 'method'],
  ['textprocessing-v28', "another user's task", 'missing'],
  ['textprocessing-v28', 'unknown id', 'missing'],
  ['textprocessing-v28', 'type that is no class', 'not-offered'],
  ['textprocessing-v28', 'type is a class but not a task type', 'not-offered'],
  ['textprocessing-v28', 'input missing', 'server-error'],
  ['textprocessing-v28', 'appId missing', 'server-error'],
  ['textprocessing-v28', 'delete again', 'missing'],
  ['textprocessing-v28', 'no OCS-APIRequest header', 'csrf'],
  ['textprocessing-v28', 'wrong password', 'credential'],
  ['textprocessing-v28', 'no login', 'credential'],
  ['textprocessing-v28', "the NEW API's task types on this server", 'no-route'],
  ['textprocessing-v32', 'schedule, no login', 'credential'],
  ['textprocessing-v32', 'bad type', 'not-offered'],
  ['textprocessing-v32', 'input missing', 'server-error'],
  ['textprocessing-v32', 'input of 64,001 bytes', 'too-long'],
  ['textprocessing-v32', 'unknown id', 'missing'],
  ['textprocessing-v32', 'POST /task/{id}', 'method'],
  ['textprocessing-v32', 'wrong password, format=json', 'credential'],
  ['textprocessing-v34', 'schedule, no login', 'credential'],
  ['textprocessing-v34', 'bad type', 'not-offered'],
  ['textprocessing-v34', 'input missing', 'arguments'],
  ['textprocessing-v34', 'input of 64,001 bytes', 'too-long'],
  ['textprocessing-v34', 'unknown id', 'missing'],
  ['textprocessing-v34', 'POST /task/{id}', 'method'],
  ['textprocessing-v34', 'wrong password, format=json', 'credential'],
  ['taskprocessing-v32', 'task types, no login', 'credential'],
  ['taskprocessing-v32', "another user's task", 'missing'],
  ['taskprocessing-v32', 'unknown id', 'missing'],
  ['taskprocessing-v32', 'POST instead of GET', 'method'],
  ['taskprocessing-v32', 'id that is no number', 'missing'],
  ['taskprocessing-v32', 'type that does not exist', 'not-offered'],
  ['taskprocessing-v32', 'required input key missing', 'input'],
  ['taskprocessing-v32', 'wrong type of value', 'input'],
  ['taskprocessing-v32', 'enum value not on offer', 'input'],
  ['taskprocessing-v32', 'input is a string, not an object', 'server-error'],
  ['taskprocessing-v32', 'body without type', 'server-error'],
  ['taskprocessing-v32', 'schedule, no login', 'credential'],
  ['taskprocessing-v32', 'queue_stats is not in 32', 'no-route'],
  ['taskprocessing-v34', 'task types, no login', 'credential'],
  ['taskprocessing-v34', "another user's task", 'missing'],
  ['taskprocessing-v34', 'unknown id', 'missing'],
  ['taskprocessing-v34', 'POST instead of GET', 'method'],
  ['taskprocessing-v34', 'id that is no number', 'missing'],
  ['taskprocessing-v34', 'type that does not exist', 'not-offered'],
  ['taskprocessing-v34', 'required input key missing', 'input'],
  ['taskprocessing-v34', 'wrong type of value', 'input'],
  ['taskprocessing-v34', 'enum value not on offer', 'input'],
  ['taskprocessing-v34', 'input is a string, not an object', 'arguments'],
  ['taskprocessing-v34', 'body without type', 'arguments'],
  ['taskprocessing-v34', 'schedule, no login', 'credential'],
  ['taskprocessing-v34', "cancel another user's task", 'missing'],
  ['taskprocessing-v34', 'the same file by another user', 'no-file'],
  ['taskprocessing-v34', 'a file id that does not exist', 'no-file'],
  ['taskprocessing-v34', 'download an output file, by another user', 'missing'],
  ['taskprocessing-v34', 'download a file the task does not name', 'missing'],
  ['auth-v34', 'app password from an app password (403)', 'forbidden'],
  ['auth-v34', 'login flow v2: poll before the user has granted', 'missing'],
  ['auth-v34', 'login flow v2: poll again (the answer is given once)', 'missing'],
  ['auth-v34', 'login flow v2: poll with a made-up token', 'missing'],
  ['auth-v34', 'login flow v2: poll with no token', 'arguments'],
  ['auth-v34', 'the deleted app password', 'credential'],
  ['maintenance-bruteforce-v32', 'maintenance mode: OCS', 'maintenance'],
  ['maintenance-bruteforce-v32', 'maintenance mode: task schedule', 'maintenance'],
  ['maintenance-bruteforce-v32', 'maintenance mode: WebDAV', 'maintenance'],
  ['maintenance-bruteforce-v32', 'wrong password after 13 wrong ones from one address', 'brute-force'],
  ['maintenance-bruteforce-v32', 'a RIGHT app password of another user from the same address', 'brute-force'],
  ['queue-v34', 'queue_stats as a plain user', 'forbidden'],
  ['queue-v34', 'an ExApp endpoint as a plain user', 'app-only'],
  ['more-v34', 'text of 512,001 bytes', 'too-long'],
  ['more-v34', 'number given as text', 'input'],
  ['more-v34', 'a user the admin has switched off', 'credential'],
  ['more-v34', 'untrusted host name', 'untrusted-host'],
  ['ratelimit-v27', 'the 21st schedule within 2 minutes (v27)', 'rate-limit'],
  ['ratelimit-v34', 'the 21st schedule within 2 minutes', 'rate-limit'],
  ['ratelimit-v34', 'the same, Accept header in place of format=json', 'rate-limit'],
  ['ratelimit-v34', 'schedule once the window has passed', 'rate-limit'],
];

const names = [...new Set(refusals.map(([name]) => name))];

function reasonOf(one: Exchange): string {
  const answer = { status: one.status, contentType: one.headers['content-type'] ?? null, body: one.body };
  return failureOf(answer, { call: 'test', schedules: one.path.includes('/schedule') }).reason;
}

function dataOf(one: Exchange): unknown {
  return JSON.parse(one.body).ocs.data;
}

describe('refusals of real servers', () => {
  test.each(refusals)('%s: %s', (name, title, reason) => {
    expect(reasonOf(exchangeOf(name, title))).toBe(reason);
  });

  test('the table leaves none out', () => {
    const all = names.flatMap((name) => transcript(name).map((one) => ({ name, ...one })));
    const known = new Set(refusals.map(([name, title]) => `${name} ${title}`));
    const left = all.filter((one) => one.status >= 300 && !known.has(`${one.name} ${one.title}`));
    expect(left.map((one) => `${one.name} ${one.title}`)).toEqual([]);
  });
});

describe('tasks of real servers', () => {
  const scheduled = names.flatMap((name) =>
    transcript(name)
      .filter((one) => one.status === 200 && !one.cut && /"task": \{/.test(one.body))
      .map((one) => [name, one.title, one] as const),
  );

  test.each(scheduled)('%s: %s', (_name, _title, one) => {
    const api = one.path.includes('/textprocessing/') ? 'textprocessing' : 'taskprocessing';
    const task = parseTask(api, JSON.parse(one.body).ocs.data.task);
    expect(task).toMatchObject({ api, ours: false });
    expect(task?.id).toBeGreaterThan(0);
    expect(task?.status).not.toBe('unknown');
  });

  test('27.1: waits, without any time', () => {
    expect(parseTask('textprocessing', taskIn('textprocessing-v27', 'poll, still scheduled'))).toEqual({
      api: 'textprocessing',
      id: 1,
      type: 'OCP\\TextProcessing\\SummaryTaskType',
      status: 'waiting',
      input: { input: 'A long text to sum up' },
      output: null,
      progress: null,
      expectedAt: null,
      scheduledAt: null,
      startedAt: null,
      endedAt: null,
      reason: null,
      ours: false,
      key: 'req-1',
      userId: 'alice',
    });
  });

  test('27.1: is done', () => {
    expect(parseTask('textprocessing', taskIn('textprocessing-v27', 'poll, finished'))).toMatchObject({
      status: 'done',
      output: { output: 'Fake summary of: A long text to sum up' },
    });
  });

  test('27.1: made by a stranger belongs to nobody', () => {
    expect(parseTask('textprocessing', taskIn('textprocessing-v27', 'schedule with no login'))?.userId).toBeNull();
  });

  test('34: waits, runs, is done', () => {
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll, not started'))).toMatchObject({
      status: 'waiting',
      progress: 0,
      scheduledAt: 1795258980_000,
      startedAt: null,
      expectedAt: 1795258987_000,
    });
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll while it runs'))).toMatchObject({
      status: 'running',
      progress: 0.495,
      startedAt: 1795258981_000,
      output: null,
    });
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll, finished'))).toMatchObject({
      status: 'done',
      progress: 1,
      endedAt: 1795258985_000,
      input: { max_tokens: 1234, model: 'model_2', input: 'slow:4 What is OCS?' },
      output: { output: 'This is a fake result for: slow:4 What is OCS? (model model_2, max_tokens 1234)' },
    });
  });

  test('34: a fresh one has no progress yet', () => {
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'schedule free prompt'))?.progress).toBeNull();
  });

  test('34: failed with and without a reason', () => {
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll, failed: no reason'))).toMatchObject({
      status: 'failed',
      reason: null,
      output: null,
    });
    expect(parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll, failed with a user'))).toMatchObject({
      status: 'failed',
      reason: 'Please use a shorter text',
    });
  });

  test('34: cancelled', () => {
    const task = parseTask('taskprocessing', taskIn('taskprocessing-v34', 'cancel a scheduled task'));
    expect(task).toMatchObject({ status: 'cancelled', startedAt: null, endedAt: 1795258991_000 });
  });

  test('34: pictures are a list of file ids', () => {
    const task = parseTask('taskprocessing', taskIn('taskprocessing-v34', 'poll: output.images'));
    expect(task?.output).toEqual({ images: [151, 152] });
  });

  test('34: a history is a list of texts', () => {
    const task = parseTask('taskprocessing', taskIn('more-v34', 'chat with history'));
    expect(task?.input.history).toEqual(['{"role":"human","content":"Hello"}', '{"role":"assistant","content":"Hi"}']);
  });
});

describe('task types of real servers', () => {
  test('27.1: each has one text', () => {
    const types = parseTaskTypes('textprocessing', dataOf(exchangeOf('textprocessing-v27', 'task types')));
    expect(types.map((type) => [type.id, type.name])).toEqual([
      ['OCP\\TextProcessing\\FreePromptTaskType', 'Free prompt'],
      ['OCP\\TextProcessing\\HeadlineTaskType', 'Generate headline'],
      ['OCP\\TextProcessing\\SummaryTaskType', 'Summarize'],
      ['OCP\\TextProcessing\\TopicsTaskType', 'Extract topics'],
    ]);
    for (const type of types) {
      expect(type.input).toMatchObject([{ key: 'input', kind: 'text', list: false, required: true }]);
      expect(type.output).toMatchObject([{ key: 'output', kind: 'text', list: false }]);
    }
  });

  test.each(['taskprocessing-v32', 'taskprocessing-v34'])('%s: all come out with their slots', (name) => {
    const data = dataOf(exchangeOf(name, 'task types'));
    const types = parseTaskTypes('taskprocessing', data);
    expect(types.length).toBeGreaterThan(10);
    const shapes = JSON.parse(exchangeOf(name, 'task types').body).ocs.data.types;
    expect(types.map((type) => type.id)).toEqual(Object.keys(shapes));
    for (const type of types) {
      expect(type.input.map((slot) => slot.key)).toEqual(Object.keys(shapes[type.id].inputShape));
      expect(type.optional.map((slot) => slot.key)).toEqual(Object.keys(shapes[type.id].optionalInputShape));
      expect(type.output.map((slot) => slot.key)).toEqual(Object.keys(shapes[type.id].outputShape));
      expect(type.internal).toBe(false);
    }
  });

  test('34: translate has choices, and a language that may be left out', () => {
    const types = parseTaskTypes('taskprocessing', dataOf(exchangeOf('taskprocessing-v34', 'task types')));
    const slots = types.find((type) => type.id === 'core:text2text:translate')?.input ?? [];
    expect(slots.map((slot) => [slot.key, slot.kind, slot.required, slot.fallback])).toEqual([
      ['input', 'text', true, null],
      ['origin_language', 'enum', false, 'detect_language'],
      ['target_language', 'enum', true, null],
    ]);
    expect(slots[2]?.choices).toEqual([
      { label: 'English (US)', value: 'en' },
      { label: 'French', value: 'fr' },
      { label: 'German', value: 'de' },
    ]);
  });

  test('34: the provider adds a model and a number with defaults', () => {
    const types = parseTaskTypes('taskprocessing', dataOf(exchangeOf('taskprocessing-v34', 'task types')));
    const slots = types.find((type) => type.id === 'core:text2text')?.optional ?? [];
    expect(slots.map((slot) => [slot.key, slot.kind, slot.required, slot.fallback])).toEqual([
      ['max_tokens', 'number', false, 1234],
      ['model', 'enum', false, 'model_2'],
    ]);
  });

  test('34: pictures in a list, and a sound', () => {
    const types = parseTaskTypes('taskprocessing', dataOf(exchangeOf('taskprocessing-v34', 'task types')));
    const find = (id: string) => types.find((type) => type.id === id);
    expect(find('core:text2image')?.output).toMatchObject([{ key: 'images', kind: 'image', list: true }]);
    expect(find('core:audio2text')?.input).toMatchObject([{ key: 'input', kind: 'audio', list: false }]);
    expect(find('core:analyze-images')?.input[0]).toMatchObject({ kind: 'image', list: true, required: true });
  });
});

function taskIn(name: string, title: string): unknown {
  return JSON.parse(exchangeOf(name, title).body).ocs.data.task;
}
