/** What is asked of a real server for the captures: everything that Parley uses, and how it fails. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Answer, Camera, Request } from './capture.ts';
import { chatCases } from './chat-cases.ts';
import { promptCases } from './prompt-cases.ts';

const withId = z.looseObject({ id: z.string() });

/** The answers that differ between versions. Of an older version only these are kept, which is enough to imitate it. */
export const telling = new Set([
  ...[
    'version',
    'who-auths',
    'who-status',
    'task-before-models',
    'prompt-by-command',
    'prompt-null-tags',
    'prompt-draft',
  ],
  ...['prompt-diff', 'file-empty', 'stream-cut', 'json-cut', 'stream-error-401', 'stream-error-429', 'json-error-500'],
  ...[
    'direct-with-chat',
    'direct-foreign-chat',
    'chat-new',
    'chat-add-turn',
    'chat-finish',
    'chat-dangling',
    'chat-get',
  ],
  ...['chat-delete-message', 'background', 'background-running', 'background-done', 'background-stopped'],
  ...['background-refused', 'background-no-question', 'blocking', 'stop', 'stop-idle', 'stop-unknown'],
]);

/** The `id` in an answer, or an id that is nobody's when the server refused. */
export function idOf(answer: Answer): string {
  return withId.safeParse(answer.json).data?.id ?? randomUUID();
}

/** A question to a model, with the extra fields of Open WebUI. */
export function question(model: string, text: string, extra: object = {}): Request {
  return {
    method: 'POST',
    path: '/api/chat/completions',
    body: { model, messages: [{ role: 'user', content: text }], stream: true, ...extra },
  };
}

const get = (path: string, as: Request['as'] = 'user'): Request => ({ method: 'GET', path, as });
const post = (path: string, body: unknown, as: Request['as'] = 'user'): Request => ({ method: 'POST', path, body, as });

/** Asks everything, in an order that leaves nothing behind that would disturb what follows. */
export async function cases(camera: Camera): Promise<void> {
  await keyCases(camera);
  await answerCases(camera);
  await taskCases(camera);
  await chatCases(camera);
  await fileCases(camera);
  await promptCases(camera);
  await feedbackCases(camera);
}

async function keyCases({ keep, server }: Camera): Promise<void> {
  await keep('version', 'Version, without a key', get('/api/version', null));
  await keep('config-anonymous', 'Settings, without a key', get('/api/config', null));
  await keep('config-key', 'Settings with an API key', get('/api/config'));
  await keep('health', 'Health', get('/health', null));
  await keep('who-auths', 'Who am I, the old way, with an API key', get('/api/v1/auths/'));
  await keep('who-status', 'Who am I, with an API key', get('/api/v1/users/user/status'));
  await keep('who-permissions', 'What may I do', get('/api/v1/users/permissions'));
  await keep('no-key', 'No credential', get('/api/models', null));
  const headers = { authorization: `Bearer sk-${'0'.repeat(32)}` };
  await keep('wrong-key', 'A key nobody has', { method: 'GET', path: '/api/models', as: null, headers });
  await keep('not-a-key', 'Neither key nor token', {
    ...get('/api/models', null),
    headers: { authorization: 'Bearer nonsense' },
  });
  await keep('admin-only', 'An admin route with a user key', get('/api/v1/users/'));
  await keep('unknown-get', 'A GET that does not exist', get('/api/v1/nope'));
  await keep('unknown-post', 'A POST that does not exist', post('/api/v1/nope', {}));
  await server.restart();
  const messages = [{ role: 'user', content: 'Hello' }];
  await keep(
    'task-before-models',
    'A task after a restart, before models are read',
    post('/api/v1/tasks/title/completions', { model: 'echo', messages }),
  );
  await keep('models', 'Models, as a user sees them', get('/api/models'));
}

async function answerCases({ keep }: Camera): Promise<void> {
  const streamed = [
    ...[
      'echo',
      'reasoning',
      'think-tags',
      'crlf',
      'comments',
      'split-utf8',
      'no-done',
      'bare-done',
      'json-answer',
      'usage',
    ],
    ...[
      'usage-last',
      'empty',
      'cut-short',
      'error-401',
      'error-429',
      'error-500',
      'error-text',
      'error-mid',
      'cut',
      'nobody',
    ],
  ];
  for (const model of streamed) {
    await keep(`stream-${model}`, `A streamed answer of the model "${model}"`, question(model, 'hello you'));
  }
  for (const model of ['echo', 'reasoning', 'error-401', 'error-429', 'error-500', 'error-text', 'cut', 'nobody']) {
    await keep(
      `json-${model}`,
      `The whole answer of the model "${model}"`,
      question(model, 'hello you', { stream: false }),
    );
  }
  const tool = {
    type: 'function',
    function: { name: 'weather', description: 'Weather', parameters: { type: 'object', properties: {} } },
  };
  await keep(
    'stream-tool-call',
    "A tool call with the caller's own tools",
    question('tools', '{"place":"Bonn"}', { tools: [tool] }),
  );
}

async function taskCases({ keep, ask }: Camera): Promise<void> {
  const messages = [
    { role: 'user', content: 'How do we plan?' },
    { role: 'assistant', content: 'Step by step.' },
  ];
  const task = (name: string, model: string): Request => {
    const body = name === 'emoji' ? { model, prompt: 'I am glad' } : { model, messages };
    return post(`/api/v1/tasks/${name}/completions`, body);
  };
  for (const name of ['title', 'follow_up', 'tags', 'emoji'])
    await keep(`task-${name}`, `Task: ${name}`, task(name, 'echo'));
  for (const model of ['tasks-null-content', 'error-429', 'error-text', 'nobody']) {
    await keep(`task-title-${model}`, `Title with the model "${model}"`, task('title', model));
  }
  await keep('task-config', 'Settings of tasks, as a user', get('/api/v1/tasks/config'));
  const settings = z.looseObject({}).parse((await ask(get('/api/v1/tasks/config', 'admin'))).json);
  const toggles = ['ENABLE_TITLE_GENERATION', 'ENABLE_FOLLOW_UP_GENERATION', 'ENABLE_TAGS_GENERATION'];
  const off = Object.fromEntries(toggles.map((name) => [name, false]));
  await ask(post('/api/v1/tasks/config/update', { ...settings, ...off }, 'admin'));
  for (const name of ['title', 'follow_up', 'tags'])
    await keep(`task-${name}-off`, `Task ${name}, switched off`, task(name, 'echo'));
  await ask(post('/api/v1/tasks/config/update', settings, 'admin'));
}

async function fileCases({ keep, ask }: Camera): Promise<void> {
  const upload = (name: string, type: string, text: string): Request => {
    const form = new FormData();
    form.append('file', new Blob([text], { type }), name);
    return post('/api/v1/files/', form);
  };
  const id = idOf(
    await keep('file-upload', 'A text file', upload('harbour.txt', 'text/plain', 'The harbour opens at nine.')),
  );
  await keep('file-status-first', 'Its processing, asked at once', get(`/api/v1/files/${id}/process/status`));
  await settled(ask, id);
  await keep('file-status', 'Its processing, done', get(`/api/v1/files/${id}/process/status`));
  await keep('file-get', 'The file', get(`/api/v1/files/${id}`));
  const files = [{ type: 'file', id }];
  await keep('file-question', 'A streamed answer from the file', question('fixed', 'When does it open?', { files }));
  await keep(
    'file-question-json',
    'A whole answer from the file',
    question('fixed', 'When does it open?', { files, stream: false }),
  );
  await keep(
    'file-question-unknown',
    'A question with a file that is not there',
    question('echo', 'When?', { files: [{ type: 'file', id: randomUUID() }] }),
  );
  await keep('file-unknown', 'A file that is not there', get(`/api/v1/files/${randomUUID()}`));
  await keep('file-empty', 'An empty file', upload('empty.txt', 'text/plain', ''));
  const pdf = idOf(
    await keep('file-broken', 'A broken PDF', upload('broken.pdf', 'application/pdf', '%PDF-1.4 not really')),
  );
  await settled(ask, pdf);
  await keep('file-broken-status', 'A broken PDF, processed', get(`/api/v1/files/${pdf}/process/status`));
  await keep('file-delete', 'The file is deleted', { method: 'DELETE', path: `/api/v1/files/${id}` });
}

async function settled(ask: Camera['ask'], id: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const answer = await ask(get(`/api/v1/files/${id}/process/status`));
    if (!/pending|processing/.test(answer.text)) return;
    await delay(100);
  }
}

async function feedbackCases({ keep }: Camera): Promise<void> {
  const [chat_id, message_id] = [randomUUID(), randomUUID()];
  const rating = {
    type: 'rating',
    data: { rating: 1, model_id: 'echo', reason: 'accurate_information', comment: 'Fine' },
    meta: { chat_id, message_id },
  };
  const id = idOf(await keep('feedback', 'A rating', post('/api/v1/evaluations/feedback', rating)));
  await keep(
    'feedback-change',
    'The rating turned round',
    post(`/api/v1/evaluations/feedback/${id}`, { type: 'rating', data: { rating: -1, model_id: 'echo' } }),
  );
  await keep('feedback-wrong', 'A rating without its type', post('/api/v1/evaluations/feedback', {}));
  await keep('feedback-delete', 'The rating taken back', {
    method: 'DELETE',
    path: `/api/v1/evaluations/feedback/${id}`,
  });
}
