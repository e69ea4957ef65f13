import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import type { OpenWebUI } from './connection.ts';
import { json, saysKeyIsGood } from './request.ts';

/** How a server stores chats: `0.10` stands for itself and everything later, `0.8` for itself and everything older. */
export type Generation = '0.8' | '0.9' | '0.10';

/** Who a key belongs to. The profile fields are null where the person left them empty. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** `admin`, `user` or `pending`. */
  readonly role: string;
  readonly bio: string | null;
  readonly gender: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  /** What the person may do, as the server tells it: `permissions.chat.share === true`. Empty when it does not tell. */
  readonly permissions: Readonly<Record<string, unknown>>;
}

/** What the server tells about itself to anyone; more of it when it accepts the credential here (API keys it does not: trap 7). */
export interface ServerConfig {
  readonly name: string;
  readonly version: string | null;
  /** Feature flags such as `enable_websocket`. */
  readonly features: Readonly<Record<string, unknown>>;
}

const word = z.string().min(1).nullish().catch(null);
const record = z.record(z.string(), z.unknown()).nullish().catch(null);
const versionAnswer = z.looseObject({ version: z.string() });
const accountAnswer = z.looseObject({
  id: z.string(),
  name: z.string().catch(''),
  email: word,
  role: z.string().catch('user'),
  bio: word,
  gender: word,
  date_of_birth: word,
  permissions: record,
});
const configAnswer = z.looseObject({ name: word, version: word, features: record });
const healthAnswer = z.looseObject({ status: z.boolean() });

/** The server's version; asked once per connection unless `refresh` is set. Needs no key. */
export async function version(
  server: OpenWebUI,
  options: { readonly refresh?: boolean } = {},
): Promise<{ version: string; generation: Generation }> {
  if (server.learnt.version === null || options.refresh === true) {
    const call = { method: 'GET', path: '/api/version', about: 'server' } as const;
    server.learnt.version = (await json(server, call, versionAnswer)).version;
  }
  return { version: server.learnt.version, generation: generationOf(server.learnt.version) };
}

/** The generation of a version's text. What is no version counts as the newest. */
export function generationOf(text: string): Generation {
  if (isAtLeast(text, 0, 10)) return '0.10';
  return isAtLeast(text, 0, 9) ? '0.9' : '0.8';
}

/**
 * Whether the version is at least `major.minor`. What is no version counts as the newest.
 */
export function isAtLeast(text: string, major: number, minor: number): boolean {
  const numbers = /^v?(\d+)\.(\d+)/.exec(text.trim());
  if (numbers === null) return true;
  const difference = Number(numbers[1]) - major;
  return difference > 0 || (difference === 0 && Number(numbers[2]) >= minor);
}

/**
 * Who the key belongs to; the surest test of a key. Fails as `unauthorized` when it is not good. Newer servers tell a key less
 * than a person, and from another path (docs/openwebui-compatibility.md): profile fields they leave out are null.
 */
export async function whoAmI(server: OpenWebUI): Promise<Account> {
  const answer = await profile(server);
  return {
    id: answer.id,
    name: answer.name,
    email: answer.email ?? null,
    role: answer.role,
    bio: answer.bio ?? null,
    gender: answer.gender ?? null,
    birthDate: answer.date_of_birth ?? null,
    permissions: answer.permissions ?? {},
  };
}

async function profile(server: OpenWebUI): Promise<z.infer<typeof accountAnswer>> {
  try {
    return await json(server, { method: 'GET', path: '/api/v1/auths/', about: 'account' }, accountAnswer);
  } catch (error) {
    if (!(error instanceof Failure) || !saysKeyIsGood(error)) throw error;
    return await json(server, { method: 'GET', path: '/api/v1/users/user/status', about: 'account' }, accountAnswer);
  }
}

/** The server's public configuration. */
export async function config(server: OpenWebUI): Promise<ServerConfig> {
  const answer = await json(server, { method: 'GET', path: '/api/config', about: 'server' }, configAnswer);
  return {
    name: answer.name ?? 'Open WebUI',
    version: answer.version ?? null,
    features: answer.features ?? {},
  };
}

/** Whether the server says that it is up. Throws when it cannot be reached or is something else. */
export async function health(server: OpenWebUI): Promise<boolean> {
  return (await json(server, { method: 'GET', path: '/health', about: 'server', timeoutMs: 5000 }, healthAnswer))
    .status;
}
