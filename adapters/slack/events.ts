import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { ChatEvent } from '../../src/chat/events.ts';
import { patiently } from './api.ts';
import type { Office } from './office.ts';
import { createRecent } from './recent.ts';
import { renderBody } from './render.ts';
import { homeView } from './views.ts';
import { messagePage, wireEnvelope } from './wire.ts';

/** Takes an event in. Resolves when it may be acknowledged; rejects when it must come again. */
export type Events = (body: unknown) => Promise<void>;

/** Events remembered, and for how long (ms): Slack's last attempt comes after six minutes (our reference, slack 2.2). */
const MOST = 10_000;
const KEPT_MS = 15 * 60_000;

/**
 * See {@link Events}. An event that is told twice (the twins `message` and `app_mention`, a redelivery, two sockets) is taken
 * in once; a second telling waits for the first.
 */
export function createEvents(office: Office, clock: Clock): Events {
  const taken = createRecent<Promise<void>>(clock, MOST, KEPT_MS);
  const welcomed = createRecent<true>(clock, MOST);

  async function take(event: ChatEvent): Promise<void> {
    if (event.type === 'joined' && !(await isNew(event.place.channel, event.place.kind))) return;
    if (event.type === 'renamed') office.titles.namedByPerson(event.place);
    const answer = await office.host.accept(event);
    office.background(`the answer to ${event.type}`, carryOut(answer, event));
  }

  /** A welcome is for a channel the bot just came to, and for a person who never wrote to it. */
  async function isNew(channel: string, kind: string): Promise<boolean> {
    if (kind !== 'direct') return true;
    if (welcomed.get(channel)) return false;
    const { messages } = await office.api.call('conversations.history', { channel, limit: 1 }, messagePage);
    welcomed.set(channel, true);
    return messages.length === 0;
  }

  async function carryOut(answer: Answer, event: ChatEvent): Promise<void> {
    if (answer.do !== 'say') return;
    const { body } = answer;
    await patiently(clock, office.signal, async () => {
      if (event.type === 'home') {
        await office.api.call(
          'views.publish',
          { user_id: event.author.ref.id, view: homeView(body) },
          z.looseObject({}),
        );
      } else if (event.type === 'message') {
        const { conversation, message } = event;
        // A note for one person does not show in a thread that has not begun.
        const place = answer.private && conversation.kind !== 'direct' ? message.ref.place : conversation;
        if (answer.private) await office.tell(message.author.ref, place, body, null);
        else await office.surfaces.post(place, renderBody(body, 'markdown'));
      } else if (event.type === 'joined') {
        await office.surfaces.post(event.place, renderBody(body, 'markdown'));
      }
    });
  }

  return async (body) => {
    const envelope = wireEnvelope.safeParse(body);
    if (!envelope.success) return office.log.warn({}, 'an event that cannot be read');
    const { event, event_id: id } = envelope.data;
    if (event.type === 'app_uninstalled' || event.type === 'tokens_revoked') return removed(office);
    let parsed: ChatEvent | null;
    try {
      parsed = await office.parser.event(event);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      office.log.warn(
        { event: event.type, id, issues: error.issues.map((issue) => issue.path.join('.')).slice(0, 5) },
        'an event that cannot be read',
      );
      return;
    }
    if (!parsed) return;
    const { key } = parsed;
    const before = taken.get(key);
    if (before) {
      // When the first telling failed, this one tries for itself.
      const failed = await before.then(
        () => false,
        () => true,
      );
      if (!failed) return;
    }
    const taking = take(parsed);
    taken.set(key, taking);
    taking.catch(() => taken.delete(key));
    await taking;
  };
}

function removed(office: Office): void {
  office.fatal('Parley was removed from the Slack workspace. Install the app again and set the new SLACK_BOT_TOKEN.');
}
