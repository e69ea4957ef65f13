import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import { placeKey } from '../../src/chat/places.ts';
import { type Api, done } from './api.ts';
import { type Block, fallback } from './blocks.ts';
import { slackWord } from './errors.ts';
import { HEADER_UNITS, TITLE_UNITS } from './limits.ts';
import { createRecent } from './recent.ts';
import { messagePage } from './wire.ts';
import { plain } from './words.ts';

/** Titles of conversations, and the changing of messages that may carry one. */
export interface Titles {
  /** A message of ours now stands in this place. The first one of a conversation may get the title above it. */
  posted(place: Place, id: string, blocks: readonly Block[]): void;
  /** Makes a message show these blocks, below its title where it has one. */
  update(place: Place, id: string, blocks: readonly Block[]): Promise<void>;
  /**
   * Names a conversation: its agent session where the app is an agent, its assistant thread where there is one, otherwise a
   * header above the first answer. A direct channel without threads has no title.
   */
  title(place: Place, title: string, by: 'model' | 'person'): Promise<void>;
  /** A person named the conversation in Slack itself: the model's title no longer replaces that. */
  namedByPerson(place: Place): void;
}

/** A message of ours as it stands. */
interface Shown {
  blocks: readonly Block[];
  title: string | null;
  /** Changes of this message, one after the other: the title must not meet a newer text half-way. */
  last: Promise<unknown>;
}

/** Messages kept in memory so that a title can be put above them; of others the header is read back. */
const MOST = 500;
/** Conversations of which the first answer, or that a person named them, is known to this process. */
const PLACES = 5_000;

const header = z.looseObject({ type: z.literal('header'), text: z.looseObject({ text: z.string() }) });

/** See {@link Titles}. */
export function createTitles(api: Api, clock: Clock): Titles {
  const shown = createRecent<Shown>(clock, MOST);
  const firsts = createRecent<string>(clock, PLACES);
  const named = createRecent<true>(clock, PLACES);
  /** What the workspace has turned out not to offer, so that it is not tried each time. */
  const without = new Set<string>();

  function write(place: Place, id: string, message: Shown): Promise<void> {
    const writing = message.last.then(async () => {
      const above = message.title === null ? [] : [{ type: 'header', text: plain(message.title, HEADER_UNITS) }];
      const blocks = [...above, ...message.blocks];
      await api.call('chat.update', { channel: place.channel, ts: id, text: fallback(message.blocks), blocks }, done);
    });
    message.last = writing.catch(() => undefined);
    return writing;
  }

  /** The title above a message from before a restart. Throws what passes, so that it is not lost to a moment's refusal. */
  async function titleAbove(place: Place, id: string): Promise<string | null> {
    const asked = { channel: place.channel, ts: place.thread, oldest: id, latest: id, inclusive: true, limit: 10 };
    try {
      const { messages } = await api.call('conversations.replies', asked, messagePage);
      const [first] = messages.find((message) => message.ts === id)?.blocks ?? [];
      return header.safeParse(first).data?.text.text ?? null;
    } catch (error) {
      if (!(error instanceof Failure) || error.problem.retry.when !== 'never') throw error;
      return null;
    }
  }

  /** Whether this way of naming worked. False when it is not to be had here; throws what passes. */
  async function tried(method: string, args: Record<string, unknown>): Promise<boolean> {
    if (without.has(method)) return false;
    try {
      await api.call(method, args, done);
      return true;
    } catch (error) {
      if (slackWord(error) === 'session_not_found')
        return tried('agents.sessions.setStatus', { ...args, status: 'active' });
      const kind = error instanceof Failure ? error.problem.kind : null;
      if (kind === 'forbidden') without.add(method);
      else if (kind !== 'invalid' && kind !== 'closed') throw error;
      return false;
    }
  }

  return {
    posted(place, id, blocks) {
      if (place.thread === null) return;
      shown.set(`${place.channel}:${id}`, { blocks, title: null, last: Promise.resolve() });
      if (!firsts.get(placeKey(place))) firsts.set(placeKey(place), id);
    },
    async update(place, id, blocks) {
      const key = `${place.channel}:${id}`;
      let message = shown.get(key);
      if (!message) {
        const title = place.thread === null ? null : await titleAbove(place, id);
        message = { blocks, title, last: Promise.resolve() };
        shown.set(key, message);
        if (title !== null) firsts.set(placeKey(place), id);
      }
      message.blocks = blocks;
      await write(place, id, message);
    },
    namedByPerson: (place) => named.set(placeKey(place), true),
    async title(place, title, by) {
      const { thread } = place;
      if (thread === null || (by === 'model' && named.get(placeKey(place)))) return;
      if (by === 'person') named.set(placeKey(place), true);
      const { text } = plain(title, TITLE_UNITS);
      const session = { channel_id: place.channel, thread_ts: thread, title: text };
      if (await tried('agents.sessions.rename', session)) return;
      if (place.kind === 'direct' && (await tried('assistant.threads.setTitle', session))) return;
      const id = firsts.get(placeKey(place));
      const message = id === undefined ? undefined : shown.get(`${place.channel}:${id}`);
      if (id === undefined || !message) return;
      message.title = text;
      await write(place, id, message);
    },
  };
}
