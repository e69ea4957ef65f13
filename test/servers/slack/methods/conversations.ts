import { directChannel, readableChannel, scopeFor, visibleChannel } from '../access.ts';
import type { Args } from '../args.ts';
import type { Json } from '../json.ts';
import { thread } from '../messages.ts';
import type { Channel, Message } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { channelJson, messageJson } from '../wire.ts';
import { changed, nextId, type World } from '../world.ts';
import type { Method, Methods } from './method.ts';

const scoped = (what: 'read' | 'history' | 'write') => (world: World, args: Args) =>
  scopeFor(world, args.str('channel'), what);

/** One page of messages with a cursor; `cursor` is the position of the next page. */
function page<T>(all: readonly T[], args: Args, most: number, usual: number): { items: T[]; next: string } {
  const limit = args.num('limit') ?? usual;
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw new Refusal('invalid_limit');
  const cursor = args.str('cursor');
  const from = cursor ? Number(Buffer.from(cursor, 'base64').toString()) : 0;
  if (!Number.isInteger(from) || from < 0) throw new Refusal('invalid_cursor');
  const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64') : '';
  return { items: all.slice(from, from + limit), next };
}

/** The messages between `oldest` and `latest` (exclusive unless `inclusive`). */
function between(messages: readonly Message[], args: Args): Message[] {
  const oldest = Number(args.str('oldest') || 0);
  const latest = Number(args.str('latest') || Number.POSITIVE_INFINITY);
  const inclusive = args.flag('inclusive');
  return messages.filter((message) => {
    const ts = Number(message.ts);
    return inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  });
}

function answer(world: World, args: Args, pageOf: { items: Message[]; next: string }): Json {
  const metadata = args.flag('include_all_metadata');
  return {
    messages: pageOf.items.map((message) => messageJson(world, message, metadata)),
    has_more: pageOf.next !== '',
    ...(pageOf.next ? { response_metadata: { next_cursor: pageOf.next } } : {}),
  };
}

const history: Method = {
  scopes: scoped('history'),
  token: 'bot',
  run(world, { args }) {
    const channel = readableChannel(world, args.need('channel', 'channel_not_found'));
    const top = channel.messages.filter(
      (message) => message.deletedAt === null && (message.threadTs === null || message.broadcast),
    );
    return answer(world, args, page(between(top, args).reverse(), args, 999, 100));
  },
};

const replies: Method = {
  scopes: scoped('history'),
  token: 'bot',
  run(world, { args }) {
    const channel = readableChannel(world, args.need('channel', 'channel_not_found'));
    const ts = args.need('ts', 'thread_not_found');
    const asked = channel.messages.find((message) => message.ts === ts);
    const whole = thread(channel, asked?.threadTs ?? ts);
    if (whole.length === 0) throw new Refusal('thread_not_found');
    const [root, ...rest] = whole;
    const within = between(rest, args);
    // Slack gives the root with every answer, whatever the bounds.
    const all = root && root.threadTs === null ? [root, ...within] : between(whole, args);
    return answer(world, args, page(all, args, 1000, 1000));
  },
};

function otherMember(world: World, users: readonly string[]): Channel {
  for (const id of users) if (!world.users.has(id)) throw new Refusal('user_not_found');
  const [only] = users;
  if (users.length === 1 && only) return directChannel(world, only);
  const members = new Set([...users, world.bot.id]);
  const same = (channel: Channel) =>
    channel.kind === 'mpim' &&
    channel.members.size === members.size &&
    [...members].every((id) => channel.members.has(id));
  const found = [...world.channels.values()].find(same);
  if (found) return found;
  const id = nextId(world, 'G');
  const made: Channel = { id, name: `mpdm-${id}`, kind: 'mpim', members, archived: false, shared: false, messages: [] };
  world.channels.set(id, made);
  return made;
}

/** `conversations.*`. */
export const conversationMethods: Methods = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.info': {
    scopes: scoped('read'),
    token: 'bot',
    run: (world, { args }) => ({
      channel: channelJson(world, visibleChannel(world, args.need('channel', 'channel_not_found'))),
    }),
  },
  'conversations.members': {
    scopes: scoped('read'),
    token: 'bot',
    run(world, { args }) {
      const channel = visibleChannel(world, args.need('channel', 'channel_not_found'));
      const { items, next } = page([...channel.members], args, 1000, 100);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  },
  'conversations.open': {
    scopes: ['im:write', 'mpim:write'],
    token: 'bot',
    run(world, { args }) {
      const known = args.str('channel');
      const users = (args.str('users') ?? '').split(',').filter((id) => id !== '');
      if (!known && users.length === 0) throw new Refusal('users_list_not_supplied');
      const channel = known ? visibleChannel(world, known) : otherMember(world, users);
      return { channel: args.flag('return_im') ? channelJson(world, channel) : { id: channel.id } };
    },
  },
  'conversations.join': {
    scopes: ['channels:join'],
    token: 'bot',
    run(world, { args }) {
      const channel = visibleChannel(world, args.need('channel', 'channel_not_found'));
      if (channel.archived) throw new Refusal('is_archived');
      if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
      channel.members.add(world.bot.id);
      changed(world);
      return { channel: channelJson(world, channel) };
    },
  },
  'conversations.list': {
    scopes: ['channels:read'],
    token: 'bot',
    run(world, { args }) {
      const known = [...world.channels.values()].filter(
        (one) => one.kind === 'public' || one.members.has(world.bot.id),
      );
      const { items, next } = page(known, args, 1000, 100);
      return { channels: items.map((one) => channelJson(world, one)), response_metadata: { next_cursor: next } };
    },
  },
};
