import type { Answer } from '../../src/chat/adapter.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { ButtonEvent } from '../../src/chat/events.ts';
import type { Body } from '../../src/chat/view.ts';
import { patiently } from './api.ts';
import { FEEDBACK } from './blocks.ts';
import { inTime } from './defer.ts';
import { type Ack, answerOf, type Office, say } from './office.ts';
import { OPEN_FORM, openOrOffer } from './open-form.ts';
import { renderBody } from './render.ts';
import { readToken, respond } from './response.ts';
import { blockActions } from './wire.ts';

/** A control that somebody used: on a message, on a note that only they see, on the Home tab or in a modal. */
export async function takeAction(office: Office, body: unknown, ack: Ack): Promise<void> {
  const wire = blockActions.parse(body);
  const [action] = wire.actions;
  // A link opens in the browser and needs nothing but the acknowledgement; fields of a form come with its submission.
  if (!action || action.url || (wire.view && action.type !== 'button' && action.type !== 'static_select')) return ack();
  let event: ButtonEvent | null = null;
  const work = answerOf(office, async () => {
    event = await parse(office, wire, action);
    return takeIn(office, event);
  });
  await inTime(office.clock, work);
  await ack();
  office.background(
    'the answer to a click',
    work.then((answer) => (event ? carryOut(office, answer, event) : undefined)),
  );
}

type Wire = ReturnType<typeof blockActions.parse>;

async function parse(office: Office, wire: Wire, action: Wire['actions'][number]): Promise<ButtonEvent> {
  const at = wire.container?.message_ts ?? wire.message?.ts ?? wire.view?.id ?? '';
  const root = wire.container?.thread_ts ?? wire.message?.thread_ts ?? null;
  const channel = wire.channel?.id ?? wire.container?.channel_id ?? null;
  const author = await office.people.find(wire.user.id);
  const { team } = author.ref;
  // The Home tab stands in no channel: what is to be said about it is said directly.
  const place =
    channel === null
      ? ({ platform: 'slack', team, channel: wire.user.id, thread: null, kind: 'direct' } as const)
      : await office.channels.place(channel, root === at ? null : root, null);
  const id = wire.trigger_id ?? `${wire.user.id}:${action.action_ts ?? ''}`;
  const isPrivate = wire.container?.is_ephemeral === true;
  return {
    type: 'button',
    key: ['slack', team, 'button', wire.user.id, action.action_ts ?? id].map(encodeURIComponent).join(':'),
    trigger: office.parser.trigger({ id, place, user: author.ref, url: wire.response_url ?? null, private: isPrivate }),
    author,
    place,
    control:
      action.action_id === FEEDBACK || action.type === 'feedback_buttons' ? (action.value ?? '') : action.action_id,
    value: action.selected_option?.value ?? null,
    on: { place, id: at },
  };
}

/** A button of the adapter's own opens a form; all others are the core's. */
async function takeIn(office: Office, event: ButtonEvent): Promise<Answer> {
  if (!event.control.startsWith(OPEN_FORM)) return office.host.accept(event);
  const kept = office.forms.get(event.control.slice(OPEN_FORM.length));
  if (!kept || kept.trigger.user.id !== event.author.ref.id)
    return say('That form is no longer open. Please start it again.');
  return { do: 'form', form: kept.form };
}

async function carryOut(office: Office, answer: Answer, event: ButtonEvent): Promise<void> {
  if (answer.do === 'form') return openOrOffer(office, event.trigger, answer.form);
  if (answer.do !== 'say') return;
  const { body } = answer;
  const speak = async () => {
    if (answer.instead && (await replaced(office, body, event))) return;
    if (answer.private) await office.tell(event.author.ref, event.place, body, event.trigger);
    else await office.surfaces.post(event.place, renderBody(body, 'markdown'));
  };
  await patiently(office.clock, office.signal, speak);
}

/** Puts words in place of those that the button stands on. False where its message has no address for that, or no longer. */
async function replaced(office: Office, body: Body, event: ButtonEvent): Promise<boolean> {
  const url = readToken(event.trigger)?.url ?? null;
  if (url === null) return false;
  const { thread } = event.place;
  try {
    const blocks = renderBody(body, 'sections');
    await respond(url, office.api.base, { blocks, private: event.trigger.private, replace: true, thread });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.problem.kind === 'expired') return false;
    throw error;
  }
}
