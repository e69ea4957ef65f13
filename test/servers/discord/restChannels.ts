import {
  CreatePrivateChannelRequestSchema,
  UpdateGuildChannelRequestPartialSchema,
  UpdateThreadRequestPartialSchema,
} from 'discord-api-spec/zod';
import * as z from 'zod';
import { demand, seenChannel } from './access.ts';
import { announceThread, checkOpen } from './archive.ts';
import { refuse } from './errors.ts';
import { blank, post } from './messages.ts';
import { may } from './permissions.ts';
import type { Channel } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { directChannel } from './seeds.ts';
import { checked } from './spec.ts';
import { deleteChannel } from './threads.ts';
import { channelWire } from './wire.ts';

const changes = z.object({
  name: z.string().nullish(),
  topic: z.string().nullish(),
  position: z.number().nullish(),
  parent_id: z.string().nullish(),
  rate_limit_per_user: z.number().nullish(),
  archived: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  invitable: z.boolean().nullish(),
  auto_archive_duration: z.number().nullish(),
  applied_tags: z.array(z.string()).nullish(),
});
type Changes = z.infer<typeof changes>;

function change(call: Call): Reply {
  const { world } = call;
  const channel = seenChannel(call);
  if (channel.guildId === null) throw refuse('notInDirectMessages');
  const spec = channel.thread === null ? UpdateGuildChannelRequestPartialSchema : UpdateThreadRequestPartialSchema;
  const body = checked(spec, changes, call.body);
  if (channel.thread === null) demand(call, channel, 'ManageChannels');
  else checkThreadChange(call, channel, body);
  const renamed = typeof body.name === 'string' && body.name !== channel.name;
  if (renamed || (body.topic !== undefined && body.topic !== channel.topic)) call.sublimit('rename', channel.id);
  if (renamed) channel.name = body.name ?? channel.name;
  if (body.topic !== undefined) channel.topic = body.topic;
  if (typeof body.position === 'number') channel.position = body.position;
  if (body.parent_id !== undefined && channel.thread === null) channel.parentId = body.parent_id;
  if (typeof body.rate_limit_per_user === 'number') channel.slowmodeSeconds = body.rate_limit_per_user;
  if (channel.thread === null) {
    world.dispatch('CHANNEL_UPDATE', { channel }, () => channelWire(world, channel));
    return { status: 200, body: channelWire(world, channel) };
  }
  const state = channel.thread;
  if (typeof body.locked === 'boolean') state.locked = body.locked;
  if (typeof body.invitable === 'boolean') state.invitable = body.invitable;
  if (typeof body.auto_archive_duration === 'number') state.autoArchiveMinutes = body.auto_archive_duration;
  if (Array.isArray(body.applied_tags)) state.appliedTags = body.applied_tags;
  if (typeof body.archived === 'boolean' && body.archived !== state.archived) {
    state.archived = body.archived;
    state.archivedAt = world.clock.now();
  }
  announceThread(world, channel);
  if (renamed && !state.archived) {
    post(
      world,
      channel,
      world.app.user.id,
      { ...blank, content: channel.name },
      { by: 'person', at: call.at, type: 4 },
    );
  }
  return { status: 200, body: channelWire(world, channel) };
}

/** Name, tags and archiving are open to the thread's maker; locking and what others made need ManageThreads. */
function checkThreadChange(call: Call, thread: Channel, body: Changes): void {
  const { world } = call;
  const me = world.app.user.id;
  if (may(world, thread, me, 'ManageThreads')) {
    if (thread.thread?.archived === true && body.archived !== false) throw refuse('threadArchived');
    return;
  }
  if (typeof body.locked === 'boolean' || thread.ownerId !== me) throw refuse('missingPermissions');
  if (body.archived !== false) checkOpen(world, thread, me, 'change');
  else checkOpen(world, thread, me, 'send');
}

function erase(call: Call): Reply {
  const channel = seenChannel(call);
  if (channel.guildId !== null) {
    demand(call, channel, channel.thread === null ? 'ManageChannels' : 'ManageThreads');
    const wire = channelWire(call.world, channel);
    deleteChannel(call.world, channel);
    return { status: 200, body: wire };
  }
  return { status: 200, body: channelWire(call.world, channel) };
}

function openDirect(call: Call): Reply {
  const body = checked(CreatePrivateChannelRequestSchema, z.object({ recipient_id: z.string() }), call.body);
  const user = call.world.users.get(body.recipient_id);
  if (user === undefined) throw refuse('unknownUser');
  if (user.bot) throw refuse('cannotReachUser');
  return { status: 200, body: channelWire(call.world, directChannel(call.world, user.id)) };
}

function typing(call: Call): Reply {
  const channel = seenChannel(call);
  demand(call, channel, channel.thread === null ? 'SendMessages' : 'SendMessagesInThreads');
  return { status: 204 };
}

/** Channels and threads as such, direct messages, the typing signal. */
export const channelRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/channels/:channel',
    bucket: 'other',
    major: 'channel',
    run: (call) => ({ status: 200, body: channelWire(call.world, seenChannel(call)) }),
  },
  { method: 'PATCH', path: '/channels/:channel', bucket: 'channel', major: 'channel', run: change },
  { method: 'DELETE', path: '/channels/:channel', bucket: 'channel', major: 'channel', run: erase },
  { method: 'POST', path: '/users/@me/channels', bucket: 'other', run: openDirect },
  { method: 'POST', path: '/channels/:channel/typing', bucket: 'typing', major: 'channel', run: typing },
];
