/** Captures of stored chats: made, merged, run in the background, stopped, deleted. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Camera, Request } from './capture.ts';
import { idOf, question } from './cases.ts';

interface Message {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly [field: string]: unknown;
}

const timestamp = 1_700_000_000;

function asked(id: string, parentId: string | null, content: string, childrenIds: string[] = []): Message {
  return { id, parentId, childrenIds, role: 'user', content, timestamp, models: ['echo'] };
}

function answered(id: string, parentId: string, content: string, done = true): Message {
  return {
    id,
    parentId,
    childrenIds: [],
    role: 'assistant',
    content,
    model: 'echo',
    modelName: 'echo',
    modelIdx: 0,
    timestamp,
    done,
  };
}

function chatOf(currentId: string | null, ...messages: Message[]): object {
  return { history: { currentId, messages: Object.fromEntries(messages.map((message) => [message.id, message])) } };
}

const at = (id: string, rest = ''): string => `/api/v1/chats/${id}${rest}`;
const get = (path: string): Request => ({ method: 'GET', path });
const post = (path: string, body?: unknown): Request => ({ method: 'POST', path, body });

/** Merge rules first, then the modes of completion that write to a chat. */
export async function chatCases(camera: Camera): Promise<void> {
  const { keep } = camera;
  const [u1, a1, u2, a2, a2b] = [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const first = {
    title: 'First',
    models: ['echo'],
    ...chatOf(a1, asked(u1, null, 'hi', [a1]), answered(a1, u1, 'Hello')),
  };
  const id = idOf(
    await keep('chat-new', 'A chat made with a finished turn', post('/api/v1/chats/new', { chat: first })),
  );
  const save = (name: string, description: string, chat: object) => keep(name, description, post(at(id), { chat }));
  await save(
    'chat-add-turn',
    'A second turn added; only the new messages are sent',
    chatOf(a2, asked(u2, a1, 'more', [a2]), answered(a2, u2, 'More')),
  );
  await save(
    'chat-replace',
    'The second answer sent whole with other text',
    chatOf(a2, answered(a2, u2, 'More, changed')),
  );
  await save('chat-sibling', 'A second answer to the same question', chatOf(a2b, answered(a2b, u2, 'More, anew')));
  await save('chat-current', 'Only the current message moved back', chatOf(a2));
  await save('chat-dangling', 'A current message that does not exist', chatOf(randomUUID()));
  await save('chat-rename', 'Only the title sent', { title: 'Renamed' });
  const [u3, a3] = [randomUUID(), randomUUID()];
  await save(
    'chat-undone',
    'A turn with an unfinished answer',
    chatOf(a3, asked(u3, a2, 'third', [a3]), answered(a3, u3, '', false)),
  );
  await save('chat-finish', 'The unfinished answer sent whole and finished', chatOf(a3, answered(a3, u3, 'Finished')));
  await keep(
    'chat-message',
    'The text of the unfinished answer set by itself',
    post(at(id, `/messages/${a3}`), { content: 'Set' }),
  );
  await keep('chat-delete-message', 'That answer deleted', { method: 'DELETE', path: at(id, `/messages/${a3}`) });
  await save('chat-add-again', 'The same answer added anew, finished', chatOf(a3, answered(a3, u3, 'Finished')));
  await save('chat-partial', 'A message sent in part', chatOf(a3, { id: a3, role: 'assistant', content: 'Part' }));
  await keep('chat-get', 'The chat read', get(at(id)));
  await keep('chat-list', 'The list of chats', get('/api/v1/chats/?page=1'));
  await keep('chat-unknown', 'A chat that does not exist', get(at(randomUUID())));
  await keep(
    'chat-save-unknown',
    'Saving a chat that does not exist',
    post(at(randomUUID()), { chat: { title: 'x' } }),
  );
  await keep('chat-foreign', "Somebody else's chat", { ...get(at(id)), as: 'user2' });
  await keep('chat-save-foreign', "Saving somebody else's chat", {
    ...post(at(id), { chat: { title: 'x' } }),
    as: 'user2',
  });
  await keep('chat-tag', 'A tag added', post(at(id, '/tags'), { name: 'My Tag' }));
  await keep('chat-untag', 'The tag taken away', { method: 'DELETE', path: at(id, '/tags'), body: { name: 'My Tag' } });
  await keep('direct-with-chat', 'A direct question that names a chat', question('echo', 'in a chat', { chat_id: id }));
  await keep('direct-foreign-chat', "A direct question that names somebody else's chat", {
    ...question('echo', 'x', { chat_id: id }),
    as: 'user2',
  });
  await backgroundCases(camera, id, a2);
  await keep('chat-delete', 'The chat deleted', { method: 'DELETE', path: at(id) });
  await keep('chat-delete-again', 'Deleted once more', { method: 'DELETE', path: at(id) });
}

async function backgroundCases({ keep, ask }: Camera, id: string, parent: string): Promise<void> {
  const turn = (model: string, text: string, extra: object = {}) => {
    const [user, answer] = [randomUUID(), randomUUID()];
    const user_message = asked(user, parent, text, [answer]);
    return {
      answer,
      request: question(model, text, { chat_id: id, id: answer, session_id: 'parley', user_message, ...extra }),
    };
  };
  const background_tasks = { title_generation: true, tags_generation: true, follow_up_generation: true };
  const slow = turn('echo-slow', 'in the background', { background_tasks });
  await keep('background', 'An answer in the background', slow.request);
  await keep('background-tasks', 'Its tasks while it runs', get(`/api/tasks/chat/${id}`));
  await keep('background-running', 'The chat while it runs', get(at(id)));
  await idle(ask, id);
  await keep('background-done', 'The chat when it is done, with title, tags and follow-ups', get(at(id)));
  const stuck = turn('stuck', 'never ends');
  await ask(stuck.request);
  await delay(1000);
  await keep('stop', 'Stopping it', post(`/api/tasks/chat/${id}/stop`));
  await idle(ask, id);
  await keep('background-stopped', 'The chat after the stop', get(at(id)));
  await keep('stop-idle', 'Stopping when nothing runs', post(`/api/tasks/chat/${id}/stop`));
  await keep('stop-unknown', 'Stopping a chat that does not exist', post(`/api/tasks/chat/${randomUUID()}/stop`));
  await ask(turn('error-429', 'refused').request);
  await idle(ask, id);
  await keep('background-refused', 'The chat after the provider refused', get(at(id)));
  await keep(
    'blocking',
    'An answer waited for, streamed',
    turn('echo', 'waited for', { session_id: undefined }).request,
  );
  await keep(
    'blocking-json',
    'An answer waited for, whole',
    turn('echo', 'waited for', { session_id: undefined, stream: false }).request,
  );
  await ask(turn('echo', 'no question sent along', { user_message: undefined }).request);
  await idle(ask, id);
  await keep('background-no-question', 'The chat after a run without user_message', get(at(id)));
}

const tasks = z.looseObject({ task_ids: z.array(z.string()) });

async function idle(ask: Camera['ask'], id: string): Promise<void> {
  for (let tries = 0; tries < 80; tries += 1) {
    const running = tasks.safeParse((await ask(get(`/api/tasks/chat/${id}`))).json).data?.task_ids ?? [];
    if (running.length === 0) return;
    await delay(150);
  }
}
