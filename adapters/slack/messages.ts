import type * as z from 'zod';
import type { FileRef, Message, Person } from '../../src/chat/messages.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import type { Api } from './api.ts';
import type { People } from './people.ts';
import type { Channels } from './places.ts';
import { decode, type Names, namedIn, readText } from './text-in.ts';
import { messagePage, type WireFile, type WireMessage } from './wire.ts';

/** Reads messages as Slack tells them. */
export interface Reader {
  /** A message in our words. `author` when it is known already; otherwise names are guessed rather than fail. */
  message(wire: WireMessage, place: Place, author?: Person): Promise<Message>;
  /** A line somebody typed: tokens to names. */
  line(text: string): Promise<string>;
  /** See `Adapter.history`. */
  history(place: Place, around: Around, limit: number): Promise<readonly Message[]>;
  /** The messages themselves, oldest first, for looking up what we posted. */
  wires(place: Place, around: Around, limit: number): Promise<WireMessage[]>;
}

/** Before or after which message; both null for the newest. */
export interface Around {
  readonly before: MessageRef | null;
  readonly after: MessageRef | null;
}

/** Messages of one page, and pages read for one question: a longer thread is read from its end. */
const PAGE = 200;
const PAGES = 5;
/** People asked for at the same time. */
const AT_ONCE = 4;

/** See {@link Reader}. */
export function createReader(rooms: {
  api: Api;
  people: People;
  channels: Channels;
  self: string;
  botId: string | null;
}): Reader {
  const { api, people, channels, self } = rooms;

  async function names(text: string, blocks: readonly unknown[]): Promise<Names> {
    const named = namedIn(text, blocks);
    const users = new Map<string, string>();
    const found = new Map<string, string>();
    await slowly(named.users, async (id) => void users.set(id, (await people.guess(id, null)).name));
    await slowly(named.channels, async (id) => {
      const name = await channels.name(id);
      if (name) found.set(id, name);
    });
    return { users, channels: found, self };
  }

  function ours(wire: WireMessage): boolean {
    return wire.user === self || (rooms.botId !== null && wire.bot_id === rooms.botId);
  }

  async function authorOf(wire: WireMessage): Promise<Person> {
    const name = wire.username ?? wire.bot_profile?.name ?? null;
    if (wire.bot_id || !wire.user) return people.program(wire.user ?? wire.bot_id ?? 'unknown', name);
    return people.guess(wire.user, name);
  }

  async function message(wire: WireMessage, place: Place, author?: Person): Promise<Message> {
    const shared = (wire.attachments ?? []).filter((one) => one.is_share || one.is_msg_unfurl);
    const text = wire.text ?? '';
    const blocks = wire.blocks ?? [];
    const quotes = shared.map((one) => one.text ?? one.fallback ?? '').filter((words) => words !== '');
    const known = await names([text, ...quotes].join('\n'), blocks);
    const quoted = shared.flatMap((one) =>
      quote(one.author_name ?? null, decode(one.text ?? one.fallback ?? '', known)),
    );
    return {
      ref: { place, id: wire.ts },
      author: author ?? (await authorOf(wire)),
      text: [readText(text, blocks, known), ...quoted].filter((part) => part !== '').join('\n\n'),
      files: (wire.files ?? []).flatMap((file) => fileRef(file) ?? []),
      at: atOf(wire.ts),
      ours: ours(wire),
    };
  }

  async function wires(place: Place, around: Around, limit: number): Promise<WireMessage[]> {
    const method = place.thread === null ? 'conversations.history' : 'conversations.replies';
    const wanted = {
      channel: place.channel,
      ...(place.thread !== null && { ts: place.thread }),
      ...(around.before && { latest: around.before.id }),
      ...(around.after && { oldest: around.after.id }),
      include_all_metadata: true,
      // The history comes newest first: without a beginning, the first page is all that is wanted.
      limit: place.thread === null && !around.after ? Math.min(limit, PAGE) : PAGE,
    };
    const all: WireMessage[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const read: z.output<typeof messagePage> = await api.call(
        method,
        { ...wanted, ...(cursor && { cursor }) },
        messagePage,
      );
      all.push(...read.messages);
      cursor = read.response_metadata?.next_cursor || null;
      if (cursor === null || (place.thread === null && !around.after && all.length >= limit)) break;
    }
    // A thread's root comes with every page, whatever was asked for.
    const within = new Map(all.filter((wire) => isWithin(wire.ts, around)).map((wire) => [wire.ts, wire]));
    const sorted = [...within.values()].sort((a, b) => Number(a.ts) - Number(b.ts));
    return around.after ? sorted.slice(0, limit) : sorted.slice(-limit);
  }

  return {
    message,
    wires,
    async line(text) {
      return decode(text, await names(text, []));
    },
    async history(place, around, limit) {
      const found = await wires(place, around, limit);
      const read = new Map<string, Message>();
      const said = found.filter((wire) => wire.subtype == null || SAID.has(wire.subtype));
      await slowly(said, async (wire) => {
        const at = place.thread === null || wire.ts !== place.thread ? place : { ...place, thread: null };
        read.set(wire.ts, await message(wire, at));
      });
      return said.flatMap((wire) => read.get(wire.ts) ?? []);
    },
  };
}

/** Subtypes of messages in which somebody said something; the others tell of joins, topics and the like. */
export const SAID: ReadonlySet<string> = new Set(['file_share', 'thread_broadcast', 'me_message', 'bot_message']);

/** A file's handle. Null for one that is no longer there. */
export function fileRef(file: WireFile): FileRef | null {
  if (file.mode === 'tombstone' || file.mode === 'hidden_by_limit') return null;
  return {
    platform: 'slack',
    id: file.id,
    name: file.name || file.title || file.id,
    type: file.mimetype || 'application/octet-stream',
    size: file.size ?? null,
    // Empty for a file of another workspace: its address has to be asked for.
    token: file.url_private_download ?? file.url_private ?? '',
  };
}

/** A timestamp of Slack's as milliseconds since the epoch. */
function atOf(ts: string): number {
  return Math.floor(Number(ts) * 1000);
}

function isWithin(ts: string, { before, after }: Around): boolean {
  return (!before || Number(ts) < Number(before.id)) && (!after || Number(ts) > Number(after.id));
}

function quote(name: string | null, text: string): string[] {
  if (text === '') return [];
  return [
    `${name ? `${name} wrote:\n` : ''}${text
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n')}`,
  ];
}

/** Runs a task for each item, a few at a time. */
async function slowly<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
