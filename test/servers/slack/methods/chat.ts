import { messageAt, threadRoot, visibleChannel, writableChannel } from '../access.ts';
import type { Args } from '../args.ts';
import { readBlocks, readMetadata } from '../body.ts';
import type { Json } from '../json.ts';
import { SIZES } from '../limits.ts';
import { edit, post, remove, whisper } from '../messages.ts';
import type { Channel, Message } from '../model.ts';
import { recordPings } from '../pings.ts';
import { Refusal } from '../refusal.ts';
import { streamNow } from '../stream-state.ts';
import { messageJson } from '../wire.ts';
import type { World } from '../world.ts';
import type { Method, Methods } from './method.ts';

interface Body {
  text: string;
  blocks: Json[];
  link: boolean;
}

/** Reads `text`, `blocks` and `markdown_text`; refuses an empty body and texts that are too long. */
function readBody(world: World, args: Args): Body {
  const markdown = args.str('markdown_text');
  const given = args.str('blocks');
  const link = args.flag('link_names') || args.str('parse') === 'full';
  if (markdown !== undefined && (args.str('text') || given)) throw new Refusal('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > SIZES.markdown) throw new Refusal('msg_too_long');
  if (markdown) return { text: markdown, blocks: readBlocks(world, [{ type: 'markdown', text: markdown }]), link };
  const text = args.str('text') ?? '';
  const blocks = given === undefined || given === '' ? [] : readBlocks(world, given);
  const files = args.str('file_ids');
  if (text.trim() === '' && blocks.length === 0 && !args.str('attachments') && !files) throw new Refusal('no_text');
  return { text, blocks, link };
}

function customised(args: Args): boolean {
  return ['username', 'icon_emoji', 'icon_url'].some((name) => args.str(name));
}

const writeScopes = (_world: World, args: Args) => (customised(args) ? ['chat:write.customize'] : ['chat:write']);

const postMessage: Method = {
  scopes: writeScopes,
  token: 'bot',
  run(world, { args }) {
    const channel = writableChannel(world, args.need('channel', 'channel_not_found'));
    const threadTs = threadRoot(channel, args.str('thread_ts'));
    const body = readBody(world, args);
    const metadata = args.str('metadata') ? readMetadata(args.need('metadata')) : null;
    const cut = body.text.length > SIZES.postText;
    const text = body.text.slice(0, SIZES.postText);
    const broadcast = args.flag('reply_broadcast');
    const draft = { author: world.bot.id, botId: world.botId, via: 'chat.postMessage', threadTs, metadata, broadcast };
    const message = post(world, channel, { ...draft, text, blocks: body.blocks });
    pings(world, message, 'chat.postMessage', body.link);
    const warning = cut ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } } : {};
    return { channel: channel.id, ts: message.ts, message: messageJson(world, message), ...warning };
  },
};

function pings(world: World, message: Message, via: string, link: boolean): void {
  const { channel, ts, blocks } = message;
  recordPings(world, { via, channel, ts, texts: [{ text: message.text, where: '/text' }], blocks, link });
}

/** The bot's own message, ready to be changed, or Slack's refusal. */
function ownMessage(world: World, channel: Channel, ts: string, error: string): Message {
  const message = messageAt(world, channel, ts);
  if (message.author !== world.bot.id) throw new Refusal(error);
  return message;
}

const update: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const channel = visibleChannel(world, args.need('channel', 'channel_not_found'));
    if (channel.archived) throw new Refusal('is_archived');
    const message = ownMessage(world, channel, args.need('ts', 'message_not_found'), 'cant_update_message');
    if (streamNow(world, message)?.state === 'in_progress') throw new Refusal('streaming_state_conflict');
    const body = readBody(world, args);
    if (Buffer.byteLength(args.str('text') ?? '') > SIZES.updateText) throw new Refusal('msg_too_long');
    const metadata = args.str('metadata');
    if (metadata) message.metadata = readMetadata(metadata);
    if (message.stream) message.stream.state = 'completed';
    // Text alone drops the blocks; the "(edited)" mark is shown only then (reference, slack 4.1).
    const mark = body.blocks.length === 0;
    edit(world, channel, message, { text: body.text, blocks: body.blocks, via: 'chat.update', mark });
    pings(world, message, 'chat.update', body.link);
    return { channel: channel.id, ts: message.ts, text: message.text, message: messageJson(world, message) };
  },
};

const deletion: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const channel = visibleChannel(world, args.need('channel', 'channel_not_found'));
    if (channel.archived) throw new Refusal('is_archived');
    const message = ownMessage(world, channel, args.need('ts', 'message_not_found'), 'cant_delete_message');
    if (streamNow(world, message)?.state === 'in_progress') throw new Refusal('cant_delete_message');
    remove(world, channel, message);
    return { channel: channel.id, ts: message.ts };
  },
};

const postEphemeral: Method = {
  scopes: writeScopes,
  token: 'bot',
  run(world, { args }) {
    const channel = writableChannel(world, args.need('channel', 'channel_not_found'));
    const user = args.need('user', 'user_not_found');
    if (!world.users.has(user)) throw new Refusal('user_not_found');
    if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
    const threadTs = threadRoot(channel, args.str('thread_ts'));
    const { text, blocks, link } = readBody(world, args);
    const via = 'chat.postEphemeral';
    const note = whisper(world, {
      channel: channel.id,
      user,
      threadTs,
      via,
      text: text.slice(0, SIZES.postText),
      blocks,
    });
    const texts = [{ text, where: '/text' }];
    recordPings(world, { via, channel: channel.id, ts: note.ts, texts, blocks, link });
    return { message_ts: note.ts };
  },
};

const getPermalink: Method = {
  scopes: [],
  token: 'bot',
  run(world, { args }) {
    const channel = visibleChannel(world, args.need('channel', 'channel_not_found'));
    const message = messageAt(world, channel, args.need('message_ts', 'message_not_found'));
    const place = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
    const permalink = `${world.origin}/archives/${channel.id}/p${message.ts.replace('.', '')}${place}`;
    return { channel: channel.id, permalink };
  },
};

/** `chat.*` without streaming. */
export const chatMethods: Methods = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': deletion,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};
