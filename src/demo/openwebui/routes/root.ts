import { isKey } from '../credentials.ts';
import { type Exchange, jsonOf, type Reply } from '../exchange.ts';
import type { Json } from '../json.ts';
import { page } from '../page.ts';
import { since, versionOf } from '../profile.ts';
import { anyObject } from '../records.ts';
import { Refusal, say } from '../refusal.ts';
import type { Route } from '../router.ts';
import type { World } from '../world.ts';

/** Health, version, configuration, the models, and the two web pages (our reference, openwebui 1 and 2). */
export function rootRoutes(world: World): Route[] {
  const healthy = () => ({ json: { status: true } });
  const who = 'verified';
  return [
    { method: 'GET', path: '/health', who: 'anyone', run: healthy },
    { method: 'GET', path: '/health/db', who: 'anyone', run: healthy },
    ...(since(world.profile, '0.8')
      ? [{ method: 'GET', path: '/ready', who: 'anyone', run: healthy } satisfies Route]
      : []),
    {
      method: 'GET',
      path: '/api/version',
      who: 'anyone',
      run: () => ({ json: { version: versionOf(world.profile), deployment_id: '' } }),
    },
    { method: 'GET', path: '/api/config', who: 'anyone', run: (exchange) => ({ json: config(world, exchange) }) },
    { method: 'GET', path: '/api/models', who, run: (exchange) => models(world, exchange) },
    { method: 'GET', path: '/api/v1/models', who, run: (exchange) => models(world, exchange) },
    { method: 'GET', path: '/api/models/base', who: 'admin', run: (exchange) => models(world, exchange) },
    {
      method: 'GET',
      path: '/api/v1/models/model',
      who,
      run: ({ query }) => {
        const found = world.model.models.find((entry) => entry.id === query.get('id') && entry.adminOnly !== true);
        if (found === undefined) throw new Refusal(404, say.notFound);
        return { json: { ...info(world, found), write_access: false } };
      },
    },
    { method: 'GET', path: '/api/usage', who, run: () => ({ json: { model_ids: [], user_count: 1 } }) },
    { method: 'POST', path: '/api/chat/completed', who, run: completed },
    { method: 'GET', path: '/', who: 'anyone', run: (exchange) => home(world, exchange) },
    { method: 'GET', path: '/c/:id', who: 'anyone', run: (exchange) => chatPage(world, exchange) },
  ];
}

function models(world: World, { user }: Exchange): Reply {
  world.modelsRead = true;
  const seen = world.model.models.filter((entry) => entry.adminOnly !== true || user.role === 'admin');
  return {
    json: {
      data: seen.map((entry) => ({
        id: entry.id,
        name: entry.name,
        object: 'model',
        created: 1_700_000_000,
        owned_by: 'openai',
        connection_type: 'external',
        openai: { id: entry.id, object: 'model', owned_by: 'parley' },
        urlIdx: 0,
        ...(since(world.profile, '0.10') && { provider: '' }),
        tags: [],
        actions: [],
        filters: [],
        ...(entry.adminOnly !== true && { info: info(world, entry) }),
      })),
    },
  };
}

function info(world: World, entry: World['model']['models'][number]): Json {
  return {
    id: entry.id,
    user_id: '00000000-0000-4000-8000-000000000001',
    base_model_id: null,
    name: entry.name,
    params: {},
    meta: {
      description: entry.description,
      capabilities: { vision: entry.vision, usage: true },
      tags: [],
      ...(entry.toolIds !== undefined && { toolIds: entry.toolIds }),
    },
    ...(since(world.profile, '0.8') ? { access_grants: [] } : { access_control: null }),
    is_active: true,
    updated_at: 1_700_000_000,
    created_at: 1_700_000_000,
  };
}

function config(world: World, { token }: Exchange): Json {
  const known = token !== null && !isKey(token) && world.sessions.has(token);
  return {
    status: true,
    name: 'Open WebUI (Parley stand-in)',
    version: versionOf(world.profile),
    default_locale: '',
    ...(since(world.profile, '0.12') && { i18n: {} }),
    oauth: { providers: {}, ...(since(world.profile, '0.9') && { auto_redirect: false }) },
    features: {
      ...(since(world.profile, '0.12') && { slim: false }),
      auth: true,
      auth_trusted_header: false,
      enable_signup_password_confirmation: false,
      enable_ldap: false,
      enable_signup: false,
      enable_login_form: true,
      enable_websocket: true,
      ...(known && {
        enable_api_keys: world.settings.apiKeys,
        enable_folders: true,
        enable_channels: false,
        enable_notes: false,
        enable_web_search: false,
        enable_image_generation: false,
        enable_autocomplete_generation: world.settings.autocomplete,
      }),
    },
    ...(known && {
      default_models: world.model.models[0]?.id ?? null,
      default_prompt_suggestions: [],
      file: { max_size: Math.floor(world.settings.uploadLimit / 1024 / 1024), max_count: null },
    }),
  };
}

/** The old outlet filters' address: gives the body back, and asks for the same four keys as the real one. */
async function completed(exchange: Exchange): Promise<Reply> {
  const body = await jsonOf(exchange, anyObject);
  if (!('id' in body)) throw new Refusal(400, 'Missing message id');
  for (const key of ['chat_id', 'session_id', 'model']) if (!(key in body)) throw new Refusal(400, `'${key}'`);
  return { json: body };
}

/** The pages show chats without a sign-in, so they answer only to a browser that came here by a loopback name. */
function fromHere({ request }: Exchange): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? '');
}

function home(world: World, exchange: Exchange): Reply {
  if (!fromHere(exchange)) return { html: page.shell(), status: 403 };
  const chats = world.chats.all().sort((a, b) => b.updated_at - a.updated_at);
  return { html: page.home(chats.slice(0, 200)) };
}

function chatPage(world: World, exchange: Exchange): Reply {
  const chat = world.chats.get(exchange.param('id'));
  if (chat === null || !fromHere(exchange)) return { html: page.shell() };
  return { html: page.chat(chat) };
}
