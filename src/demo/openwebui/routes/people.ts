import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isKey } from '../credentials.ts';
import { type Exchange, jsonOf, pageIn, pageOf, type Reply } from '../exchange.ts';
import type { Json } from '../json.ts';
import { since } from '../profile.ts';
import type { User } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import { newKey, type World } from '../world.ts';

/** The password of every stand-in account, for trying sign-in. There is nothing to protect. */
const demoPassword = 'parley-demo';

/** What the real server also tells about a person, and nobody has filled in here. */
const unknown = {
  username: null,
  profile_image_url: '/user.png',
  profile_banner_image_url: null,
  gender: null,
  date_of_birth: null,
  timezone: null,
  presence_state: null,
  info: null,
  settings: null,
  oauth: null,
  scim: null,
};

/** At most this many sessions are remembered. */
const sessionLimit = 200;

/** Sign-in, keys, who am I, other users (our reference, openwebui 1 and 7). */
export function peopleRoutes(world: World): Route[] {
  const keyAllowed = () => {
    if (!world.settings.apiKeys) throw new Refusal(403, 'API key creation is not allowed in the environment.');
  };
  const me = (exchange: Exchange): Reply => {
    const { token, user } = exchange;
    if (since(world.profile, '0.12') && token !== null && isKey(token)) throw new Refusal(403, say.humanOnly);
    return {
      json: {
        ...session(user, token),
        bio: null,
        gender: null,
        date_of_birth: null,
        status_emoji: null,
        status_message: null,
        status_expires_at: null,
      },
    };
  };
  const users = (exchange: Exchange): Reply => {
    const query = (exchange.query.get('query') ?? '').toLowerCase();
    const found = world.users.all().filter((user) => `${user.name} ${user.email}`.toLowerCase().includes(query));
    return { json: { users: pageIn(found, pageOf(exchange), 30).map(shown), total: found.length } };
  };
  const who = 'verified';
  return [
    { method: 'POST', path: '/api/v1/auths/signin', who: 'anyone', run: (exchange) => signIn(world, exchange) },
    { method: 'GET', path: '/api/v1/auths/', who: 'signed-in', run: me },
    { method: 'POST', path: '/api/v1/auths/signout', who: 'signed-in', run: () => ({ json: { status: true } }) },
    {
      method: 'POST',
      path: '/api/v1/auths/api_key',
      who: 'signed-in',
      run: ({ user }) => {
        keyAllowed();
        return { json: { api_key: world.users.put({ ...user, api_key: newKey() }).api_key } };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/auths/api_key',
      who: 'signed-in',
      run: ({ user }) => {
        keyAllowed();
        if (user.api_key === null) throw new Refusal(404, say.noKey);
        return { json: { api_key: user.api_key } };
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/auths/api_key',
      who: 'signed-in',
      run: ({ user }) => {
        keyAllowed();
        world.users.put({ ...user, api_key: null });
        return { json: true };
      },
    },
    { method: 'GET', path: '/api/v1/users/search', who, run: users },
    { method: 'GET', path: '/api/v1/users/', who: 'admin', run: users },
    { method: 'GET', path: '/api/v1/users/permissions', who, run: ({ user }) => ({ json: permissions(user) }) },
    { method: 'GET', path: '/api/v1/users/groups', who, run: () => ({ json: [] }) },
    { method: 'GET', path: '/api/v1/groups/', who, run: () => ({ json: [] }) },
    { method: 'GET', path: '/api/v1/users/user/settings', who, run: () => ({ json: { ui: {} } }) },
    {
      method: 'GET',
      path: '/api/v1/users/user/status',
      who,
      run: ({ user }) => ({
        json: {
          ...shown(user),
          ...unknown,
          updated_at: user.created_at,
          created_at: user.created_at,
        },
      }),
    },
  ];
}

async function signIn(world: World, exchange: Exchange): Promise<Reply> {
  const form = await jsonOf(exchange, z.object({ email: z.string(), password: z.string() }));
  const user = world.users.all().find((one) => one.email === form.email.toLowerCase());
  if (user === undefined || form.password !== demoPassword) throw new Refusal(400, say.badLogin);
  const token = ['stand-in', user.id, randomBytes(16).toString('hex')]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  world.sessions.set(token, user.id);
  const oldest = world.sessions.keys().next().value;
  if (world.sessions.size > sessionLimit && oldest !== undefined) world.sessions.delete(oldest);
  return { json: session(user, token) };
}

function session(user: User, token: string | null): Json {
  const { id, email, name, role } = user;
  return {
    token,
    token_type: 'Bearer',
    expires_at: null,
    id,
    email,
    name,
    role,
    profile_image_url: '/user.png',
    permissions: permissions(user),
  };
}

function shown({ id, name, email, role, created_at }: User): Json {
  return {
    id,
    name,
    email,
    role,
    bio: null,
    groups: [],
    is_active: true,
    last_active_at: created_at,
    status_emoji: null,
    status_message: null,
    status_expires_at: null,
  };
}

function permissions(user: User): Json {
  return {
    workspace: { models: false, knowledge: user.prompts, prompts: user.prompts, tools: false, skills: false },
    sharing: { public_models: false, public_prompts: user.prompts },
    chat: {
      controls: true,
      file_upload: true,
      delete: true,
      delete_message: true,
      edit: true,
      share: true,
      export: true,
      import: true,
      temporary: true,
    },
    features: {
      api_keys: true,
      notes: false,
      channels: false,
      folders: true,
      web_search: false,
      image_generation: false,
      code_interpreter: false,
    },
  };
}
