import * as z from 'zod';
import { Failure, type ProblemKind } from '../chat/errors.ts';
import type { OpenWebUI } from './connection.ts';
import type { Grant, Prompt, PromptVersion } from './prompt-rows.ts';
import { accessControlBody, grantBody, promptRow, versionRow } from './prompt-rows.ts';
import { type Call, json, segment } from './request.ts';
import { isAtLeast, version } from './server.ts';

/** What a prompt is made of. What is left out stays as it is, or empty in a new one; `null` is never sent (our reference, openwebui trap 10). */
export interface PromptDraft {
  readonly command: string;
  readonly name: string;
  readonly content: string;
  readonly tags?: readonly string[] | undefined;
  readonly grants?: readonly Grant[] | undefined;
  /** What is said about the change in the history. */
  readonly message?: string | undefined;
}

/** Which prompts, in which order. Servers before 0.8 know `query` only, which is then looked for here. */
export interface PromptFilter {
  /** Looked for in name, command and text. */
  readonly query?: string | undefined;
  readonly tag?: string | undefined;
  readonly view?: 'created' | 'shared' | undefined;
  readonly order?: 'name' | 'created_at' | 'updated_at' | undefined;
  readonly direction?: 'asc' | 'desc' | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

/** How many prompts one page has, on every server. */
export const PROMPTS_PER_PAGE = 30;
/** How many versions one page of the history has. */
export const VERSIONS_PER_PAGE = 20;

const base = '/api/v1/prompts';
const rows = z.array(z.unknown());

/** The active prompts that this key may read, newest first. A row that is not understood is left out. */
export async function listPrompts(server: OpenWebUI): Promise<readonly Prompt[]> {
  return understood(await json(server, get('/'), rows));
}

/** One page of the prompts, inactive ones too, and how many there are in all. */
export async function pagePrompts(
  server: OpenWebUI,
  filter: PromptFilter,
): Promise<{ readonly items: readonly Prompt[]; readonly total: number }> {
  if (await isOld(server)) return pageOfOld(server, filter);
  const query = {
    query: filter.query,
    view_option: filter.view,
    tag: filter.tag,
    order_by: filter.order,
    direction: filter.order && (filter.direction ?? (filter.order === 'name' ? 'asc' : 'desc')),
    page: filter.page ?? 1,
  };
  const answer = z.looseObject({ items: rows, total: z.number() });
  const { items, total } = await json(server, { ...get('/list'), query }, answer);
  return { items: understood(items), total };
}

async function pageOfOld(server: OpenWebUI, filter: PromptFilter) {
  if (filter.tag !== undefined) throw tooOld('tags of prompts');
  if (filter.view !== undefined) throw tooOld('which prompts are one’s own and which are shared');
  const wanted = (filter.query ?? '').toLowerCase();
  const all = (await listPrompts(server)).filter((prompt) =>
    `${prompt.name} ${prompt.command} ${prompt.content}`.toLowerCase().includes(wanted),
  );
  if (filter.order === 'name') all.sort((a, b) => a.name.localeCompare(b.name));
  const from = ((filter.page ?? 1) - 1) * PROMPTS_PER_PAGE;
  return { items: all.slice(from, from + PROMPTS_PER_PAGE), total: all.length };
}

/** The prompt of this id. Fails as `missing` when it is not there or not readable. */
export async function readPrompt(server: OpenWebUI, id: string): Promise<Prompt> {
  return await json(server, get((await isOld(server)) ? `/command/${segment(id)}` : `/id/${segment(id)}`), promptRow);
}

/** All tags of active prompts. */
export async function promptTags(server: OpenWebUI): Promise<readonly string[]> {
  if (await isOld(server)) throw tooOld('tags of prompts');
  return await json(server, get('/tags'), z.array(z.string()));
}

/** Makes a prompt. Fails as `invalid` when its command is taken, as `forbidden` for those who may not make any. */
export async function createPrompt(server: OpenWebUI, draft: PromptDraft): Promise<Prompt> {
  const old = await isOld(server);
  // Before 0.8 a prompt was open to everybody unless it said otherwise; the same draft means the same everywhere.
  const grants = old ? (draft.grants ?? []) : draft.grants;
  const body = old ? oldBody({ ...draft, command: `/${draft.command}` }, grants ?? []) : newBody(draft);
  return await inWords(() => json(server, post('/create', body), promptRow));
}

/** Changes a prompt and makes a version of it in the history. What the draft leaves out stays: tags and grants too. */
export async function updatePrompt(server: OpenWebUI, id: string, draft: PromptDraft): Promise<Prompt> {
  if (!(await isOld(server)))
    return await inWords(() => json(server, post(`/id/${segment(id)}/update`, newBody(draft)), promptRow));
  if (draft.command !== id) throw tooOld('how to rename the command of a prompt');
  if (draft.message !== undefined) throw tooOld('what was said about a change');
  const grants = draft.grants ?? (await readPrompt(server, id)).grants;
  const body = oldBody({ ...draft, command: `/${id}` }, grants);
  return await inWords(() => json(server, post(`/command/${segment(id)}/update`, body), promptRow));
}

/** Changes name, command and tags without a version in the history. Tags left out stay. */
export async function changePromptMeta(
  server: OpenWebUI,
  id: string,
  meta: { readonly name: string; readonly command: string; readonly tags?: readonly string[] | undefined },
): Promise<Prompt> {
  if (await isOld(server)) {
    if (meta.tags !== undefined) throw tooOld('tags of prompts');
    const { content } = await readPrompt(server, id);
    return await updatePrompt(server, id, { ...meta, content });
  }
  // Where tags are left out, versions differ in what becomes of them: send those there are.
  const tags = meta.tags ?? (await readPrompt(server, id)).tags;
  const body = { name: meta.name, command: meta.command, tags };
  return await inWords(() => json(server, post(`/id/${segment(id)}/update/meta`, body), promptRow));
}

/** Switches a prompt on or off, whichever it is not. */
export async function togglePrompt(server: OpenWebUI, id: string): Promise<Prompt> {
  if (await isOld(server)) throw tooOld('how to switch prompts off');
  return await inWords(() => json(server, post(`/id/${segment(id)}/toggle`, undefined), promptRow));
}

/** Sets who may read and write a prompt besides its owner; nobody when empty. */
export async function sharePrompt(server: OpenWebUI, id: string, grants: readonly Grant[]): Promise<Prompt> {
  if (await isOld(server)) {
    const { command, name, content } = await readPrompt(server, id);
    return await updatePrompt(server, id, { command, name, content, grants });
  }
  const body = { access_grants: grantBody(grants) };
  return await inWords(() => json(server, post(`/id/${segment(id)}/access/update`, body), promptRow));
}

/** Deletes a prompt with its history. */
export async function deletePrompt(server: OpenWebUI, id: string): Promise<void> {
  const path = (await isOld(server)) ? `/command/${segment(id)}/delete` : `/id/${segment(id)}/delete`;
  await inWords(() => json(server, { ...get(path), method: 'DELETE' }, z.unknown()));
}

/** One page of a prompt's versions, newest first, at most {@link VERSIONS_PER_PAGE}. `page` from 0. */
export async function promptHistory(server: OpenWebUI, id: string, page = 0): Promise<readonly PromptVersion[]> {
  if (await isOld(server)) throw tooOld('earlier versions of prompts');
  const call = { ...get(`/id/${segment(id)}/history`), query: { page } };
  return await json(server, call, z.array(versionRow));
}

/** One version of a prompt. Fails as `missing` when there is none of this id. */
export async function promptVersion(server: OpenWebUI, id: string, entry: string): Promise<PromptVersion> {
  if (await isOld(server)) throw tooOld('earlier versions of prompts');
  return await json(server, get(`/id/${segment(id)}/history/${segment(entry)}`), versionRow);
}

/** Deletes one version. Fails as `invalid` for the live one. */
export async function deletePromptVersion(server: OpenWebUI, id: string, entry: string): Promise<void> {
  if (await isOld(server)) throw tooOld('earlier versions of prompts');
  const call = { ...get(`/id/${segment(id)}/history/${segment(entry)}`), method: 'DELETE' } as const;
  await inWords(() => json(server, call, z.unknown()));
}

/** Puts the name, text and tags of a version back; command and grants stay. */
export async function setPromptVersion(server: OpenWebUI, id: string, entry: string): Promise<Prompt> {
  if (await isOld(server)) throw tooOld('earlier versions of prompts');
  const body = { version_id: entry };
  return await inWords(() => json(server, post(`/id/${segment(id)}/update/version`, body), promptRow));
}

/** Servers before 0.8 know a prompt by its command and have neither tags, versions nor a switch (our reference, openwebui 5). */
async function isOld(server: OpenWebUI): Promise<boolean> {
  return !isAtLeast((await version(server)).version, 0, 8);
}

function understood(found: readonly unknown[]): Prompt[] {
  return found.flatMap((row) => {
    const parsed = promptRow.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

function get(path: string) {
  return { method: 'GET', path: `${base}${path}`, about: 'prompt' } as const;
}

function post(path: string, body: unknown): Call {
  return { method: 'POST', path: `${base}${path}`, about: 'prompt', body };
}

function newBody({ command, name, content, tags, grants, message }: PromptDraft) {
  return {
    command,
    name,
    content,
    ...(tags && { tags }),
    ...(grants && { access_grants: grantBody(grants) }),
    ...(message && { commit_message: message }),
  };
}

function oldBody({ command, name, content, tags }: PromptDraft, grants: readonly Grant[]) {
  if (tags !== undefined && tags.length > 0) throw tooOld('tags of prompts');
  return { command, title: name, content, access_control: accessControlBody(grants) };
}

function tooOld(what: string): Failure {
  return failed('missing', `This Open WebUI is older than 0.8 and does not know ${what}.`, `before 0.8: ${what}`);
}

/** Says in words for the person what the server refuses in its own. */
async function inWords<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { kind, detail } = error.problem;
    if (/already registered/i.test(detail)) throw failed('invalid', 'Another prompt has that command already.', detail);
    if (/active production version/i.test(detail))
      throw failed('invalid', 'That version is the live one and cannot be deleted.', detail);
    if (/update\/version/.test(detail) && kind === 'invalid')
      throw failed('missing', 'That version is not there any more.', detail);
    if (/\/create\b/.test(detail) && kind === 'forbidden')
      throw failed('forbidden', 'Open WebUI does not let this account make prompts. An administrator can.', detail);
    throw error;
  }
}

function failed(kind: ProblemKind, say: string, detail: string): Failure {
  return new Failure({ kind, retry: { when: 'never' }, say, detail });
}
