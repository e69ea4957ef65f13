import type { RawFile } from 'discord.js';
import type { Message } from '../../src/chat/messages.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import { bodyOf } from './bodies.ts';
import { CODE, codeOf } from './errors.ts';
import { Kept } from './kept.ts';
import { channelOf } from './limits.ts';
import type { Parser } from './parse.ts';
import type { Payload } from './render.ts';
import type { Rest } from './rest.ts';
import { readMessage, type WireMessage, wireMessages, wireSent } from './wire.ts';

/** Messages of channels, by the bot's own token. Throws `Failure`s. */
export interface Messages {
  /** Posts a message. The same key again within minutes posts nothing: Discord gives the first (our reference, discord 1.6). */
  post(
    channel: string,
    payload: Payload,
    key: string,
    more?: { replyTo?: string; files?: readonly RawFile[]; describe?: readonly object[] },
  ): Promise<string>;
  edit(channel: string, id: string, payload: Payload): Promise<void>;
  /** Already gone is success. */
  remove(channel: string, id: string): Promise<void>;
  /** A page of a channel as Discord shows it, oldest first, at most 100. */
  page(channel: string, query: Readonly<Record<string, string>>): Promise<WireMessage[]>;
  one(channel: string, id: string): Promise<WireMessage | null>;
  history(
    place: Place,
    around: { readonly before: MessageRef | null; readonly after: MessageRef | null },
    limit: number,
  ): Promise<Message[]>;
  /** The message that carries this key: from what the gateway told, else from the newest hundred after `after`. */
  byKey(channel: string, key: string, after: string | null): Promise<{ id: string; at: number } | null>;
  /** The gateway told of a message of ours. */
  posted(wire: WireMessage): void;
  /** The gateway told that a message was deleted. */
  deleted(id: string): void;
}

const PAGE = 100;
/** UTF-16 units of a nonce (our reference, discord 1.7). */
const NONCE = 25;
/** Messages of ours that the gateway told of, by key. */
const KEYS = 1_000;
/** The notice with which a thread on a message begins; it carries that message (our reference, discord 5). */
const THREAD_STARTER = 21;
const WRITTEN: ReadonlySet<number> = new Set([0, 19, 20, 23, THREAD_STARTER]);

/** See {@link Messages}. */
export function createMessages(options: { rest: Rest; parser: Parser }): Messages {
  const { rest, parser } = options;
  const keys = new Kept<{ channel: string; id: string; at: number }>(KEYS);
  const deleted = new Kept<true>(KEYS);

  async function page(channel: string, query: Readonly<Record<string, string>>): Promise<WireMessage[]> {
    const body = await rest.call({
      what: 'read messages',
      method: 'GET',
      route: `/channels/${channel}/messages`,
      query,
    });
    const read = wireMessages.parse(body).flatMap((one) => readMessage(one) ?? []);
    return read.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }

  /** Changes what is in a thread that has been archived meanwhile, which must be opened first. */
  async function awake<T>(channel: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (codeOf(error) !== CODE.threadArchived) throw error;
      await rest.call({
        what: 'open a thread again',
        method: 'PATCH',
        route: `/channels/${channel}`,
        body: { archived: false },
      });
      return call();
    }
  }

  async function edit(channel: string, id: string, payload: Payload): Promise<void> {
    const route = `/channels/${channel}/messages/${id}` as const;
    await awake(channel, () => rest.call({ what: 'edit a message', method: 'PATCH', route, body: bodyOf(payload) }));
  }

  return {
    page,
    edit,
    async post(channel, payload, key, more = {}) {
      const body = {
        ...bodyOf(payload),
        nonce: key.slice(0, NONCE),
        enforce_nonce: true,
        ...(more.replyTo !== undefined && {
          message_reference: { message_id: more.replyTo, fail_if_not_exists: false },
        }),
        ...(more.describe !== undefined && { attachments: more.describe }),
      };
      const files = more.files === undefined ? {} : { files: more.files };
      const sent = wireSent.parse(
        await rest.call({
          what: 'post a message',
          method: 'POST',
          route: `/channels/${channel}/messages`,
          body,
          ...files,
        }),
      );
      // A repeat gives the first message with the text it had then.
      if (more.files === undefined && sent.content != null && sent.content !== payload.content.trim())
        await edit(channel, sent.id, payload);
      return sent.id;
    },
    async remove(channel, id) {
      const route = `/channels/${channel}/messages/${id}` as const;
      deleted.set(id, true);
      try {
        await awake(channel, () => rest.call({ what: 'delete a message', method: 'DELETE', route }));
      } catch (error) {
        const code = codeOf(error);
        if (code !== CODE.unknownMessage && code !== CODE.unknownChannel) throw error;
      }
    },
    async one(channel, id) {
      try {
        return readMessage(
          await rest.call({ what: 'read a message', method: 'GET', route: `/channels/${channel}/messages/${id}` }),
        );
      } catch (error) {
        if (codeOf(error) === CODE.unknownMessage) return null;
        throw error;
      }
    },
    async history(place, { before, after }, limit) {
      const channel = channelOf(place);
      const found: WireMessage[] = [];
      for (let edge = (before ?? after)?.id ?? null; found.length < limit; ) {
        const size = Math.min(PAGE, limit - found.length);
        const side = after === null ? 'before' : 'after';
        const read = await page(channel, { limit: String(size), ...(edge !== null && { [side]: edge }) });
        if (after === null) found.unshift(...read);
        else found.push(...read);
        edge = (after === null ? read[0] : read.at(-1))?.id ?? null;
        if (read.length < size || edge === null) break;
      }
      return found
        .filter((wire) => WRITTEN.has(wire.type))
        .flatMap((wire) => {
          const guild_id = place.team === '@me' ? null : place.team;
          if (wire.type !== THREAD_STARTER) return [parser.message({ ...wire, guild_id }, place)];
          const starter = wire.referenced_message;
          return starter ? [parser.message({ ...starter, guild_id }, { ...place, thread: null })] : [];
        });
    },
    async byKey(channel, key, after) {
      const known = keys.get(key.slice(0, NONCE));
      const fits = known?.channel === channel && (after === null || BigInt(known.id) > BigInt(after));
      if (known && fits && !deleted.get(known.id)) return known;
      const read = await page(channel, { limit: String(PAGE), ...(after !== null && { after }) });
      const found = read.findLast(
        (wire) => parser.isOurs(wire) && wire.nonce != null && String(wire.nonce) === key.slice(0, NONCE),
      );
      return found ? { id: found.id, at: Date.parse(found.timestamp) } : null;
    },
    posted(wire) {
      if (wire.nonce != null)
        keys.set(String(wire.nonce), { channel: wire.channel_id, id: wire.id, at: Date.parse(wire.timestamp) });
    },
    deleted: (id) => deleted.set(id, true),
  };
}
