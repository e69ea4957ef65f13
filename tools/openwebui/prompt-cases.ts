/** Captures of prompts: rights, versions, history. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Camera, Request } from './capture.ts';
import { idOf } from './cases.ts';

const root = '/api/v1/prompts';
const history = z.array(z.looseObject({ id: z.string() }));

/** Made, changed, put back and deleted by the user who may; refused to the one who may not. */
export async function promptCases({ keep, ask }: Camera): Promise<void> {
  const get = (path: string, as: Request['as'] = 'user'): Request => ({ method: 'GET', path: root + path, as });
  const post = (path: string, body?: unknown, as: Request['as'] = 'user'): Request => ({
    method: 'POST',
    path: root + path,
    body,
    as,
  });
  const prompt = { command: 'sum', name: 'Sum up', content: 'Sum up {{text | textarea:required}}' };

  await keep('prompt-create-refused', 'A prompt by a user without the right', post('/create', prompt, 'user2'));
  const id = idOf(await keep('prompt-create', 'A prompt made', post('/create', prompt)));
  await keep('prompt-create-twice', 'The same command again', post('/create', prompt));
  const other = idOf(
    await keep(
      'prompt-null-tags',
      'A prompt with null tags',
      post('/create', { ...prompt, command: 'other', tags: null }),
    ),
  );
  await keep('prompt-list', 'All prompts', get('/'));
  await keep('prompt-list-page', 'Prompts by page', get('/list?page=1'));
  await keep('prompt-by-command', 'A prompt by its command', get('/command/sum'));
  await keep('prompt-get', 'A prompt by its id', get(`/id/${id}`));
  await keep('prompt-get-foreign', 'A prompt one may not read', get(`/id/${id}`, 'user2'));
  await keep('prompt-get-unknown', 'A prompt that does not exist', get(`/id/${randomUUID()}`));
  await delay(1100);
  const changed = { ...prompt, content: 'Sum up briefly: {{text}}', commit_message: 'Shorter' };
  await keep('prompt-update', 'Its text changed', post(`/id/${id}/update`, changed));
  await keep('prompt-update-refused', 'Changed by somebody else', post(`/id/${id}/update`, changed, 'user2'));
  const entries =
    history.safeParse((await keep('prompt-history', 'Its history', get(`/id/${id}/history?page=0`))).json).data ?? [];
  const [to, from] = [entries[0]?.id ?? '', entries.at(-1)?.id ?? ''];
  await keep('prompt-diff', 'Two versions compared', get(`/id/${id}/history/diff?from_id=${from}&to_id=${to}`));
  await keep('prompt-version', 'The first version put back', post(`/id/${id}/update/version`, { version_id: from }));
  await keep('prompt-delete-live', 'The live version deleted', {
    method: 'DELETE',
    path: `${root}/id/${id}/history/${from}`,
  });
  await keep(
    'prompt-draft',
    'A version that is not to go live',
    post(`/id/${id}/update`, { ...changed, content: 'Draft', is_production: false }),
  );
  const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }];
  await keep('prompt-share', 'Shared with everybody', post(`/id/${id}/access/update`, { access_grants }));
  await keep('prompt-list-shared', 'What the other user now sees', get('/', 'user2'));
  await keep('prompt-toggle', 'Switched off', post(`/id/${id}/toggle`));
  await keep('prompt-delete-refused', 'Deleted by somebody else', {
    method: 'DELETE',
    path: `${root}/id/${id}/delete`,
    as: 'user2',
  });
  await keep('prompt-delete', 'Deleted', { method: 'DELETE', path: `${root}/id/${id}/delete` });
  await keep('prompt-delete-again', 'Deleted once more', { method: 'DELETE', path: `${root}/id/${id}/delete` });
  await ask({ method: 'DELETE', path: `${root}/id/${other}/delete` });
}
