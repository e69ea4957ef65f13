import { readBlocks } from './body.ts';
import { type Json, text } from './json.ts';
import { RESPONSE_USES, TIMES } from './limits.ts';
import { edit, post, remove, whisper } from './messages.ts';
import type { Ephemeral, Message, ResponseUrl } from './model.ts';
import { recordPings } from './pings.ts';
import { Refusal } from './refusal.ts';
import { changed, nextId, type World } from './world.ts';

/** Hands out a `response_url` for something a person did. */
export function newResponseUrl(
  world: World,
  made: { user: string; channel: string; threadTs: string | null; original: ResponseUrl['original'] },
): { id: string; url: string; record: ResponseUrl } {
  const id = nextId(world, 'R');
  const record: ResponseUrl = { ...made, at: world.clock.now(), uses: 0 };
  world.responses.set(id, record);
  return { id, url: `${world.origin}/response/${id}`, record };
}

/** Answers a post to a `response_url`: the status and the body. Five uses in thirty minutes. */
export function useResponseUrl(world: World, id: string, body: Json): [number, Json] {
  const record = world.responses.get(id);
  if (!record) return [404, { ok: false, error: 'no_such_url' }];
  if (world.clock.now() - record.at > TIMES.responseUrl) return [404, { ok: false, error: 'expired_url' }];
  if (record.uses >= RESPONSE_USES) return [404, { ok: false, error: 'used_url' }];
  try {
    respond(world, record, body, 'response_url');
    record.uses += 1;
    return [200, { ok: true }];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [400, { ok: false, error: error.error, ...error.extra }];
  }
}

/** Carries out a response: the body of a `response_url` post, or of the acknowledgement of a command. */
export function respond(world: World, record: ResponseUrl, body: Json, via: string): Message | Ephemeral | null {
  const { original } = record;
  if (body.delete_original === true) {
    discard(world, original);
    return null;
  }
  if (body.markdown_text !== undefined && !body.text && !body.blocks) throw new Refusal('no_text');
  const words = text(body.text);
  const blocks = body.blocks === undefined ? [] : readBlocks(world, body.blocks);
  if (words.trim() === '' && blocks.length === 0) throw new Refusal('no_text');
  const link = body.link_names === true || body.parse === 'full';
  const made =
    body.replace_original === true && original
      ? replace(world, original, words, blocks, via)
      : add(world, record, body, words, blocks, via);
  const texts = [{ text: words, where: '/text' }];
  recordPings(world, { via, channel: record.channel, ts: made.ts, texts, blocks, link });
  return made;
}

function discard(world: World, original: ResponseUrl['original']): void {
  if (!original) throw new Refusal('no_original');
  if ('ephemeral' in original) {
    original.ephemeral.deleted = true;
    changed(world);
    return;
  }
  const channel = world.channels.get(original.message.channel);
  if (channel) remove(world, channel, original.message);
}

function replace(
  world: World,
  original: NonNullable<ResponseUrl['original']>,
  words: string,
  blocks: Json[],
  via: string,
): Message | Ephemeral {
  if ('message' in original) {
    const { message } = original;
    const channel = world.channels.get(message.channel);
    if (channel) edit(world, channel, message, { text: words, blocks, via, mark: false });
    return message;
  }
  const { ephemeral } = original;
  ephemeral.text = words;
  ephemeral.blocks = blocks;
  ephemeral.versions.push({ at: world.clock.now(), via, text: words, blocks });
  changed(world);
  return ephemeral;
}

function add(
  world: World,
  record: ResponseUrl,
  body: Json,
  words: string,
  blocks: Json[],
  via: string,
): Message | Ephemeral {
  const threadTs = text(body.thread_ts) || record.threadTs;
  if (body.response_type === 'in_channel') {
    const channel = world.channels.get(record.channel);
    if (!channel) throw new Refusal('channel_not_found');
    const draft = { author: world.bot.id, botId: world.botId, via, threadTs, text: words, blocks };
    const message = post(world, channel, draft);
    record.original ??= { message };
    return message;
  }
  const ephemeral = whisper(world, { channel: record.channel, user: record.user, threadTs, via, text: words, blocks });
  record.original ??= { ephemeral };
  return ephemeral;
}
