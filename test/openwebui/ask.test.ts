import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/chat/errors.ts';
import { ask } from '../../src/openwebui/completions.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { createTestClock } from '../clock.ts';
import { delta, heard, onWire, question, sends, streams } from './wire.ts';

describe('asking', () => {
  test('sends what the server needs, and no credential but the key', async () => {
    await onWire(
      (response) => {
        streams(response, delta('Hi', 'stop'), 'data: [DONE]');
        response.end();
      },
      async ({ server, arrived }) => {
        await heard(server, {
          question: {
            ...question,
            functionCalling: 'legacy',
            toolIds: [],
            features: { web_search: true },
            params: { temperature: 0 },
          },
        });
        const [request] = arrived;
        expect(request).toMatchObject({ method: 'POST', path: '/api/chat/completions' });
        expect(request?.headers).toMatchObject({ authorization: 'Bearer sk-test', 'accept-encoding': 'identity' });
        expect(JSON.parse(request?.body ?? '')).toEqual({
          model: 'm',
          messages: [{ role: 'user', content: 'Hi' }],
          stream: true,
          chat_id: '',
          features: { web_search: true },
          params: { temperature: 0, function_calling: 'legacy' },
        });
      },
    );
  });

  test.each([
    ['0.10.2', 'c1'],
    ['0.12.4', ''],
  ])('names the chat to %s as %j', async (version, sent) => {
    await onWire(
      (response, request) => {
        if (request.path === '/api/version') return sends(response, 200, { version });
        streams(response, 'data: [DONE]\n\n');
        response.end();
      },
      async ({ server, arrived }) => {
        await heard(server, { question: { ...question, chatId: 'c1' } });
        expect(JSON.parse(arrived.at(-1)?.body ?? '')).toMatchObject({ chat_id: sent });
      },
    );
  });

  test('gives each frame as soon as it has come', async () => {
    let go: () => void = () => undefined;
    await onWire(
      async (response) => {
        streams(response, delta('first'));
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        response.end('data: [DONE]\n\n');
      },
      async ({ server }) => {
        const { frames } = await heard(server, { each: (frame) => frame.type === 'text' && go() });
        expect(frames).toEqual([
          { type: 'text', text: 'first' },
          { type: 'end', reason: null },
        ]);
      },
    );
  });

  test('does not wait for a connection that stays open after [DONE]', async () => {
    const clock = createTestClock();
    await onWire(
      (response) => streams(response, delta('Hi', 'stop'), 'data: [DONE]\n\n'),
      async ({ server, hungUp }) => {
        const answer = await heard(server, {
          each: (frame) => frame.type === 'end' && setImmediate(() => clock.advance(1001)),
        });
        expect(answer).toMatchObject({ text: 'Hi', failed: null });
        await hungUp;
      },
      clock,
    );
  });

  test.each([
    [
      'a connection that breaks',
      'cut',
      (response: import('node:http').ServerResponse) => response.write('', () => response.destroy()),
    ],
    ['an end without an end mark', 'cut', (response: import('node:http').ServerResponse) => response.end()],
  ])('tells %s in mid-answer as %s, after what had come', async (_name, kind, finish) => {
    await onWire(
      (response) => {
        streams(response, delta('Half an ans'));
        finish(response);
      },
      async ({ server }) => {
        expect(await heard(server)).toMatchObject({ text: 'Half an ans', failed: kind });
      },
    );
  });

  test('tells silence before the first byte as timeout', async () => {
    const clock = createTestClock();
    await onWire(
      () => clock.advance(5001),
      async ({ server, hungUp }) => {
        expect(await heard(server, { idleMs: 5000 })).toMatchObject({ failed: 'timeout', frames: [] });
        await hungUp;
      },
      clock,
    );
  });

  test('tells silence in mid-answer as timeout', async () => {
    const clock = createTestClock();
    await onWire(
      (response) => streams(response, delta('Wait')),
      async ({ server, hungUp }) => {
        const each = (): void => void clock.settle().then(() => clock.advance(5001));
        expect(await heard(server, { idleMs: 5000, each })).toMatchObject({ text: 'Wait', failed: 'timeout' });
        expect(clock.timers()).toBe(0);
        await hungUp;
      },
      clock,
    );
  });

  test('does not take time spent with a frame for silence', async () => {
    const clock = createTestClock();
    let go: () => void = () => undefined;
    await onWire(
      async (response) => {
        streams(response, delta('Wait'));
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        response.end('data: [DONE]\n\n');
      },
      async ({ server }) => {
        const each = async (): Promise<void> => {
          await clock.advance(60_000);
          go();
        };
        expect(await heard(server, { idleMs: 5000, each })).toMatchObject({ text: 'Wait', failed: null });
        expect(clock.timers()).toBe(0);
      },
      clock,
    );
  });

  test('stops when told, and the server notices', async () => {
    await onWire(
      (response) => streams(response, delta('One')),
      async ({ server, hungUp }) => {
        const stop = new AbortController();
        const answer = await heard(server, { signal: stop.signal, each: () => stop.abort() });
        expect(answer).toMatchObject({ text: 'One', failed: 'stopped' });
        await hungUp;
      },
    );
  });

  test('fails with the reason it was stopped for', async () => {
    await onWire(
      (response) => streams(response, delta('One')),
      async ({ server }) => {
        const stop = new AbortController();
        const reason = new Failure({ kind: 'gone', retry: { when: 'never' }, say: '', detail: 'deleted' });
        expect(await heard(server, { signal: stop.signal, each: () => stop.abort(reason) })).toMatchObject({
          failed: 'gone',
        });
      },
    );
  });

  test('asks nothing when it is stopped beforehand', async () => {
    await onWire(
      (response) => sends(response, 200, null),
      async ({ server, arrived }) => {
        expect(await heard(server, { signal: AbortSignal.abort() })).toMatchObject({ failed: 'stopped' });
        expect(arrived).toEqual([]);
      },
    );
  });

  test('closes the connection when nobody wants to hear more', async () => {
    await onWire(
      (response) => streams(response, delta('One'), delta('Two')),
      async ({ server, hungUp }) => {
        const options = { signal: new AbortController().signal, idleMs: 10_000 };
        for await (const frame of ask(server, question, options)) if (frame.type === 'text') break;
        await hungUp;
      },
    );
  });

  test.each([
    ['null', 200, null, 'application/json', 'model'],
    ['a background task', 200, { status: true, task_ids: ['t'] }, 'application/json', 'malformed'],
    ['a web page', 200, '<html>', 'text/html', 'malformed'],
    ['a proxy that finds no server', 502, '<html>', 'text/html', 'unreachable'],
    ['an unknown model', 400, { detail: 'Model not found' }, 'application/json', 'missing'],
    ['a rate limit in a 400', 400, { detail: 'Rate limit reached' }, 'application/json', 'busy'],
    ["a provider's 401", 401, { error: { message: 'Incorrect API key' } }, 'application/json', 'model'],
    ["a provider's plain words", 502, 'the model is not running', 'text/plain', 'model'],
    ['a bad key', 401, { detail: 'Not authenticated' }, 'application/json', 'unauthorized'],
  ])('tells %s with %i by its kind, and asks once only', async (_name, status, body, type, kind) => {
    await onWire(
      (response) => sends(response, status, body, type),
      async ({ server, arrived }) => {
        expect(await heard(server)).toMatchObject({ failed: kind, frames: [] });
        expect(arrived.length).toBe(1);
      },
    );
  });

  test('takes one JSON document in place of a stream', async () => {
    await onWire(
      (response) => sends(response, 200, { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }),
      async ({ server }) => {
        expect(await heard(server)).toMatchObject({ text: 'Hi', failed: null });
      },
    );
  });

  test('tells a server that is not there as unreachable', async () => {
    const server = connect({ url: 'http://127.0.0.1:1', key: null });
    expect(await heard(server)).toMatchObject({ failed: 'unreachable' });
    await disconnect(server);
  });
});
