import {
  CreateForumThreadRequestSchema,
  CreateTextThreadWithMessageRequestSchema,
  CreateTextThreadWithoutMessageRequestSchema,
} from 'discord-api-spec/zod';
import * as z from 'zod';
import { demand, seenChannel, seenMessage } from './access.ts';
import { checkOpen } from './archive.ts';
import { invalidField, refuse } from './errors.ts';
import { checkContent, newContent } from './messageRules.ts';
import { messageFlag, post } from './messages.ts';
import { may } from './permissions.ts';
import type { Channel } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { param } from './router.ts';
import { byAge } from './snowflakes.ts';
import { checked, messageBody } from './spec.ts';
import { openThread, setThreadMember } from './threads.ts';
import { shownMessage } from './visibility.ts';
import { channelWire, threadMemberWire } from './wire.ts';

const fields = z.object({
  name: z.string(),
  auto_archive_duration: z.number().nullish(),
  rate_limit_per_user: z.number().nullish(),
  type: z.union([z.literal(10), z.literal(11), z.literal(12)]).nullish(),
  invitable: z.boolean().nullish(),
  applied_tags: z.array(z.string()).nullish(),
});
type Fields = z.infer<typeof fields>;

function specOf(call: Call, body: Fields, type: 10 | 11 | 12) {
  if (body.name.trim() === '') throw invalidField(['name'], 'BASE_TYPE_REQUIRED', 'This field is required');
  return {
    name: body.name.trim(),
    type,
    ownerId: call.world.app.user.id,
    autoArchiveMinutes: body.auto_archive_duration ?? 4320,
    slowmodeSeconds: body.rate_limit_per_user ?? 0,
    invitable: body.invitable ?? true,
    appliedTags: body.applied_tags ?? [],
  };
}

function fromMessage(call: Call): Reply {
  const channel = seenChannel(call);
  const body = checked(CreateTextThreadWithMessageRequestSchema, fields, call.body);
  if (channel.type !== 0 && channel.type !== 5) throw refuse('wrongChannelType');
  const message = seenMessage(call, channel);
  demand(call, channel, 'CreatePublicThreads', 'ReadMessageHistory');
  if (![0, 19, 20, 23].includes(message.type)) throw refuse('systemMessage');
  const thread = openThread(call.world, channel, message, specOf(call, body, channel.type === 5 ? 10 : 11));
  return { status: 201, body: channelWire(call.world, thread) };
}

function withoutMessage(call: Call): Reply {
  const channel = seenChannel(call);
  if (channel.type === 15) return forumPost(call, channel);
  const body = checked(CreateTextThreadWithoutMessageRequestSchema, fields, call.body);
  if (channel.type !== 0 && channel.type !== 5) throw refuse('wrongChannelType');
  const type = channel.type === 5 ? 10 : (body.type ?? 12);
  demand(call, channel, type === 12 ? 'CreatePrivateThreads' : 'CreatePublicThreads');
  const thread = openThread(call.world, channel, null, specOf(call, body, type));
  return { status: 201, body: channelWire(call.world, thread) };
}

function forumPost(call: Call, forum: Channel): Reply {
  const { world } = call;
  const body = checked(CreateForumThreadRequestSchema, fields.extend({ message: messageBody }), call.body);
  demand(call, forum, 'SendMessages');
  const unknown = body.applied_tags?.find((id) => !forum.tags.some((tag) => tag.id === id));
  if (unknown !== undefined) throw invalidField(['applied_tags', 0], 'UNKNOWN_FORUM_TAG', 'Unknown forum tag');
  const said = newContent(call, forum.id, body.message, messageFlag.SuppressEmbeds | messageFlag.ComponentsV2);
  checkContent(said, body.message);
  const thread = openThread(world, forum, null, specOf(call, body, 11));
  const me = world.app.user.id;
  const first = post(
    world,
    thread,
    me,
    { ...said, allowed: body.message.allowed_mentions },
    { by: 'create', at: call.at, id: thread.id },
  );
  return { status: 201, body: { ...channelWire(world, thread), message: shownMessage(world, first) } };
}

function members(call: Call): Reply {
  const thread = seenThread(call);
  const joined = thread.thread?.createdAt ?? 0;
  const list = [...(thread.thread?.members ?? [])].map((id) => threadMemberWire(thread.id, id, joined));
  return { status: 200, body: list };
}

function member(call: Call): Reply {
  const thread = seenThread(call);
  const id = personOf(call);
  if (!thread.thread?.members.has(id)) throw refuse('unknownMember');
  return { status: 200, body: threadMemberWire(thread.id, id, thread.thread.createdAt) };
}

function setMember(on: boolean) {
  return (call: Call): Reply => {
    const { world } = call;
    const thread = seenThread(call);
    const id = personOf(call);
    const me = world.app.user.id;
    checkOpen(world, thread, me, 'change');
    if (on && id !== me) demand(call, thread, 'SendMessagesInThreads');
    const mine = thread.ownerId === me && thread.type === 12;
    if (!on && id !== me && !mine) demand(call, thread, 'ManageThreads');
    if (on && !world.guilds.get(thread.guildId ?? '')?.members.has(id)) throw refuse('unknownMember');
    setThreadMember(world, thread, id, on);
    return { status: 204 };
  };
}

function archived(kind: 11 | 12, mine = false) {
  return (call: Call): Reply => {
    const { world } = call;
    const channel = seenChannel(call);
    demand(call, channel, 'ReadMessageHistory');
    if (kind === 12 && !mine) demand(call, channel, 'ManageThreads');
    const before = call.query.get('before');
    const limit = Number(call.query.get('limit') ?? 50);
    const all = world
      .channelsOf(channel.guildId ?? '')
      .filter((one) => one.parentId === channel.id && one.thread?.archived === true)
      .filter((one) => (kind === 12 ? one.type === 12 : one.type !== 12))
      .filter((one) => !mine || one.thread?.members.has(world.app.user.id))
      .filter((one) => before === null || (one.thread?.archivedAt ?? 0) < Date.parse(before))
      .sort((a, b) => (b.thread?.archivedAt ?? 0) - (a.thread?.archivedAt ?? 0) || byAge(b.id, a.id));
    return { status: 200, body: { ...threadList(call, all.slice(0, limit)), has_more: all.length > limit } };
  };
}

function active(call: Call): Reply {
  const { world } = call;
  const guild = world.guilds.get(param(call, 'guild'));
  if (guild === undefined || !guild.members.has(world.app.user.id)) throw refuse('missingAccess');
  const open = world.channelsOf(guild.id).filter((one) => one.thread?.archived === false && world.visible(one));
  return { status: 200, body: threadList(call, open) };
}

function threadList(call: Call, threads: readonly Channel[]) {
  const me = call.world.app.user.id;
  const mine = threads.filter((one) => one.thread?.members.has(me));
  return {
    threads: threads.map((one) => channelWire(call.world, one)),
    members: mine.map((one) => threadMemberWire(one.id, me, one.thread?.createdAt ?? 0)),
  };
}

function seenThread(call: Call): Channel {
  const thread = seenChannel(call);
  if (thread.thread === null) throw refuse('wrongChannelType');
  if (!may(call.world, thread, call.world.app.user.id, 'ViewChannel')) throw refuse('missingAccess');
  return thread;
}

function personOf(call: Call): string {
  const who = param(call, 'who');
  return who === '@me' ? call.world.app.user.id : who;
}

/** Threads, forum posts and their members. */
export const threadRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/channels/:channel/messages/:message/threads',
    bucket: 'thread',
    major: 'channel',
    run: fromMessage,
  },
  { method: 'POST', path: '/channels/:channel/threads', bucket: 'thread', major: 'channel', run: withoutMessage },
  { method: 'GET', path: '/channels/:channel/thread-members', bucket: 'other', major: 'channel', run: members },
  { method: 'GET', path: '/channels/:channel/thread-members/:who', bucket: 'other', major: 'channel', run: member },
  {
    method: 'PUT',
    path: '/channels/:channel/thread-members/:who',
    bucket: 'other',
    major: 'channel',
    run: setMember(true),
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/thread-members/:who',
    bucket: 'other',
    major: 'channel',
    run: setMember(false),
  },
  {
    method: 'GET',
    path: '/channels/:channel/threads/archived/public',
    bucket: 'other',
    major: 'channel',
    run: archived(11),
  },
  {
    method: 'GET',
    path: '/channels/:channel/threads/archived/private',
    bucket: 'other',
    major: 'channel',
    run: archived(12),
  },
  {
    method: 'GET',
    path: '/channels/:channel/users/@me/threads/archived/private',
    bucket: 'other',
    major: 'channel',
    run: archived(12, true),
  },
  { method: 'GET', path: '/guilds/:guild/threads/active', bucket: 'other', major: 'guild', run: active },
];
