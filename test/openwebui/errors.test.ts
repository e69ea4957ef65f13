import { describe, expect, test } from 'vitest';
import { type About, failureOf, isDoubtful, providerFailure } from '../../src/openwebui/errors.ts';

const problem = (
  status: number,
  body: unknown,
  about: About = 'chat',
  type = 'application/json',
  retryAfter?: string,
) =>
  failureOf(
    status,
    type,
    typeof body === 'string' ? body : JSON.stringify(body),
    { call: 'POST /x', about },
    retryAfter,
  ).problem;

describe('the failure of an answer', () => {
  test.each<[number, unknown, About, string]>([
    [401, { detail: 'Not authenticated' }, 'chat', 'unauthorized'],
    [
      401,
      { detail: 'Your session has expired or the token is invalid. Please sign in again.' },
      'answer',
      'unauthorized',
    ],
    [401, { detail: "We could not find what you're looking for :/" }, 'chat', 'missing'],
    [401, { detail: 'You do not have permission to access this resource. Please …' }, 'chat', 'missing'],
    [401, { detail: 'You do not have permission to access this resource. Please …' }, 'file', 'forbidden'],
    [401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }, 'answer', 'model'],
    [403, { detail: 'Use of API key is not enabled in the environment.' }, 'chat', 'forbidden'],
    [403, { detail: 'A human session is required.' }, 'account', 'forbidden'],
    [404, { detail: "Model '' was not found" }, 'task', 'missing'],
    [400, { detail: 'Model not found' }, 'answer', 'missing'],
    [405, { detail: 'Method Not Allowed' }, 'chat', 'missing'],
    [400, { detail: 'Rate limit reached for requests' }, 'answer', 'busy'],
    [400, { detail: 'You exceeded your current quota' }, 'task', 'busy'],
    [429, { error: { message: 'Rate limit reached' } }, 'answer', 'busy'],
    [429, { detail: 'API rate limit exceeded' }, 'account', 'busy'],
    [400, { detail: "This model's maximum context length is 8192 tokens" }, 'answer', 'too-large'],
    [400, { detail: 'Open WebUI: Server Connection Error' }, 'answer', 'model'],
    [500, { detail: 'Open WebUI: Server Connection Error' }, 'answer', 'model'],
    [500, { error: { message: 'The server had an error' } }, 'answer', 'model'],
    [413, { detail: "Oops! The file you're trying to upload is too large." }, 'file', 'too-large'],
    [400, { detail: "Oops! The file you're trying to upload is too large." }, 'file', 'too-large'],
    [400, { detail: 'The content provided is empty.' }, 'file', 'invalid'],
    [409, { detail: 'Message already exists or has an invalid ID.' }, 'answer', 'invalid'],
    [
      422,
      { detail: [{ type: 'missing', loc: ['body', 'chat'], msg: 'Field required', input: { a: 'private words' } }] },
      'chat',
      'invalid',
    ],
    [500, 'Internal Server Error', 'chat', 'unreachable'],
    [503, { detail: 'Database not ready' }, 'server', 'unreachable'],
  ])('%i %j about %s is %s', (status, body, about, kind) => {
    expect(problem(status, body, about).kind).toBe(kind);
  });

  test.each<[number, string]>([
    [200, 'malformed'],
    [404, 'malformed'],
    [502, 'unreachable'],
    [413, 'too-large'],
    [401, 'unauthorized'],
  ])('a web page with %i is %s', (status, kind) => {
    expect(problem(status, '<!doctype html><p>secret page</p>', 'chat', 'text/html; charset=utf-8')).toMatchObject({
      kind,
      detail: `POST /x → ${status} (a web page)`,
    });
  });

  test('a provider that answers in plain text has failed, not the server', () => {
    expect(problem(502, 'Bad gateway: the model is not running', 'answer', 'text/plain').kind).toBe('model');
  });

  test('a redirect says where to look', () => {
    expect(problem(307, '', 'chat')).toMatchObject({
      kind: 'malformed',
      say: expect.stringContaining('OPENWEBUI_URL'),
    });
  });

  test('waits as long as it is told', () => {
    expect(problem(429, '', 'chat', 'text/plain', '7').retry).toEqual({ when: 'after', ms: 7000 });
    expect(problem(429, '', 'chat', 'text/plain', 'Wed, 21 Oct 2026 07:28:00 GMT').retry).toEqual({ when: 'later' });
  });

  test('keeps what a 422 echoes out of the log', () => {
    const { detail } = problem(422, {
      detail: [{ loc: ['body', 'chat'], msg: 'Field required', input: 'private words' }],
    });
    expect(detail).toContain('422: body.chat: field required');
    expect(detail).not.toContain('private');
  });

  test('says nothing of the machine to the person', () => {
    const { say } = problem(500, { detail: 'Traceback at /app/backend/db.py line 3' });
    expect(say).not.toMatch(/Traceback|db\.py|500/);
  });

  test('keeps the log line short', () => {
    expect(problem(400, { detail: 'x'.repeat(5000) }).detail.length).toBeLessThan(400);
  });
});

describe('a 401', () => {
  test('is certain when it names the key, doubtful otherwise', () => {
    expect(isDoubtful(problem(401, { detail: 'Not authenticated' }))).toBe(false);
    expect(isDoubtful(problem(401, { detail: '401 Unauthorized' }))).toBe(true);
    expect(isDoubtful(problem(403, { detail: 'x' }))).toBe(false);
  });
});

describe('what a provider says in mid-answer', () => {
  test.each([
    ['The engine is overloaded', 'busy'],
    ['Rate limit reached', 'busy'],
    ['Chat completion stream failed', 'cut'],
    ['The model `x` does not exist', 'missing'],
    ['something exploded', 'model'],
  ])('%s is %s', (text, kind) => {
    expect(providerFailure(text, { call: 'POST /x', about: 'answer' }).problem.kind).toBe(kind);
  });
});
