import * as z from 'zod';
import type { Place, UserRef } from '../chat/places.ts';
import { placeKey, userKey } from '../chat/places.ts';
import type { Settings } from '../store/port.ts';

/** The model chosen for a question by this person in this conversation, and for what it was chosen; null when nobody chose. */
export type ChooseModel = (
  user: UserRef,
  conversation: Place,
) => Promise<{ readonly id: string; readonly chosenBy: 'thread' | 'channel' | 'me' | 'server' } | null>;

/**
 * The nearest choice wins: this conversation, then oneself, then this channel, then the configuration's. Direct messages are nearer
 * than oneself everywhere.
 */
export function createChooseModel(settings: Settings, fallback: string | null): ChooseModel {
  return async (user, conversation) => {
    const me = { scope: `user:${userKey(user)}`, chosenBy: 'me' } as const;
    const channel = {
      scope: `channel:${placeKey({ ...conversation, thread: null })}`,
      chosenBy: conversation.kind === 'direct' ? 'thread' : 'channel',
    } as const;
    const scopes = [
      { scope: `conversation:${placeKey(conversation)}`, chosenBy: 'thread' } as const,
      ...(conversation.kind === 'direct' ? [channel, me] : [me, channel]),
    ];
    for (const { scope, chosenBy } of scopes) {
      const written = await settings.get(scope, 'model');
      const id = written === null ? null : z.string().safeParse(JSON.parse(written));
      if (id?.success) return { id: id.data, chosenBy };
    }
    return fallback === null ? null : { id: fallback, chosenBy: 'server' };
  };
}
