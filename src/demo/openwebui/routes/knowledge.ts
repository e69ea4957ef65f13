import * as z from 'zod';
import { grantsFor, may } from '../access.ts';
import { type Exchange, jsonOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import { asText } from '../json.ts';
import { grantForm, type Knowledge } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const form = z.object({ name: z.string(), description: z.string(), access_grants: z.nullish(z.array(grantForm)) });

/** Collections of files, and the list of tools (our reference, openwebui 7). Errors are mostly 400 here, as on the real server. */
export function knowledgeRoutes(world: World): Route[] {
  const get = ({ user, param }: Exchange, permission: 'read' | 'write'): Knowledge => {
    const found = world.knowledge.get(param('id'));
    if (found === null || !may(user, found, permission))
      throw new Refusal(permission === 'read' ? 401 : 400, say.notFound);
    return found;
  };
  const shown = ({ file_ids: _, ...knowledge }: Knowledge, exchange: Exchange) => ({
    ...knowledge,
    files: null,
    user: null,
    write_access: may(exchange.user, knowledge, 'write'),
  });
  const list = (exchange: Exchange): Reply => {
    const text = (exchange.query.get('query') ?? '').toLowerCase();
    const found = world.knowledge
      .all()
      .filter(
        (one) => may(exchange.user, one, 'read') && `${one.name} ${one.description}`.toLowerCase().includes(text),
      );
    return {
      json: { items: pageIn(found, pageOf(exchange), 30).map((one) => shown(one, exchange)), total: found.length },
    };
  };
  const create = async (exchange: Exchange): Promise<Reply> => {
    const fields = await jsonOf(exchange, form);
    const { user } = exchange;
    if (user.role !== 'admin' && !user.prompts) throw new Refusal(401, say.unauthorized);
    const id = newId();
    const now = seconds(world);
    const made: Knowledge = {
      id,
      user_id: user.id,
      name: fields.name,
      description: fields.description,
      meta: null,
      access_grants: grantsFor(world, user, 'knowledge', id, fields.access_grants ?? []),
      created_at: now,
      updated_at: now,
      file_ids: [],
    };
    return { json: shown(world.knowledge.put(made), exchange) };
  };
  const withFile = async (exchange: Exchange, change: (ids: string[], id: string) => string[]): Promise<Reply> => {
    const { file_id } = await jsonOf(exchange, z.object({ file_id: z.string() }));
    const knowledge = get(exchange, 'write');
    const file = world.files.get(file_id);
    if (file === null) throw new Refusal(400, say.notFound);
    if (asText(file.data.content) === null) throw new Refusal(400, say.notProcessed);
    return {
      json: shown(world.knowledge.put({ ...knowledge, file_ids: change(knowledge.file_ids, file_id) }), exchange),
    };
  };

  const who = 'verified';
  const base = '/api/v1/knowledge';
  return [
    { method: 'GET', path: `${base}/`, who, run: list },
    { method: 'GET', path: `${base}/search`, who, run: list },
    { method: 'POST', path: `${base}/create`, who, run: create },
    { method: 'GET', path: `${base}/:id`, who, run: (exchange) => ({ json: shown(get(exchange, 'read'), exchange) }) },
    {
      method: 'GET',
      path: `${base}/:id/files`,
      who,
      run: (exchange) => {
        const files = get(exchange, 'read').file_ids.flatMap((id) => world.files.get(id) ?? []);
        return {
          json: { items: pageIn(files, pageOf(exchange), 30), directories: [], breadcrumbs: [], total: files.length },
        };
      },
    },
    {
      method: 'POST',
      path: `${base}/:id/file/add`,
      who,
      run: (exchange) =>
        withFile(exchange, (ids, id) => {
          if (ids.includes(id))
            throw new Refusal(400, 'Duplicate content detected. Please provide unique content to proceed.');
          return [...ids, id];
        }),
    },
    {
      method: 'POST',
      path: `${base}/:id/file/remove`,
      who,
      run: (exchange) => withFile(exchange, (ids, id) => ids.filter((one) => one !== id)),
    },
    {
      method: 'DELETE',
      path: `${base}/:id/delete`,
      who,
      run: (exchange) => ({ json: world.knowledge.drop(get(exchange, 'write').id) }),
    },
    {
      method: 'GET',
      path: '/api/v1/tools/',
      who,
      run: () => ({
        json: [
          {
            id: 'demo_clock',
            user_id: '00000000-0000-4000-8000-000000000001',
            name: 'Clock',
            meta: { description: 'Tells the time. The stand-in only lists it.' },
            access_grants: [],
            updated_at: 1_700_000_000,
            created_at: 1_700_000_000,
          },
        ],
      }),
    },
    {
      method: 'POST',
      path: '/api/v1/images/generations',
      who,
      run: () => {
        throw new Refusal(403, say.prohibited);
      },
    },
  ];
}
