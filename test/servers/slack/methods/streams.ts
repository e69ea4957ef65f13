import * as z from 'zod';
import { messageAt, threadRoot, writableChannel } from '../access.ts';
import type { Args } from '../args.ts';
import { readBlocks, readMetadata, visibleTexts } from '../body.ts';
import { bounded } from '../elements.ts';
import { type Json, objects, text } from '../json.ts';
import { SIZES } from '../limits.ts';
import { edit, post } from '../messages.ts';
import type { Channel, Message, Stream } from '../model.ts';
import { recordPings } from '../pings.ts';
import { Refusal, refusalWith } from '../refusal.ts';
import { problems } from '../schema-problems.ts';
import { streamNow } from '../stream-state.ts';
import { messageJson } from '../wire.ts';
import type { World } from '../world.ts';
import type { Method, Methods } from './method.ts';
import { moveSession } from './sessions.ts';

const short = z.string().max(SIZES.chunkText, `must be less than ${SIZES.chunkText + 1} characters`);
const chunk = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('markdown_text'), text: z.string() }),
  z.strictObject({
    type: z.literal('task_update'),
    id: bounded(255),
    title: short,
    status: z.enum(['pending', 'in_progress', 'complete', 'error']),
    details: short.optional(),
    output: short.optional(),
    sources: z.array(z.looseObject({ type: z.literal('url'), url: bounded(SIZES.url) })).optional(),
  }),
  z.strictObject({ type: z.literal('plan_update'), title: short }),
  z.strictObject({
    type: z.literal('blocks'),
    blocks: z.array(z.looseObject({ type: z.string() })).max(SIZES.messageBlocks),
  }),
]);

interface Piece {
  mode: 'text' | 'chunks' | null;
  markdown: string;
  blocks: Json[];
  apply(stream: Stream): void;
}

/** Reads what a call adds to the stream, without changing anything yet. */
function readPiece(world: World, args: Args): Piece {
  const markdown = args.str('markdown_text');
  const chunks = args.json('chunks', 'invalid_chunks');
  if (markdown && chunks !== undefined) throw new Refusal('cannot_provide_both_markdown_text_and_chunks');
  if (markdown !== undefined && markdown.length > SIZES.markdown) throw new Refusal('msg_too_long');
  if (chunks === undefined)
    return { mode: markdown ? 'text' : null, markdown: markdown ?? '', blocks: [], apply: () => undefined };
  const found = problems(z.array(chunk), chunks, '/chunks');
  if (found.length > 0) throw refusalWith('invalid_chunks', found);
  const list = objects(chunks);
  if (list.some((item) => text(item.text).length > SIZES.markdown)) throw new Refusal('msg_too_long');
  const blocks = list.flatMap((item) => (item.type === 'blocks' ? readBlocks(world, item.blocks) : []));
  if (blocks.some((block) => block.type === 'file')) throw new Refusal('internal_error');
  const texts = list.filter((item) => item.type === 'markdown_text').map((item) => text(item.text));
  return {
    mode: list.length > 0 ? 'chunks' : null,
    markdown: texts.join(''),
    blocks,
    apply: (stream) => applyTasks(stream, list),
  };
}

function applyTasks(stream: Stream, chunks: readonly Json[]): void {
  for (const item of chunks) {
    if (item.type === 'plan_update') stream.planTitle = text(item.title);
    if (item.type !== 'task_update') continue;
    const before = stream.tasks.get(text(item.id)) ?? {};
    // Repeated details and output of one task are appended (reference, slack 1.6).
    const details = text(before.details) + text(item.details);
    const output = text(before.output) + text(item.output);
    stream.tasks.set(text(item.id), { ...before, ...item, details, output });
  }
}

const startStream: Method = {
  scopes: (_world, args) =>
    args.str('username') || args.str('icon_emoji') ? ['chat:write.customize'] : ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const channel = writableChannel(world, args.need('channel', 'channel_not_found'));
    const threadTs = threadRoot(channel, args.need('thread_ts', 'invalid_arguments'));
    const recipient = args.str('recipient_user_id');
    if (channel.kind !== 'im' && !args.str('recipient_team_id')) throw new Refusal('missing_recipient_team_id');
    if (channel.kind !== 'im' && !recipient) throw new Refusal('missing_recipient_user_id');
    if (recipient && (world.users.get(recipient)?.isBot ?? true)) throw new Refusal('user_not_found');
    const piece = readPiece(world, args);
    const now = world.clock.now();
    const stream: Stream = {
      state: 'in_progress',
      mode: piece.mode ?? 'open',
      openedAt: now,
      lastAt: now,
      stoppedByUser: false,
      tasks: new Map(),
      planTitle: '',
    };
    piece.apply(stream);
    const draft = { author: world.bot.id, botId: world.botId, via: 'chat.startStream', threadTs, stream };
    const message = post(world, channel, { ...draft, text: piece.markdown, blocks: piece.blocks });
    pings(world, message, 'chat.startStream');
    return { channel: channel.id, ts: message.ts };
  },
};

/** An open stream of ours, or why it cannot be written to. A stream that outlived its time breaks here. */
function openStream(world: World, args: Args): { channel: Channel; message: Message; stream: Stream } {
  const channel = writableChannel(world, args.need('channel', 'channel_not_found'));
  const message = messageAt(world, channel, args.need('ts', 'message_not_found'));
  const stream = streamNow(world, message);
  if (!stream || message.author !== world.bot.id) throw new Refusal('message_not_in_streaming_state');
  if (stream.stoppedByUser) throw new Refusal('stopped_by_user');
  if (stream.state !== 'in_progress') throw new Refusal('message_not_in_streaming_state');
  return { channel, message, stream };
}

function grow(
  world: World,
  args: Args,
  via: string,
  extra: Json[],
): { channel: Channel; message: Message; stream: Stream } {
  const { channel, message, stream } = openStream(world, args);
  const piece = readPiece(world, args);
  if (piece.mode !== null && stream.mode !== 'open' && piece.mode !== stream.mode)
    throw new Refusal('streaming_mode_mismatch');
  if (message.text.length + piece.markdown.length > SIZES.postText) throw new Refusal('msg_too_long');
  if (piece.mode !== null && stream.mode === 'open') stream.mode = piece.mode;
  piece.apply(stream);
  stream.lastAt = world.clock.now();
  const blocks = [...message.blocks, ...piece.blocks, ...extra];
  edit(world, channel, message, { text: message.text + piece.markdown, blocks, via, mark: false });
  pings(world, message, via);
  return { channel, message, stream };
}

const appendStream: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    if (!args.str('markdown_text') && args.str('chunks') === undefined) throw new Refusal('no_text');
    const { channel, message } = grow(world, args, 'chat.appendStream', []);
    return { channel: channel.id, ts: message.ts };
  },
};

const stopStream: Method = {
  scopes: ['chat:write'],
  token: 'bot',
  run(world, { args }) {
    const blocks = args.str('blocks') ? readBlocks(world, args.need('blocks')) : [];
    const metadata = args.str('metadata') ? readMetadata(args.need('metadata')) : undefined;
    const { channel, message, stream } = grow(world, args, 'chat.stopStream', blocks);
    stream.state = 'completed';
    if (metadata !== undefined) message.metadata = metadata;
    const session = args.str('session_status');
    if (session) moveSession(world, channel.id, message.threadTs ?? message.ts, session);
    return { channel: channel.id, ts: message.ts, message: messageJson(world, message) };
  },
};

/** The whole text is looked at each time, since a mention may arrive cut in two. */
function pings(world: World, message: Message, via: string): void {
  const tasks = visibleTexts([...(message.stream?.tasks.values() ?? [])], '/tasks');
  const plan = { text: message.stream?.planTitle ?? '', where: '/plan' };
  const texts = [{ text: message.text, where: '/markdown_text' }, plan, ...tasks];
  recordPings(world, { via, channel: message.channel, ts: message.ts, texts, blocks: message.blocks });
}

/** Native streaming (reference, slack 1.6). */
export const streamMethods: Methods = {
  'chat.startStream': startStream,
  'chat.appendStream': appendStream,
  'chat.stopStream': stopStream,
};
