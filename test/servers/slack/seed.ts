import type { Channel, User } from './model.ts';
import { nextId, type World } from './world.ts';

/** What a test says of a person; everything has a usual value. */
export interface UserSeed {
  readonly id?: string;
  readonly name: string;
  readonly realName?: string;
  readonly email?: string;
  readonly bot?: boolean;
  readonly guest?: 'multi' | 'single';
  /** From another workspace, through Slack Connect. */
  readonly stranger?: boolean;
  readonly deleted?: boolean;
  readonly presence?: 'active' | 'away';
  readonly tz?: string;
  readonly locale?: string;
}

/** What a test says of a conversation. `bot` tells whether the bot is in it (usual: yes). */
export interface ChannelSeed {
  readonly id?: string;
  readonly name?: string;
  readonly kind?: Channel['kind'];
  readonly members: readonly (User | string)[];
  readonly bot?: boolean;
  readonly archived?: boolean;
  readonly shared?: boolean;
}

/** Adds a person to the workspace. */
export function addUser(world: World, seed: UserSeed): User {
  const user: User = {
    id: seed.id ?? nextId(world, 'U'),
    name: seed.name,
    realName: seed.realName ?? seed.name,
    email: seed.email ?? (seed.bot ? null : `${seed.name}@example.test`),
    emailConfirmed: true,
    teamId: seed.stranger ? 'T0OTHER01' : world.teamId,
    isBot: seed.bot ?? false,
    guest: seed.guest ?? 'none',
    stranger: seed.stranger ?? false,
    deleted: seed.deleted ?? false,
    presence: seed.presence ?? 'active',
    tz: seed.tz ?? 'Etc/UTC',
    locale: seed.locale ?? 'en-US',
    botId: seed.bot ? nextId(world, 'B') : null,
  };
  world.users.set(user.id, user);
  return user;
}

const PREFIX = { public: 'C', private: 'G', im: 'D', mpim: 'G' } as const;

/** Adds a conversation to the workspace. Nobody is told. */
export function addChannel(world: World, seed: ChannelSeed): Channel {
  const kind = seed.kind ?? 'public';
  const id = seed.id ?? nextId(world, PREFIX[kind]);
  const members = new Set(seed.members.map((one) => (typeof one === 'string' ? one : one.id)));
  if (seed.bot ?? true) members.add(world.bot.id);
  const strangers = [...members].some((member) => world.users.get(member)?.stranger);
  const channel: Channel = {
    id,
    name: seed.name ?? id.toLowerCase(),
    kind,
    members,
    archived: seed.archived ?? false,
    shared: seed.shared ?? strangers,
    messages: [],
  };
  world.channels.set(id, channel);
  return channel;
}
