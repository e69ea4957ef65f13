import * as z from 'zod';
import { invalidField, refuse } from './errors.ts';
import { guildPermissions } from './permissions.ts';
import type { Guild } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import { channelWire, guildWire, memberWire, roleWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** Where the gateway is and how many sessions may still start. */
export interface GatewayInfo {
  readonly url: string;
  readonly shards: number;
  readonly session_start_limit: { total: number; remaining: number; reset_after: number; max_concurrency: number };
}

/** Flags of the application: which privileged intents the portal granted. */
export function applicationFlags(world: World): number {
  const { app } = world;
  return (
    (app.presencesGranted ? 1 << 13 : 0) |
    (app.membersGranted ? 1 << 15 : 0) |
    (app.messageContentGranted ? 1 << 19 : 0)
  );
}

function application(call: Call): Reply {
  const { world } = call;
  const body = {
    id: world.app.id,
    name: world.app.user.username,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: applicationFlags(world),
    bot: userWire(world.app.user),
    approximate_guild_count: [...world.guilds.values()].filter((one) => one.members.has(world.app.user.id)).length,
    integration_types_config: { 0: {}, 1: {} },
    interactions_endpoint_url: null,
    team: null,
    owner: null,
  };
  return { status: 200, body };
}

function joined(call: Call): Guild {
  const guild = call.world.guilds.get(param(call, 'guild'));
  if (guild === undefined) throw refuse('unknownGuild');
  if (!guild.members.has(call.world.app.user.id)) throw refuse('missingAccess');
  return guild;
}

function member(call: Call): Reply {
  const guild = joined(call);
  const who = param(call, 'who');
  const id = who === '@me' ? call.world.app.user.id : who;
  const found = guild.members.get(id);
  if (found === undefined) throw refuse('unknownMember');
  return { status: 200, body: { ...memberWire(found), user: userWire(call.world.user(id)) } };
}

function members(call: Call): Reply {
  const guild = joined(call);
  if (!call.world.app.membersGranted) throw refuse('missingAccess');
  const limit = Number(call.query.get('limit') ?? 1);
  const after = call.query.get('after') ?? '0';
  const found = [...guild.members.values()].filter((one) => BigInt(one.userId) > BigInt(after)).slice(0, limit);
  return {
    status: 200,
    body: found.map((one) => ({ ...memberWire(one), user: userWire(call.world.user(one.userId)) })),
  };
}

function guilds(call: Call): Reply {
  const { world } = call;
  const me = world.app.user.id;
  const mine = [...world.guilds.values()].filter((one) => one.members.has(me));
  return {
    status: 200,
    body: mine.map((one) => ({
      id: one.id,
      name: one.name,
      icon: null,
      owner: one.ownerId === me,
      permissions: guildPermissions(one, me).toString(),
      features: [],
    })),
  };
}

function user(call: Call): Reply {
  const found = call.world.users.get(param(call, 'user'));
  if (found === undefined) throw refuse('unknownUser');
  return { status: 200, body: userWire(found) };
}

const links = z.object({ attachment_urls: z.array(z.string()).min(1).max(50) });

function refreshLinks(call: Call): Reply {
  const { world } = call;
  const body = links.safeParse(call.body);
  if (!body.success)
    throw invalidField(['attachment_urls'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 50 in length.');
  const refreshed_urls = body.data.attachment_urls.map((original) => {
    const id = /\/attachments\/\d+\/(\d+)\//.exec(original)?.[1] ?? '';
    const file = world.attachments.get(id);
    if (file === undefined) throw invalidField(['attachment_urls'], 'ATTACHMENT_NOT_FOUND', 'Unknown attachment');
    return { original, refreshed: world.links.sign(file) };
  });
  return { status: 200, body: { refreshed_urls } };
}

/** The app itself, people, servers, the gateway's address, renewed download links. */
export function basicRoutes(gateway: () => GatewayInfo): readonly Route[] {
  const other = { bucket: 'other' } as const;
  const perGuild = { bucket: 'other', major: 'guild' } as const;
  return [
    { method: 'GET', path: '/gateway/bot', ...other, run: () => ({ status: 200, body: gateway() }) },
    { method: 'GET', path: '/gateway', ...other, run: () => ({ status: 200, body: { url: gateway().url } }) },
    {
      method: 'GET',
      path: '/users/@me',
      ...other,
      run: (call) => ({ status: 200, body: userWire(call.world.app.user) }),
    },
    { method: 'GET', path: '/users/@me/guilds', ...other, run: guilds },
    { method: 'GET', path: '/users/:user', ...other, run: user },
    { method: 'GET', path: '/applications/@me', ...other, run: application },
    { method: 'GET', path: '/oauth2/applications/@me', ...other, run: application },
    {
      method: 'GET',
      path: '/guilds/:guild',
      ...perGuild,
      run: (call) => ({ status: 200, body: guildWire(call.world, joined(call)) }),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/channels',
      ...perGuild,
      run: (call) => ({
        status: 200,
        body: call.world
          .channelsOf(joined(call).id)
          .filter((one) => one.thread === null)
          .map((one) => channelWire(call.world, one)),
      }),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/roles',
      ...perGuild,
      run: (call) => ({ status: 200, body: [...joined(call).roles.values()].map(roleWire) }),
    },
    { method: 'GET', path: '/guilds/:guild/members', ...perGuild, run: members },
    { method: 'GET', path: '/guilds/:guild/members/:who', ...perGuild, run: member },
    { method: 'POST', path: '/attachments/refresh-urls', ...other, run: refreshLinks },
  ];
}
