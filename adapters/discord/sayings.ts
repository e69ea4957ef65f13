import { createHash } from 'node:crypto';
import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { MessageRef, Place, UserRef } from '../../src/chat/places.ts';
import type { Body } from '../../src/chat/view.ts';
import type { Answers } from './answers.ts';
import { messagesOf } from './bodies.ts';
import { CODE, codeOf } from './errors.ts';
import { Kept } from './kept.ts';
import { channelOf } from './limits.ts';
import type { Messages } from './messages.ts';
import type { Rest } from './rest.ts';
import { wireChannel } from './wire.ts';

/** Short words beside the conversation: to one person, or in reply to a message. */
export interface Sayings {
  tell(user: UserRef, place: Place, body: Body, via: Trigger | null): Promise<'ephemeral' | 'private' | 'impossible'>;
  /** The core's answer to a message: in reply to it, or, when only its author may see it, in private with a line in reply. */
  reply(to: MessageRef, author: UserRef, body: Body, isPrivate: boolean): Promise<void>;
  /** Does something in the person's direct channel; false when they take no direct messages. */
  directly(user: UserRef, act: (channel: string) => Promise<void>): Promise<boolean>;
  /** In a place, in reply to nothing. */
  inPlace(place: Place, body: Body, key: string): Promise<void>;
}

const TRIES = 4;
const LONGEST_WAIT_MS = 30_000;
const CHANNELS_KEPT = 500;
const TOLD = 'I have answered you in a direct message, since that is for your eyes only.';
const NOT_TOLD =
  'My answer is for your eyes only, and I cannot write to you privately. Allow direct messages from this server, or use the slash command: its answer is shown to you alone.';

/** See {@link Sayings}. */
export function createSayings(options: { rest: Rest; messages: Messages; answers: Answers; clock: Clock }): Sayings {
  const { rest, messages, answers, clock } = options;
  const direct = new Kept<string>(CHANNELS_KEPT);

  async function channelTo(user: UserRef): Promise<string> {
    const known = direct.get(user.id);
    if (known !== undefined) return known;
    const body = { recipient_id: user.id };
    const { id } = wireChannel.parse(
      await rest.call({ what: 'open a direct channel', method: 'POST', route: '/users/@me/channels', body }),
    );
    direct.set(user.id, id);
    return id;
  }

  async function post(channel: string, body: Body, key: string, replyTo?: string): Promise<void> {
    let part = 0;
    for (const payload of messagesOf(body)) {
      const nonce = createHash('sha256').update(`${key}\n${part}`).digest('base64url').slice(0, 22);
      await patiently(() =>
        messages.post(channel, payload, nonce, part === 0 && replyTo !== undefined ? { replyTo } : {}),
      );
      part += 1;
    }
  }

  /** Waits out limits and short outages: nobody else paces these, and the key makes a repeat harmless. */
  async function patiently(call: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await call();
        return;
      } catch (error) {
        const { retry } = problemOf(error);
        const ms = retry.when === 'after' ? retry.ms : 500 * 2 ** tries;
        if (retry.when === 'never' || tries >= TRIES || ms > LONGEST_WAIT_MS) throw error;
        await new Promise<void>((resolve) => void clock.after(ms, resolve));
      }
    }
  }

  async function directly(user: UserRef, act: (channel: string) => Promise<void>): Promise<boolean> {
    try {
      await act(await channelTo(user));
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === CODE.cannotReachUser || code === CODE.unknownUser || code === CODE.missingAccess) return false;
      throw error;
    }
  }

  /** By direct message; false when the person does not take any. */
  function privately(user: UserRef, body: Body, key: string): Promise<boolean> {
    return directly(user, (channel) => post(channel, body, key));
  }

  return {
    directly,
    async tell(user, place, body, via) {
      if (via !== null && clock.now() < via.expiresAt) {
        try {
          await answers.moreOf(via, body, true);
          return 'ephemeral';
        } catch (error) {
          if (problemOf(error).kind !== 'expired') throw error;
        }
      }
      // The same words to the same person twice within two minutes are a repeat after a lost answer: Discord keeps one.
      const key = `tell ${user.id} ${place.channel} ${body.markdown}`;
      if (place.kind === 'direct') {
        await post(channelOf(place), body, key);
        return 'private';
      }
      return (await privately(user, body, key)) ? 'private' : 'impossible';
    },
    async reply(to, author, body, isPrivate) {
      const channel = channelOf(to.place);
      const key = `reply ${to.id}`;
      if (!isPrivate || to.place.kind === 'direct') return post(channel, body, key, to.id);
      const told = await privately(author, body, key);
      return post(channel, { markdown: told ? TOLD : NOT_TOLD, controls: null }, `${key} told`, to.id);
    },
    inPlace: (place, body, key) => post(channelOf(place), body, key),
  };
}
