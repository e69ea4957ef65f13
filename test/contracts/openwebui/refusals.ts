import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newTree } from '../../../src/openwebui/chat-tree.ts';
import { createChat } from '../../../src/openwebui/chats.ts';
import type { OpenWebUI } from '../../../src/openwebui/connection.ts';
import { type Desk, since } from './bench.ts';

const EXPIRED = 'Your session has expired or the token is invalid. Please sign in again.';
const NOT_ALLOWED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.';
const NOT_FOUND = "We could not find what you're looking for :/";
const EMPTY = 'The content provided is empty. Please ensure that there is text or data present before proceeding.';

/** What came: the status, the kind of content, and the body, JSON where it is JSON. */
type Answer = readonly [status: number, type: string, body: unknown];
const detail = (status: number, words: string): Answer => [status, 'application/json', { detail: words }];
const provider = (status: number, message: string, code: string): Answer => [
  status,
  'application/json',
  { error: { message, type: 'error', param: null, code } },
];

/** What a server answers when it refuses, to the word: by these words the client knows one refusal from another. */
export function refusalsContract(at: () => Desk): void {
  async function answer(server: OpenWebUI, method: string, path: string, body?: unknown): Promise<Answer> {
    const form = body instanceof FormData;
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(server.key && { authorization: `Bearer ${server.key.reveal()}` }),
        ...(body !== undefined && !form && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
    const text = await response.text();
    return [response.status, type, type === 'application/json' ? JSON.parse(text) : text];
  }
  const asked = (server: OpenWebUI, model: string, more: object = {}) =>
    answer(server, 'POST', '/api/chat/completions', {
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: false,
      ...more,
    });
  const chat = () => createChat(at().user, newTree({ title: 'Mine', models: ['echo'], now: Date.now() }));

  describe('the words of a refusal', () => {
    test('of somebody whom the server does not know', async () => {
      const { nobody, user } = at();
      expect(await answer(nobody, 'GET', '/api/models')).toEqual(detail(401, 'Not authenticated'));
      const key = (words: string) => ({ headers: { authorization: `Bearer ${words}` } });
      const models = async (words: string) => (await fetch(`${user.url}/api/models`, key(words))).json();
      expect(await models(`sk-${'0'.repeat(32)}`)).toEqual({ detail: EXPIRED });
      expect(await models('nonsense')).toEqual({ detail: '401 Unauthorized' });
    });

    test('of what is not for this person, or not there', async () => {
      const { user, other } = at();
      const mine = (await chat()).id;
      const nowhere = randomUUID();
      expect(await answer(user, 'GET', '/api/v1/users/')).toEqual(detail(401, NOT_ALLOWED));
      expect(await answer(user, 'POST', '/api/v1/nope', {})).toEqual(detail(405, 'Method Not Allowed'));
      for (const [who, id] of [
        [user, nowhere],
        [other, mine],
      ] as const) {
        expect(await answer(who, 'GET', `/api/v1/chats/${id}`)).toEqual(detail(401, NOT_FOUND));
        expect(await answer(who, 'POST', `/api/v1/chats/${id}`, { chat: {} })).toEqual(detail(401, NOT_ALLOWED));
      }
      expect(await answer(user, 'GET', `/api/v1/files/${nowhere}`)).toEqual(detail(404, NOT_FOUND));
      const stop = await answer(user, 'POST', `/api/tasks/chat/${nowhere}/stop`);
      expect(stop).toEqual(since(at(), '0.9') ? detail(404, NOT_FOUND) : detail(405, 'Method Not Allowed'));
    });

    test('of a model that refuses: the provider’s own, or what the server makes of it', async () => {
      const own = !since(at(), '0.9') || since(at(), '0.12');
      for (const [model, status, words, code] of [
        ['error-401', 401, 'Incorrect API key provided', 'invalid_api_key'],
        ['error-429', 429, 'Rate limit reached for requests', 'rate_limit_exceeded'],
        ['error-500', 500, 'The server had an error', 'server_error'],
      ] as const) {
        const expected = own ? provider(status, words, code) : detail(400, words);
        expect(await asked(at().user, model)).toEqual(expected);
        expect(await asked(at().user, model, { stream: true })).toEqual(expected);
      }
      expect(await asked(at().user, 'error-text')).toEqual([
        502,
        'text/plain',
        'Bad gateway: the model is not running',
      ]);
      expect(await asked(at().user, 'no-such-model')).toEqual(detail(400, 'Model not found'));
    });

    test('of a direct question in a chat of one’s own, from 0.12 on, and in another’s', async () => {
      const chat_id = (await chat()).id;
      const refused = detail(409, 'Message already exists or has an invalid ID.');
      const mine = await asked(at().user, 'echo', { chat_id });
      if (since(at(), '0.12')) expect(mine).toEqual(refused);
      else expect(mine[0]).toBe(200);
      const words = since(at(), '0.12') ? NOT_FOUND : 'Something went wrong :/';
      expect(await asked(at().other, 'echo', { chat_id })).toEqual(
        since(at(), '0.9') ? detail(404, words) : detail(400, `404: ${words}`),
      );
    });

    test('of a body that lacks something names what', async () => {
      const lacks = (field: string) => [
        422,
        'application/json',
        { detail: [expect.objectContaining({ type: 'missing', loc: ['body', field], msg: 'Field required' })] },
      ];
      expect(await answer(at().user, 'POST', '/api/v1/chats/new', {})).toEqual(lacks('chat'));
      expect(await answer(at().user, 'POST', '/api/v1/evaluations/feedback', {})).toEqual(lacks('type'));
    });

    test('of an empty file', async () => {
      const form = new FormData();
      form.append('file', new Blob([''], { type: 'text/plain' }), 'empty.txt');
      expect(await answer(at().user, 'POST', '/api/v1/files/', form)).toEqual(
        detail(400, since(at(), '0.11') ? EMPTY : '[ERROR: Error uploading file]'),
      );
    });

    test('of prompts', async () => {
      const { user, other } = at();
      const draft = { command: `w-${randomUUID().slice(0, 8)}`, name: 'x', content: 'x', tags: [], access_grants: [] };
      expect(await answer(other, 'POST', '/api/v1/prompts/create', draft)).toEqual(detail(401, '401 Unauthorized'));
      const [, , made] = await answer(user, 'POST', '/api/v1/prompts/create', draft);
      expect(await answer(user, 'POST', '/api/v1/prompts/create', draft)).toEqual(
        detail(400, 'Uh-oh! This command is already registered. Please choose another command string.'),
      );
      expect(made).toMatchObject({ command: draft.command });
      expect(await answer(user, 'GET', `/api/v1/prompts/id/${randomUUID()}`)).toEqual(detail(404, NOT_FOUND));
    });

    test('of a task whose model is not there', async () => {
      const words = since(at(), '0.9') ? "Model '' was not found" : 'Model not found';
      const body = { model: 'no-such-model', messages: [{ role: 'user', content: 'Hello' }] };
      expect(await answer(at().user, 'POST', '/api/v1/tasks/title/completions', body)).toEqual(detail(404, words));
    });
  });
}
