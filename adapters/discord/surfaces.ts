import type { Surface, SurfaceRef } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Place } from '../../src/chat/places.ts';
import type { Rendered } from '../../src/chat/view.ts';
import type { Answers } from './answers.ts';
import { payloadOf } from './bodies.ts';
import { failure } from './errors.ts';
import { channelOf, editScopes, OLD_EDIT_MS, tokenScopes } from './limits.ts';
import type { Messages } from './messages.ts';
import type { Places } from './places.ts';

/** Messages that can still change. */
export interface Surfaces {
  open(place: Place, first: Rendered, key: string, via: Trigger | null): Promise<Surface>;
  reopen(ref: SurfaceRef): Surface | 'post-anew';
}

/** See {@link Surfaces}. */
export function createSurfaces(options: {
  messages: Messages;
  answers: Answers;
  places: Places;
  clock: Clock;
}): Surfaces {
  const { messages, answers, places, clock } = options;

  /** A message that the bot's own token reaches, for as long as it stands. */
  function standing(ref: SurfaceRef): Surface {
    const channel = channelOf(ref.place);
    return {
      ref,
      mode: 'edit',
      diesAt: null,
      scopes: () => editScopes(channel, clock.now() - ref.openedAt > OLD_EDIT_MS),
      put: (rendered) => messages.edit(channel, ref.id, payloadOf(rendered)),
      remove: () => messages.remove(channel, ref.id),
    };
  }

  /** A message that only its interaction's token reaches: seen by one person, or where the bot is no member. */
  function lent(ref: SurfaceRef, via: Trigger): Surface {
    return {
      ref,
      mode: 'edit',
      diesAt: via.expiresAt,
      scopes: () => tokenScopes(via.id),
      put: async (rendered) => {
        if (clock.now() >= via.expiresAt) throw EXPIRED;
        await answers.edit(via, ref.id, payloadOf(rendered));
      },
      remove: () => answers.remove(via, ref.id),
    };
  }

  return {
    async open(place, first, key, via) {
      const payload = payloadOf(first);
      if (via === null) {
        const id = await messages.post(channelOf(place), payload, key);
        return standing({ place, id, openedAt: clock.now(), via: null });
      }
      if (clock.now() >= via.expiresAt) throw EXPIRED;
      const sent = await answers.more(via, payload, via.private);
      const ref = { place: via.place, id: sent.id, openedAt: clock.now() };
      const onlyByToken = via.private || !places.isMember(via.place);
      return onlyByToken ? lent({ ...ref, via }, via) : standing({ ...ref, via: null });
    },
    reopen(ref) {
      if (ref.via === null) return standing(ref);
      return clock.now() >= ref.via.expiresAt ? 'post-anew' : lent(ref, ref.via);
    },
  };
}

const EXPIRED = failure(
  'expired',
  'The time to answer that directly has run out. Please ask again.',
  'the interaction token is past its 15 minutes',
);
