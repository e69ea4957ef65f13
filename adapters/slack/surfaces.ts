import type { Surface, SurfaceRef } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { MessageRef, Place } from '../../src/chat/places.ts';
import type { Rendered } from '../../src/chat/view.ts';
import { type Api, done } from './api.ts';
import { type Block, fallback } from './blocks.ts';
import { slackFailure } from './errors.ts';
import type { Reader } from './messages.ts';
import { isSlackPayload, withoutMarkdown } from './render.ts';
import { readToken, respond, takeBack } from './response.ts';
import type { Titles } from './titles.ts';
import { posted } from './wire.ts';

/** The messages that answers stand in. */
export interface Surfaces {
  open(place: Place, first: Rendered, key: string, via: Trigger | null): Promise<Surface>;
  reopen(ref: SurfaceRef): Surface | 'post-anew';
  find(place: Place, key: string, after: MessageRef | null): Promise<SurfaceRef | null>;
  /** Posts a message that is no answer. */
  post(place: Place, blocks: readonly Block[], key?: string): Promise<{ channel: string; id: string }>;
}

/** The type of the metadata that carries a message's key. */
const PART = 'parley_part';
/** Messages looked through for a key. */
const SEARCHED = 200;

/** See {@link Surfaces}. */
export function createSurfaces(rooms: {
  api: Api;
  reader: Reader;
  titles: Titles;
  clock: Clock;
  self: string;
}): Surfaces {
  const { api, reader, titles, clock } = rooms;
  /** Triggers that a private answer was begun with. */
  const used = new WeakSet<Trigger>();

  async function post(place: Place, blocks: readonly Block[], key?: string) {
    const message = await api.call(
      'chat.postMessage',
      {
        channel: place.channel,
        ...(place.thread !== null && { thread_ts: place.thread }),
        text: fallback(blocks),
        blocks,
        unfurl_links: false,
        unfurl_media: false,
        ...(key !== undefined && { metadata: { event_type: PART, event_payload: { key } } }),
      },
      posted,
    );
    return { channel: message.channel ?? place.channel, id: message.ts };
  }

  /** A message that can be edited for as long as it stands. */
  function lasting(ref: SurfaceRef): Surface {
    const { place, id } = ref;
    return {
      ref,
      mode: 'edit',
      diesAt: null,
      scopes: () => [`chat.update:${place.team}`],
      put: (rendered) => titles.update(place, id, blocksOf(rendered)),
      async remove() {
        try {
          await api.call('chat.delete', { channel: place.channel, ts: id }, done);
        } catch (error) {
          if (!(error instanceof Failure) || error.problem.kind !== 'gone') throw error;
        }
      },
    };
  }

  /** A private answer: shown once, through the address that came with the trigger. */
  function once(ref: SurfaceRef, via: Trigger, replace: boolean): Surface {
    const url = readToken(via)?.url ?? null;
    return {
      ref,
      mode: 'once',
      diesAt: via.expiresAt,
      scopes: () => [`response:${via.id}`],
      async put(rendered) {
        if (url === null || clock.now() >= via.expiresAt)
          throw slackFailure('expired', 'response_url is past its time');
        await respond(url, api.base, { blocks: withoutMarkdown(blocksOf(rendered)), private: true, replace });
      },
      async remove() {
        if (url === null || clock.now() >= via.expiresAt) return;
        await takeBack(url, api.base).catch(ignoreExpired);
      },
    };
  }

  return {
    post,
    async open(place, first, key, via) {
      const openedAt = clock.now();
      if (via?.private) {
        // The first answer takes the place of "Working on it…".
        const ref = { place, id: `once:${key}`, openedAt, via };
        return once(ref, via, !answered(via));
      }
      const blocks = blocksOf(first);
      const { channel, id } = await post(place, blocks, key);
      const where = { ...place, channel };
      titles.posted(where, id, blocks);
      return lasting({ place: where, id, openedAt, via: null });
    },
    reopen(ref) {
      if (ref.via === null) return lasting(ref);
      return clock.now() < ref.via.expiresAt && readToken(ref.via) ? once(ref, ref.via, false) : 'post-anew';
    },
    async find(place, key, after) {
      const wires = await reader.wires(place, { before: null, after }, SEARCHED);
      const found = wires.find(
        (wire) =>
          wire.user === rooms.self && (wire.metadata?.event_payload?.key === key || hasBlock(wire.blocks ?? [], key)),
      );
      return found ? { place, id: found.ts, openedAt: Math.floor(Number(found.ts) * 1000), via: null } : null;
    },
  };

  /** Whether this trigger has been answered before, by this process. */
  function answered(via: Trigger): boolean {
    if (used.has(via)) return true;
    used.add(via);
    return false;
  }
}

function hasBlock(blocks: readonly unknown[], id: string): boolean {
  return blocks.some(
    (block) => typeof block === 'object' && block !== null && 'block_id' in block && block.block_id === id,
  );
}

function blocksOf(rendered: Rendered): readonly Block[] {
  if (isSlackPayload(rendered.payload)) return rendered.payload.blocks;
  throw slackFailure('bug', 'a body that was rendered for another platform');
}

function ignoreExpired(error: unknown): void {
  if (!(error instanceof Failure) || error.problem.kind !== 'expired') throw error;
}
