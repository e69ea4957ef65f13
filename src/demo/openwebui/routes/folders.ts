import * as z from 'zod';
import { type Exchange, flagOf, jsonOf, type Reply } from '../exchange.ts';
import { since } from '../profile.ts';
import { anyObject, type Folder } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newId, seconds, type World } from '../world.ts';

const createForm = z.strictObject({
  name: z.string(),
  parent_id: z.nullish(z.string()),
  data: z.nullish(anyObject),
  meta: z.nullish(anyObject),
});
const updateForm = z.strictObject({
  name: z.nullish(z.string()),
  data: z.nullish(anyObject),
  meta: z.nullish(anyObject),
});

/** Folders of chats (our reference, openwebui 7). Deleting one takes its chats along unless `delete_contents=false`. */
export function folderRoutes(world: World): Route[] {
  const own = ({ user, param }: Exchange): Folder => {
    const folder = world.folders.get(param('id'));
    if (folder === null || folder.user_id !== user.id) throw new Refusal(404, say.notFound);
    return folder;
  };
  const free = (exchange: Exchange, name: string, parent: string | null, self: string | null) => {
    const taken = world.folders
      .all()
      .some(
        (one) => one.user_id === exchange.user.id && one.name === name && one.parent_id === parent && one.id !== self,
      );
    if (taken) throw new Refusal(400, '[ERROR: Folder already exists]');
  };
  const save = (folder: Folder): Reply => ({ json: world.folders.put({ ...folder, updated_at: seconds(world) }) });

  const list = ({ user }: Exchange): Reply => ({
    json: world.folders
      .all()
      .filter((folder) => folder.user_id === user.id)
      .map(({ id, name, meta, parent_id, is_expanded, created_at, updated_at }) => ({
        id,
        name,
        meta,
        parent_id,
        is_expanded,
        ...(since(world.profile, '0.12') && { unread_count: 0 }),
        created_at,
        updated_at,
      })),
  });

  const create = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, createForm);
    const parent_id = form.parent_id ?? null;
    free(exchange, form.name, parent_id, null);
    const now = seconds(world);
    return save({
      id: newId(),
      parent_id,
      user_id: exchange.user.id,
      name: form.name,
      meta: form.meta ?? null,
      data: form.data ?? null,
      is_expanded: false,
      created_at: now,
      updated_at: now,
    });
  };

  const update = async (exchange: Exchange): Promise<Reply> => {
    const form = await jsonOf(exchange, updateForm);
    const folder = own(exchange);
    const name = form.name ?? folder.name;
    free(exchange, name, folder.parent_id, folder.id);
    return save({ ...folder, name, data: form.data ?? folder.data, meta: form.meta ?? folder.meta });
  };

  const drop = (exchange: Exchange): Reply => {
    const folder = own(exchange);
    const gone = subtree(world, folder.id);
    for (const chat of world.chats.all()) {
      if (chat.folder_id === null || !gone.has(chat.folder_id)) continue;
      if (flagOf(exchange, 'delete_contents', true)) world.chats.drop(chat.id);
      else world.chats.put({ ...chat, folder_id: null });
    }
    for (const id of gone) world.folders.drop(id);
    return { json: true };
  };

  const who = 'verified';
  const base = '/api/v1/folders';
  return [
    { method: 'GET', path: `${base}/`, who, run: list },
    { method: 'POST', path: `${base}/`, who, run: create },
    { method: 'GET', path: `${base}/:id`, who, run: (exchange) => ({ json: own(exchange) }) },
    { method: 'POST', path: `${base}/:id/update`, who, run: update },
    {
      method: 'POST',
      path: `${base}/:id/update/parent`,
      who,
      run: async (exchange) => {
        const form = await jsonOf(exchange, z.object({ parent_id: z.nullish(z.string()) }));
        const folder = own(exchange);
        const parent_id = form.parent_id ?? null;
        free(exchange, folder.name, parent_id, folder.id);
        return save({ ...folder, parent_id });
      },
    },
    {
      method: 'POST',
      path: `${base}/:id/update/expanded`,
      who,
      run: async (exchange) => {
        const form = await jsonOf(exchange, z.object({ is_expanded: z.boolean() }));
        return save({ ...own(exchange), is_expanded: form.is_expanded });
      },
    },
    { method: 'DELETE', path: `${base}/:id`, who, run: drop },
  ];
}

/** A folder's id and those of everything below it. */
function subtree(world: World, root: string): Set<string> {
  const found = new Set([root]);
  const folders = world.folders.all();
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const folder of folders) if (folder.parent_id !== null && found.has(folder.parent_id)) found.add(folder.id);
  }
  return found;
}
