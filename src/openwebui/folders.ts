import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { json } from './request.ts';

/** A folder for chats. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
}

const folder = z
  .looseObject({ id: z.string(), name: z.string(), parent_id: z.string().nullish() })
  .transform((found): Folder => ({ id: found.id, name: found.name, parentId: found.parent_id ?? null }));

/** The person's folders. Fails as `forbidden` where folders are switched off. */
export async function listFolders(server: OpenWebUI): Promise<readonly Folder[]> {
  return await json(server, { method: 'GET', path: '/api/v1/folders/', about: 'folder' }, z.array(folder));
}

/** The person's folder of that name at the top level; makes it when there is none. */
export async function folderNamed(server: OpenWebUI, name: string): Promise<Folder> {
  const same = (each: Folder): boolean => each.parentId === null && each.name.toLowerCase() === name.toLowerCase();
  const found = (await listFolders(server)).find(same);
  if (found !== undefined) return found;
  return await json(server, { method: 'POST', path: '/api/v1/folders/', about: 'folder', body: { name } }, folder);
}
