import type { Json } from './json.ts';
import type { Channel, Ephemeral, Message, StoredFile, Stream } from './model.ts';
import { channelType, messageJson } from './wire.ts';
import { changed, keep, nextTs, threadKey, type World } from './world.ts';

/** What is needed to put a message into a channel. */
export interface Draft {
  author: string;
  text: string;
  via: string;
  blocks?: Json[];
  threadTs?: string | null;
  botId?: string | null;
  subtype?: string | null;
  metadata?: Json | null;
  files?: StoredFile[];
  stream?: Stream | null;
  broadcast?: boolean;
}

/** Adds a message to a channel and tells the app of it, as Slack does also for the app's own messages. */
export function post(world: World, channel: Channel, draft: Draft): Message {
  const message = place(world, channel, draft);
  world.publish(messageEvent(world, channel, message), { external: channel.shared });
  changed(world);
  return message;
}

/** The event that tells of a new message. */
export function messageEvent(world: World, channel: Channel, message: Message): Json {
  const at = { channel: channel.id, event_ts: message.ts, channel_type: channelType(channel) };
  return { ...messageJson(world, message), ...at };
}

/** Adds a message to a channel without telling anybody. */
export function place(world: World, channel: Channel, draft: Draft): Message {
  const ts = nextTs(world);
  const at = world.clock.now();
  const blocks = draft.blocks ?? [];
  const message: Message = {
    channel: channel.id,
    ts,
    threadTs: draft.threadTs ?? null,
    author: draft.author,
    botId: draft.botId ?? null,
    subtype: draft.subtype ?? null,
    text: draft.text,
    blocks,
    metadata: draft.metadata ?? null,
    files: draft.files ?? [],
    reactions: new Map(),
    editedTs: null,
    deletedAt: null,
    stream: draft.stream ?? null,
    broadcast: draft.broadcast ?? false,
    postedAt: at,
    via: draft.via,
    versions: [{ at, via: draft.via, text: draft.text, blocks }],
  };
  channel.messages.push(message);
  for (const file of message.files) file.shares.push({ channel: channel.id, ts, threadTs: message.threadTs });
  if (message.botId === world.botId) clearStatus(world, message);
  return message;
}

/** Our next message in a thread takes its status away (reference, slack 1.7). */
function clearStatus(world: World, message: Message): void {
  const state = world.threads.get(threadKey(message.channel, message.threadTs ?? message.ts));
  if (!state || state.status === '') return;
  state.status = '';
  state.statuses.push({ at: world.clock.now(), status: '', via: 'message' });
}

/** Gives a message a new body, remembers the old one, and tells the app (`message_changed`). */
export function edit(
  world: World,
  channel: Channel,
  message: Message,
  change: { text: string; blocks: Json[]; via: string; mark: boolean },
): void {
  const before = messageJson(world, message);
  message.text = change.text;
  message.blocks = change.blocks;
  if (change.mark) message.editedTs = nextTs(world);
  const { via, text, blocks } = change;
  message.versions.push({ at: world.clock.now(), via, text, blocks });
  announce(world, channel, 'message_changed', { message: messageJson(world, message), previous_message: before });
  changed(world);
}

/** Takes a message away and tells the app (`message_deleted`). */
export function remove(world: World, channel: Channel, message: Message): void {
  const before = messageJson(world, message);
  message.deletedAt = world.clock.now();
  announce(world, channel, 'message_deleted', { previous_message: before, deleted_ts: message.ts });
  changed(world);
}

function announce(world: World, channel: Channel, subtype: string, more: Json): void {
  const ts = nextTs(world);
  const place = { channel: channel.id, channel_type: channelType(channel) };
  world.publish(
    { type: 'message', subtype, hidden: true, ts, event_ts: ts, ...place, ...more },
    { external: channel.shared },
  );
}

/** Shows something to one person only. */
export function whisper(
  world: World,
  note: { channel: string; user: string; threadTs: string | null; via: string; text: string; blocks: Json[] },
): Ephemeral {
  const { via, text, blocks } = note;
  const versions = [{ at: world.clock.now(), via, text, blocks }];
  const kept = keep(world.ephemerals, { ...note, ts: nextTs(world), deleted: false, versions });
  changed(world);
  return kept;
}

/** The root and the replies of a thread, oldest first, without the deleted ones. */
export function thread(channel: Channel, ts: string): Message[] {
  return channel.messages.filter(
    (message) => message.deletedAt === null && (message.ts === ts || message.threadTs === ts),
  );
}
