import * as z from 'zod';
import type { OpenWebUI } from './connection.ts';
import { type Call, json, segment } from './request.ts';

const tags = z.array(z.looseObject({ id: z.string().optional(), name: z.string() }));

/**
 * Makes `names` the tags of a chat: adds what is missing, takes away the rest. Two names that differ only in case or in space
 * against `_` are one tag. The name `none`, which the server refuses, is left out.
 */
export async function setTags(server: OpenWebUI, chatId: string, names: readonly string[]): Promise<readonly string[]> {
  const wanted = new Map(names.map((name) => [idOf(name), name.trim()]));
  wanted.delete('');
  wanted.delete('none');
  let now = (await json(server, call(chatId, 'GET'), tags)).map((tag) => tag.name);
  const stored = new Map(now.map((name) => [idOf(name), name]));
  for (const [id, name] of stored) if (!wanted.has(id)) now = await change(server, chatId, 'DELETE', name);
  for (const [id, name] of wanted) if (!stored.has(id)) now = await change(server, chatId, 'POST', name);
  return now;
}

async function change(server: OpenWebUI, chatId: string, method: 'POST' | 'DELETE', name: string): Promise<string[]> {
  return (await json(server, { ...call(chatId, method), body: { name } }, tags)).map((tag) => tag.name);
}

function idOf(name: string): string {
  return name.trim().toLowerCase().replaceAll(' ', '_');
}

function call(chatId: string, method: Call['method']): Call {
  return { method, path: `/api/v1/chats/${segment(chatId)}/tags`, about: 'chat' };
}
