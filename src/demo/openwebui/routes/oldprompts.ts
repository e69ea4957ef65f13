import * as z from 'zod';
import { may } from '../access.ts';
import { type Exchange, jsonOf, type Reply } from '../exchange.ts';
import type { Json } from '../json.ts';
import { freeCommand, mayCreate } from '../promptrows.ts';
import { anyObject, type Grant, type Prompt, type User } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const form = z.object({
  command: z.string(),
  title: z.string(),
  content: z.string(),
  access_control: z.nullish(anyObject),
});

/** The prompts of 0.7 and before: known by a command that is stored with its slash (our reference, openwebui 5). */
export function oldPromptRoutes(world: World): Route[] {
  const readable = (user: User) => world.prompts.all().filter((prompt) => may(user, prompt, 'read'));
  const list = ({ user }: Exchange): Reply => ({ json: readable(user).map(answer) });
  const find = ({ user, param }: Exchange): Prompt => {
    const prompt = world.prompts.all().find((one) => one.command === `/${param('command')}`);
    if (prompt === undefined || !may(user, prompt, 'read')) throw new Refusal(401, say.notFound);
    return prompt;
  };
  const writable = (exchange: Exchange): Prompt => {
    const prompt = find(exchange);
    if (!may(exchange.user, prompt, 'write')) throw new Refusal(401, say.prohibited);
    return prompt;
  };

  /** `null` meant everybody, an object only those it names; the stand-in knows the two ends. A change sets it anew. */
  const grants = (id: string, control: unknown): Grant[] => {
    const open = {
      id: newId(),
      resource_type: 'prompt',
      resource_id: id,
      principal_type: 'user',
      principal_id: '*',
      permission: 'read',
      created_at: seconds(world),
    };
    return control === null || control === undefined ? [open] : [];
  };

  const create = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    mayCreate(exchange.user);
    freeCommand(world, fields.command, null);
    const id = newId();
    const now = seconds(world);
    const prompt: Prompt = {
      id,
      command: fields.command,
      user_id: exchange.user.id,
      name: fields.title,
      content: fields.content,
      data: null,
      meta: null,
      tags: [],
      is_active: true,
      version_id: null,
      created_at: now,
      updated_at: now,
      access_grants: grants(id, fields.access_control),
      history: [],
    };
    return { json: answer(world.prompts.put(prompt)) };
  };

  const update = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const { title, content } = fields;
    const prompt = writable(exchange);
    const access_grants = grants(prompt.id, fields.access_control);
    return {
      json: answer(world.prompts.put({ ...prompt, name: title, content, access_grants, updated_at: seconds(world) })),
    };
  };

  const who = 'verified';
  const base = '/api/v1/prompts';
  return [
    { method: 'GET', path: `${base}/`, who, run: list },
    { method: 'GET', path: `${base}/list`, who, run: list },
    { method: 'POST', path: `${base}/create`, who, run: create },
    { method: 'GET', path: `${base}/command/:command`, who, run: (exchange) => ({ json: answer(find(exchange)) }) },
    { method: 'POST', path: `${base}/command/:command/update`, who, run: update },
    {
      method: 'DELETE',
      path: `${base}/command/:command/delete`,
      who,
      run: (exchange) => ({ json: world.prompts.drop(writable(exchange).id) }),
    },
  ];
}

function answer(prompt: Prompt): Json {
  const { command, user_id, name, content, updated_at, access_grants } = prompt;
  return {
    command,
    user_id,
    title: name,
    content,
    timestamp: updated_at,
    access_control: access_grants.length > 0 ? null : {},
  };
}
