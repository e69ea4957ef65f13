import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Place } from '../../src/chat/places.ts';
import { placeKey } from '../../src/chat/places.ts';
import { type Api, done } from './api.ts';
import { type Block, fallback } from './blocks.ts';
import { slackWord } from './errors.ts';
import { HEADER_UNITS, TITLE_UNITS } from './limits.ts';
import { createRecent } from './recent.ts';
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

interface First {
  readonly id: string;
  blocks: readonly Block[];
  title: string | null;
  /** Changes of this message, one after the other: the title must not meet a newer text half-way. */
  last: Promise<unknown>;
}

/** First answers kept in memory so that a title can be put above them. */
const MOST = 500;
/** Conversations whose name is a person's, as far as this process knows; the core keeps it for good. */
const NAMED = 5_000;

/** See {@link Titles}. */
export function createTitles(api: Api, clock: Clock): Titles {
  const firsts = createRecent<First>(clock, MOST);
  const named = createRecent<true>(clock, NAMED);
  /** What the workspace has turned out not to offer, so that it is not tried each time. */
  const without = new Set<string>();

  async function write(place: Place, id: string, blocks: readonly Block[]): Promise<void> {
    await api.call('chat.update', { channel: place.channel, ts: id, text: fallback(blocks), blocks }, done);
  }

  function rewrite(place: Place, first: First): Promise<void> {
    const writing = first.last.then(() => {
      const header = first.title === null ? [] : [{ type: 'header', text: plain(first.title, HEADER_UNITS) }];
      return write(place, first.id, [...header, ...first.blocks]);
    });
    first.last = writing.catch(() => undefined);
    return writing;
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
      if (place.thread === null || firsts.get(placeKey(place))) return;
      firsts.set(placeKey(place), { id, blocks, title: null, last: Promise.resolve() });
    },
    update(place, id, blocks) {
      const first = firsts.get(placeKey(place));
      if (first?.id !== id) return write(place, id, blocks);
      first.blocks = blocks;
      return rewrite(place, first);
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
      const first = firsts.get(placeKey(place));
      if (!first) return;
      first.title = text;
      await rewrite(place, first);
    },
  };
}
