import { Refusal } from '../refusal.ts';
import { userJson } from '../wire.ts';
import { nextId, type World } from '../world.ts';
import type { Methods } from './method.ts';

const mail = (world: World) => world.scopes.has('users:read.email');

/** People, the team, bots, emoji, and the app's own standing. */
export const directoryMethods: Methods = {
  'auth.test': {
    scopes: [],
    token: 'any',
    run: (world) => ({
      url: `${world.origin}/`,
      team: world.teamName,
      user: world.bot.name,
      team_id: world.teamId,
      user_id: world.bot.id,
      bot_id: world.botId,
      is_enterprise_install: false,
    }),
  },
  'api.test': { scopes: [], token: 'any', run: (_world, { args }) => ({ args: args.all }) },
  'users.info': {
    scopes: ['users:read'],
    token: 'bot',
    run(world, { args }) {
      const user = world.users.get(args.need('user', 'user_not_found'));
      if (!user) throw new Refusal('user_not_found');
      return { user: userJson(user, mail(world)) };
    },
  },
  'users.list': {
    scopes: ['users:read'],
    token: 'bot',
    run(world, { args }) {
      const all = [...world.users.values()].filter((user) => !user.stranger);
      const limit = args.num('limit') || 1000;
      const from = Number(args.str('cursor') || 0);
      const next = from + limit < all.length ? String(from + limit) : '';
      const members = all.slice(from, from + limit).map((user) => userJson(user, mail(world)));
      return { members, cache_ts: Math.floor(world.clock.now() / 1000), response_metadata: { next_cursor: next } };
    },
  },
  'users.lookupByEmail': {
    scopes: ['users:read.email'],
    token: 'bot',
    run(world, { args }) {
      const email = args.need('email', 'users_not_found').toLowerCase();
      const user = [...world.users.values()].find(
        (one) => one.email?.toLowerCase() === email && !one.deleted && !one.stranger,
      );
      if (!user) throw new Refusal('users_not_found');
      return { user: userJson(user) };
    },
  },
  'usergroups.users.list': {
    scopes: ['usergroups:read'],
    token: 'bot',
    run(world, { args }) {
      const users = world.groups.get(args.need('usergroup', 'no_such_subteam'));
      if (!users) throw new Refusal('no_such_subteam');
      return { users: [...users] };
    },
  },
  'team.info': {
    scopes: ['team:read'],
    token: 'bot',
    run: (world) => ({
      team: { id: world.teamId, name: world.teamName, domain: world.domain, url: `${world.origin}/`, email_domain: '' },
    }),
  },
  'bots.info': {
    scopes: ['users:read'],
    token: 'bot',
    run(world, { args }) {
      const user = [...world.users.values()].find((one) => one.botId === (args.str('bot') ?? world.botId));
      if (!user) throw new Refusal('bot_not_found');
      const app = user.id === world.bot.id ? world.appId : nextId(world, 'A');
      return { bot: { id: user.botId, deleted: user.deleted, name: user.name, user_id: user.id, app_id: app } };
    },
  },
  'emoji.list': {
    scopes: ['emoji:read'],
    token: 'bot',
    run: (world) => ({ emoji: Object.fromEntries(world.emoji), cache_ts: String(world.clock.now() / 1000) }),
  },
};
