import { MessageFlags } from 'discord.js';
import * as z from 'zod';
import { problemOf } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import type { Body } from '../../src/chat/view.ts';
import { bodyOf, messagesOf } from './bodies.ts';
import { CODE, codeOf } from './errors.ts';
import { modalOf, noteOf, type OpenForms } from './forms.ts';
import { Kept } from './kept.ts';
import type { Payload } from './render.ts';
import type { Request, Rest } from './rest.ts';
import { wireSent } from './wire.ts';

/** How an interaction can first be answered, by Discord's numbers. */
const CALLBACK = { message: 4, defer: 5, deferUpdate: 6, update: 7, choices: 8, modal: 9 } as const;

/** `none`: the first answer is not one to be filled in. `waiting`: it shows that the bot is at work, and takes the first text. */
type Original = 'none' | 'waiting' | 'used';

interface Standing {
  readonly acknowledged: PromiseWithResolvers<void>;
  original: Original;
  /** A click was taken note of without an answer. */
  nodded: boolean;
}

/** Answers by interaction token: the first within three seconds, the rest within fifteen minutes (our reference, discord 1.7 and 5). */
export interface Answers {
  /** Notes that an interaction has come in: what is said through it waits for its first answer. */
  begin(trigger: Trigger): void;
  say(trigger: Trigger, body: Body, hidden: boolean): Promise<void>;
  /** Puts words in place of those that the pressed button stands on: as the first answer, or after a nod. */
  instead(trigger: Trigger, body: Body, hidden: boolean): Promise<void>;
  defer(trigger: Trigger, hidden: boolean): Promise<void>;
  /** Takes note of a click without showing anything. */
  nod(trigger: Trigger): Promise<void>;
  /** Takes note of a command without leaving a trace. */
  swallow(trigger: Trigger): Promise<void>;
  choices(trigger: Trigger, choices: readonly { name: string; value: string }[]): Promise<void>;
  modal(trigger: Trigger, form: Form, step: number): Promise<void>;
  /** After the first answer: another message, in the waiting answer's place when there is one. Gives its id and channel. */
  more(trigger: Trigger, payload: Payload, hidden: boolean): Promise<{ id: string; channel: string }>;
  moreOf(trigger: Trigger, body: Body, hidden: boolean): Promise<void>;
  /** Takes the waiting answer away. */
  clear(trigger: Trigger): Promise<void>;
  edit(trigger: Trigger, message: string, payload: Payload): Promise<void>;
  remove(trigger: Trigger, message: string): Promise<void>;
  /** The message that first answered. */
  original(trigger: Trigger): Promise<string>;
}

/** Interactions whose standing is remembered; all others are asked for. */
const KEPT = 2_000;

/** See {@link Answers}. */
export function createAnswers(options: { rest: Rest; application(): string; forms: OpenForms }): Answers {
  const { rest } = options;
  const standings = new Kept<Standing>(KEPT);

  function standing(trigger: Trigger): Standing | null {
    return standings.get(trigger.id) ?? null;
  }

  async function callback(trigger: Trigger, type: number, data?: object): Promise<void> {
    const own = standing(trigger);
    const request: Request = {
      what: 'answer an interaction',
      method: 'POST',
      route: `/interactions/${trigger.id}/${trigger.token.reveal()}/callback`,
      body: { type, ...(data && { data }) },
      auth: false,
    };
    try {
      // Once more after an outage: should the first have arrived after all, the second is refused as a repeat.
      await rest.call(request).catch((error: unknown) => {
        if (problemOf(error).kind !== 'unreachable') throw error;
        return rest.call(request);
      });
    } catch (error) {
      // Answered already: what follows goes through the token all the same.
      if (codeOf(error) !== CODE.acknowledged) throw error;
    } finally {
      own?.acknowledged.resolve();
    }
    if (!own) return;
    own.nodded = type === CALLBACK.deferUpdate;
    own.original = type === CALLBACK.defer ? 'waiting' : type === CALLBACK.message ? 'used' : 'none';
  }

  const hook = (trigger: Trigger): `/${string}` => `/webhooks/${options.application()}/${trigger.token.reveal()}`;
  const messageRoute = (trigger: Trigger, id: string): `/${string}` => `${hook(trigger)}/messages/${id}`;

  /**
   * Where the first answer stands: it still waits for its text, or says this already (it was filled in just before a restart),
   * or something else. After a restart Discord is asked.
   */
  async function first(trigger: Trigger, payload: Payload): Promise<'waiting' | 'same' | 'other'> {
    const known = standing(trigger);
    if (known) {
      await known.acknowledged.promise;
      return known.original === 'waiting' ? 'waiting' : 'other';
    }
    const body = await rest.call({
      what: 'read an answer',
      method: 'GET',
      route: messageRoute(trigger, '@original'),
      auth: false,
    });
    const read = z.object({ flags: z.number().nullish(), content: z.string().nullish() }).safeParse(body);
    if (((read.data?.flags ?? 0) & MessageFlags.Loading) !== 0) return 'waiting';
    return read.data?.content === payload.content ? 'same' : 'other';
  }

  async function send(what: string, method: 'POST' | 'PATCH', route: `/${string}`, body: object) {
    const query = method === 'POST' ? { wait: 'true' } : {};
    const sent = wireSent.parse(await rest.call({ what, method, route, body, query, auth: false }));
    return { id: sent.id, channel: sent.channel_id };
  }

  const answers: Answers = {
    begin(trigger) {
      standings.set(trigger.id, { acknowledged: Promise.withResolvers(), original: 'none', nodded: false });
    },
    async say(trigger, body, hidden) {
      const [first, ...rest] = messagesOf(body);
      await callback(trigger, CALLBACK.message, bodyOf(first, hidden));
      for (const payload of rest) await answers.more(trigger, payload, hidden);
    },
    async instead(trigger, body, hidden) {
      const [first, ...rest] = messagesOf(body);
      if (standing(trigger)?.nodded) await answers.edit(trigger, '@original', first);
      else await callback(trigger, CALLBACK.update, bodyOf(first));
      for (const payload of rest) await answers.more(trigger, payload, hidden);
    },
    defer: (trigger, hidden) => callback(trigger, CALLBACK.defer, { flags: hidden ? MessageFlags.Ephemeral : 0 }),
    nod: (trigger) => callback(trigger, CALLBACK.deferUpdate),
    async swallow(trigger) {
      await callback(trigger, CALLBACK.defer, { flags: MessageFlags.Ephemeral });
      await answers.clear(trigger);
    },
    choices: (trigger, choices) => callback(trigger, CALLBACK.choices, { choices }),
    async modal(trigger, form, step) {
      options.forms.keep(form, trigger.private);
      const modal = modalOf(form, step, trigger.private);
      if (modal === null) return answers.say(trigger, noteOf(form, step + 1, 'Nothing is to be filled in here.'), true);
      return callback(trigger, CALLBACK.modal, modal);
    },
    async more(trigger, payload, hidden) {
      // Filling the waiting answer may be repeated without harm, which a follow-up may not: webhooks know no nonce.
      if ((await first(trigger, payload)) !== 'other') {
        const sent = await send('fill an answer', 'PATCH', messageRoute(trigger, '@original'), bodyOf(payload));
        const own = standing(trigger);
        if (own) own.original = 'used';
        return sent;
      }
      return send('follow up', 'POST', hook(trigger), bodyOf(payload, hidden));
    },
    async moreOf(trigger, body, hidden) {
      for (const payload of messagesOf(body)) await answers.more(trigger, payload, hidden);
    },
    async clear(trigger) {
      const own = standing(trigger);
      if (own) own.original = 'none';
      await answers.remove(trigger, '@original');
    },
    async edit(trigger, message, payload) {
      await send('edit an answer', 'PATCH', messageRoute(trigger, message), bodyOf(payload));
    },
    async remove(trigger, message) {
      try {
        await rest.call({
          what: 'delete an answer',
          method: 'DELETE',
          route: messageRoute(trigger, message),
          auth: false,
        });
      } catch (error) {
        if (codeOf(error) !== CODE.unknownMessage) throw error;
      }
    },
    async original(trigger) {
      const route = messageRoute(trigger, '@original');
      return wireSent.parse(await rest.call({ what: 'read an answer', method: 'GET', route, auth: false })).id;
    },
  };
  return answers;
}
