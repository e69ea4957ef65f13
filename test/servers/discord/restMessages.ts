import { MessageCreateRequestSchema, MessageEditRequestPartialSchema } from 'discord-api-spec/zod';
import { demand, seenChannel, seenMessage } from './access.ts';
import { checkOpen } from './archive.ts';
import { invalidField, refuse } from './errors.ts';
import { checkContent, editedContent, newContent } from './messageRules.ts';
import { blank, edit, messageFlag, post, remove } from './messages.ts';
import { may } from './permissions.ts';
import type { Channel, Message } from './records.ts';
import type { Call, Reply, Route } from './router.ts';
import { byAge } from './snowflakes.ts';
import type { MessageBody } from './spec.ts';
import { checked, messageBody } from './spec.ts';
import { shownMessage } from './visibility.ts';

const hour = 3_600_000;
/** A nonce is remembered for a few minutes; our reference, discord: two minutes count as safe. */
const nonceMs = 120_000;
/** SuppressEmbeds, SuppressNotifications, ComponentsV2. */
const settable = messageFlag.SuppressEmbeds | (1 << 12) | messageFlag.ComponentsV2;

function create(call: Call): Reply {
  const { world } = call;
  const channel = seenChannel(call);
  const body = checked(MessageCreateRequestSchema, messageBody, call.body);
  if (channel.type === 4 || channel.type === 15) throw refuse('notATextChannel');
  demand(call, channel, channel.thread === null ? 'SendMessages' : 'SendMessagesInThreads');
  if (channel.guildId === null && channel.recipients.some((id) => world.closedToMessages.has(id)))
    throw refuse('cannotReachUser');
  const nonce = body.nonce === null || body.nonce === undefined ? null : String(body.nonce);
  if (nonce !== null && nonce.length > 25) {
    throw invalidField(['nonce'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  }
  if (nonce !== null && body.enforce_nonce === true) {
    const twin = world
      .messagesIn(channel.id)
      .findLast((one) => one.nonce === nonce && one.authorId === world.app.user.id);
    if (twin !== undefined && world.clock.now() - twin.createdAt < nonceMs) {
      return { status: 200, body: shownMessage(world, twin) };
    }
  }
  checkOpen(world, channel, world.app.user.id, 'send');
  if (body.message_reference?.type === 1)
    return { status: 200, body: shownMessage(world, forward(call, channel, body)) };
  const said = newContent(call, channel.id, body, settable);
  checkContent(said, body);
  if (said.attachments.length > 0) demand(call, channel, 'AttachFiles');
  if (said.embeds.length > 0) demand(call, channel, 'EmbedLinks');
  const target = replied(call, channel, body);
  const message = post(
    world,
    channel,
    world.app.user.id,
    { ...said, allowed: body.allowed_mentions },
    {
      by: 'create',
      at: call.at,
      nonce,
      ...(target === null
        ? {}
        : {
            type: 19,
            reference: { messageId: target.id, channelId: channel.id, guildId: channel.guildId, type: 0 as const },
          }),
    },
  );
  return { status: 200, body: shownMessage(world, message) };
}

function replied(call: Call, channel: Channel, body: MessageBody): Message | null {
  const reference = body.message_reference;
  if (reference === null || reference === undefined) return null;
  const { world } = call;
  if (!may(world, channel, world.app.user.id, 'ReadMessageHistory')) throw refuse('noReadHistory');
  const target = world.messages.get(reference.message_id);
  const known = target !== undefined && target.deletedAt === null && target.ephemeralFor === null;
  if (!known || target.channelId !== channel.id) {
    if (reference.fail_if_not_exists === false) return null;
    throw invalidField(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  }
  if (![0, 19, 20, 23].includes(target.type)) {
    throw invalidField(
      ['message_reference'],
      'REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE',
      'Cannot reply to a system message',
    );
  }
  return target;
}

function forward(call: Call, channel: Channel, body: MessageBody): Message {
  const { world } = call;
  const source = world.messages.get(body.message_reference?.message_id ?? '');
  const from = world.channels.get(source?.channelId ?? '');
  if (source === undefined || source.deletedAt !== null || from === undefined || !world.visible(from)) {
    throw invalidField(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  }
  const reference = { messageId: source.id, channelId: from.id, guildId: from.guildId, type: 1 as const };
  const { content, embeds, attachments, timestamp, edited_timestamp, flags, type } = shownMessage(world, source);
  const snapshot = {
    message: { content, embeds, attachments, timestamp, edited_timestamp, flags, type, mentions: [] },
  };
  return post(world, channel, world.app.user.id, blank, {
    by: 'create',
    at: call.at,
    reference,
    snapshots: [snapshot],
  });
}

function list(call: Call): Reply {
  const { world, query } = call;
  const channel = seenChannel(call);
  if (channel.type === 4 || channel.type === 15) throw refuse('notATextChannel');
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidField(['limit'], 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  if (!may(world, channel, world.app.user.id, 'ReadMessageHistory')) return { status: 200, body: [] };
  const all = world.messagesIn(channel.id);
  const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name));
  const older = (id: string) => all.filter((one) => byAge(one.id, id) < 0);
  const newer = (id: string) => all.filter((one) => byAge(one.id, id) > 0);
  const found = around
    ? [
        ...older(around).slice(-Math.floor(limit / 2)),
        ...all.filter((one) => one.id === around),
        ...newer(around).slice(0, Math.floor(limit / 2)),
      ].slice(0, limit)
    : before
      ? older(before).slice(-limit)
      : after
        ? newer(after).slice(0, limit)
        : all.slice(-limit);
  return { status: 200, body: [...found].reverse().map((one) => shownMessage(world, one)) };
}

function read(call: Call): Reply {
  const channel = seenChannel(call);
  demand(call, channel, 'ReadMessageHistory');
  return { status: 200, body: shownMessage(call.world, seenMessage(call, channel)) };
}

function change(call: Call): Reply {
  const { world } = call;
  const channel = seenChannel(call);
  const message = seenMessage(call, channel);
  const body = checked(MessageEditRequestPartialSchema, messageBody, call.body);
  if (message.authorId !== world.app.user.id) throw refuse('notTheAuthor');
  checkOpen(world, channel, world.app.user.id, 'change');
  if (world.clock.now() - message.createdAt > hour) call.sublimit('oldEdit', channel.id, 30046);
  const said = editedContent(call, message, body);
  checkContent(said, body);
  edit(world, channel, message, { ...said, allowed: body.allowed_mentions }, { by: 'edit', at: call.at });
  return { status: 200, body: shownMessage(world, message) };
}

function erase(call: Call): Reply {
  const { world } = call;
  const channel = seenChannel(call);
  const message = seenMessage(call, channel);
  if (message.authorId !== world.app.user.id) {
    if (channel.guildId === null) throw refuse('notInDirectMessages');
    demand(call, channel, 'ManageMessages');
  }
  if (message.type === 21) throw refuse('systemMessage');
  checkOpen(world, channel, world.app.user.id, 'change');
  remove(world, channel, message);
  return { status: 204 };
}

/** Messages of a channel. */
export const messageRoutes: readonly Route[] = [
  { method: 'POST', path: '/channels/:channel/messages', bucket: 'create', major: 'channel', run: create },
  { method: 'GET', path: '/channels/:channel/messages', bucket: 'other', major: 'channel', run: list },
  { method: 'GET', path: '/channels/:channel/messages/:message', bucket: 'other', major: 'channel', run: read },
  { method: 'PATCH', path: '/channels/:channel/messages/:message', bucket: 'edit', major: 'channel', run: change },
  { method: 'DELETE', path: '/channels/:channel/messages/:message', bucket: 'delete', major: 'channel', run: erase },
];
