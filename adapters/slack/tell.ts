import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Place, UserRef } from '../../src/chat/places.ts';
import type { Body } from '../../src/chat/view.ts';
import { type Api, done } from './api.ts';
import { fallback } from './blocks.ts';
import { renderBody } from './render.ts';
import { readToken, respond } from './response.ts';
import type { Surfaces } from './surfaces.ts';

/** Says something to one person. See `Adapter.tell`. */
export type Tell = (
  user: UserRef,
  place: Place,
  body: Body,
  via: Trigger | null,
) => Promise<'ephemeral' | 'private' | 'impossible'>;

const direct = z.looseObject({ channel: z.looseObject({ id: z.string() }) });

/**
 * See {@link Tell}: through the trigger's own address while it is good, which works where the bot is not a member; else as a note
 * in the channel that only they see; else in their direct messages. Throws only what passes (a rate limit, an outage).
 */
export function createTell(api: Api, surfaces: Surfaces, clock: Clock): Tell {
  async function tried(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      if (!(error instanceof Failure) || error.problem.retry.when !== 'never') throw error;
      return false;
    }
  }

  return async (user, place, body, via) => {
    const url = via && clock.now() < via.expiresAt ? (readToken(via)?.url ?? null) : null;
    const sections = renderBody(body, 'sections');
    const { thread } = place;
    if (url !== null && (await tried(() => respond(url, api.base, { blocks: sections, private: true, thread })))) {
      return 'ephemeral';
    }
    const blocks = renderBody(body, 'markdown');
    if (place.kind !== 'direct') {
      const note = {
        channel: place.channel,
        user: user.id,
        ...(thread !== null && { thread_ts: thread }),
        text: fallback(blocks),
        blocks,
      };
      if (await tried(() => api.call('chat.postEphemeral', note, done))) return 'ephemeral';
    }
    if (place.kind === 'direct' && (await tried(() => surfaces.post(place, blocks)))) return 'private';
    const to = await directTo(api, place, user);
    const told = to !== null && (await tried(() => surfaces.post(to, blocks)));
    return told ? 'private' : 'impossible';
  };
}

/** The person's direct channel; null where it cannot be opened. Throws only what passes. */
export async function directTo(api: Api, place: Place, user: UserRef): Promise<Place | null> {
  try {
    const { channel } = await api.call('conversations.open', { users: user.id }, direct);
    return { ...place, channel: channel.id, thread: null, kind: 'direct' };
  } catch (error) {
    if (!(error instanceof Failure) || error.problem.retry.when !== 'never') throw error;
    return null;
  }
}
