import * as z from 'zod';
import { grantsFor, may } from '../access.ts';
import { type Exchange, jsonOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import { since } from '../profile.ts';
import {
  freeCommand,
  makerOf,
  mayCreate,
  promptAnswer,
  promptFor,
  promptForm,
  restored,
  updated,
  versionOf,
} from '../promptrows.ts';
import { grantForm, type Prompt, type User } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const metaForm = z.object({ name: z.string(), command: z.string(), tags: z.nullish(z.array(z.string())) });

/** The prompts of 0.8 and later (our reference, openwebui 5; docs/openwebui-compatibility.md, Prompts). */
export function promptRoutes(world: World): Route[] {
  const form = promptForm(world.profile);
  const newestFirst = (user: User) =>
    world.prompts
      .all()
      .filter((prompt) => may(user, prompt, 'read'))
      .sort((a, b) => b.updated_at - a.updated_at);
  const save = (prompt: Prompt): Reply => ({ json: promptAnswer(world.prompts.put(prompt)) });
  const mine = (exchange: Exchange) => promptFor(world, exchange.user, exchange.param('id'), 'write');

  const create = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const { user } = exchange;
    mayCreate(user);
    freeCommand(world, fields.command, null);
    const now = seconds(world);
    const id = newId();
    const bare: Prompt = {
      id,
      command: fields.command,
      user_id: user.id,
      name: fields.name,
      content: fields.content,
      data: fields.data ?? {},
      meta: fields.meta ?? {},
      tags: fields.tags ?? [],
      is_active: true,
      version_id: null,
      created_at: now,
      updated_at: now,
      access_grants: grantsFor(world, user, 'prompt', id, fields.access_grants ?? []),
      history: [],
    };
    const first = versionOf(world, user, bare, fields, fields.commit_message ?? 'Initial version');
    return save({ ...bare, history: [first], version_id: first.id });
  };

  const update = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const prompt = mine(exchange);
    freeCommand(world, fields.command, prompt.id);
    const next = updated(world, exchange.user, prompt, fields);
    if (!Array.isArray(fields.access_grants) || since(world.profile, '0.11')) return save(next);
    return save({ ...next, access_grants: grantsFor(world, exchange.user, 'prompt', prompt.id, fields.access_grants) });
  };

  const updateMeta = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, metaForm);
    const prompt = mine(exchange);
    freeCommand(world, fields.command, prompt.id);
    const { name, command } = fields;
    return save({ ...prompt, name, command, tags: fields.tags ?? prompt.tags, updated_at: seconds(world) });
  };

  const updateVersion = async (exchange: Exchange): Promise<Reply> => {
    const { version_id } = await jsonOf(exchange, z.object({ version_id: z.string() }));
    const prompt = mine(exchange);
    const version = prompt.history.find((one) => one.id === version_id);
    if (version === undefined) throw new Refusal(400, say.wrong);
    return save(restored(world, prompt, version));
  };

  const updateAccess = async (exchange: Exchange): Promise<Reply> => {
    const { access_grants } = await jsonOf(exchange, z.object({ access_grants: z.array(grantForm) }));
    const prompt = mine(exchange);
    return save({ ...prompt, access_grants: grantsFor(world, exchange.user, 'prompt', prompt.id, access_grants) });
  };

  const list = (exchange: Exchange): Reply => {
    const { query, user } = exchange;
    const text = (query.get('query') ?? '').toLowerCase();
    const view = query.get('view_option');
    const tag = query.get('tag');
    const found = newestFirst(user)
      .filter((prompt) => `${prompt.name} ${prompt.command} ${prompt.content}`.toLowerCase().includes(text))
      .filter((prompt) => view !== 'created' || prompt.user_id === user.id)
      .filter((prompt) => view !== 'shared' || prompt.user_id !== user.id)
      .filter((prompt) => tag === null || prompt.tags.includes(tag));
    const key = query.get('order_by');
    if (key === 'name') found.sort((a, b) => a.name.localeCompare(b.name));
    else if (key === 'created_at' || key === 'updated_at') found.sort((a, b) => a[key] - b[key]);
    if (key !== null && query.get('direction') === 'desc') found.reverse();
    return {
      json: {
        items: pageIn(found, pageOf(exchange), 30).map((prompt) => ({
          ...promptAnswer(prompt, user),
          user: makerOf(world, prompt.user_id),
        })),
        total: found.length,
      },
    };
  };

  const byCommand = ({ user, param }: Exchange): Reply => {
    const prompt = world.prompts.all().find((one) => one.command === param('command'));
    if (prompt === undefined || !may(user, prompt, 'read')) throw new Refusal(401, say.notFound);
    return { json: promptAnswer(prompt, user) };
  };

  const who = 'verified';
  const base = '/api/v1/prompts';
  return [
    {
      method: 'GET',
      path: `${base}/`,
      who,
      run: ({ user }) => ({
        json: newestFirst(user)
          .filter((prompt) => prompt.is_active)
          .map((prompt) => promptAnswer(prompt)),
      }),
    },
    { method: 'GET', path: `${base}/list`, who, run: list },
    {
      method: 'GET',
      path: `${base}/tags`,
      who,
      run: ({ user }) => ({
        json: [
          ...new Set(
            newestFirst(user)
              .filter((prompt) => prompt.is_active)
              .flatMap((prompt) => prompt.tags),
          ),
        ].sort(),
      }),
    },
    { method: 'POST', path: `${base}/create`, who, run: create },
    {
      method: 'GET',
      path: `${base}/id/:id`,
      who,
      run: ({ user, param }) => ({ json: promptAnswer(promptFor(world, user, param('id'), 'read'), user) }),
    },
    { method: 'POST', path: `${base}/id/:id/update`, who, run: update },
    { method: 'POST', path: `${base}/id/:id/update/meta`, who, run: updateMeta },
    { method: 'POST', path: `${base}/id/:id/update/version`, who, run: updateVersion },
    { method: 'POST', path: `${base}/id/:id/access/update`, who, run: updateAccess },
    {
      method: 'POST',
      path: `${base}/id/:id/toggle`,
      who,
      run: (exchange) => {
        const prompt = mine(exchange);
        return save({ ...prompt, is_active: !prompt.is_active, updated_at: seconds(world) });
      },
    },
    {
      method: 'DELETE',
      path: `${base}/id/:id/delete`,
      who,
      run: (exchange) => ({ json: world.prompts.drop(mine(exchange).id) }),
    },
    ...(since(world.profile, '0.9')
      ? []
      : [{ method: 'GET', path: `${base}/command/:command`, who, run: byCommand } satisfies Route]),
  ];
}
