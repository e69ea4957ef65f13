import * as z from 'zod';
import type { Answer } from '../../src/chat/adapter.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { FormEvent } from '../../src/chat/events.ts';
import type { Place } from '../../src/chat/places.ts';
import { patiently } from './api.ts';
import { inTime } from './defer.ts';
import { blockIds, readValues } from './form-values.ts';
import { FORM, options, readCarried, type View } from './forms.ts';
import { type Ack, answerOf, type Office, say } from './office.ts';
import { formViewFor } from './open-form.ts';
import { renderBody } from './render.ts';
import { readToken } from './response.ts';
import { loadingView, sayingView } from './views.ts';
import { blockSuggestion, viewSubmission, type WireView } from './wire.ts';

/** A form that was sent in: closed, sent back with errors at its fields, or changed to what there is to say. */
export async function takeSubmission(office: Office, body: unknown, ack: Ack): Promise<void> {
  const { view, user, trigger_id } = viewSubmission.parse(body);
  if (!view.callback_id.startsWith(FORM)) return ack();
  let event: FormEvent | null = null;
  const work = answerOf(office, async () => {
    event = await parse(office, view, user.id, trigger_id);
    return event ? office.host.accept(event) : say('I no longer know that form. Please start it again.');
  });
  const answer = await inTime(office.clock, work);
  if (answer === null) {
    await ack({ response_action: 'update', view: loadingView(titleOf(view)) });
    office.background(
      'a late answer to a form',
      work.then((late) => (event ? showLate(office, late, event, view) : undefined)),
    );
    return;
  }
  await ack(await acknowledgement(office, answer, event, view));
  if (event) await speak(office, answer, event);
}

/** What somebody types into a list that asks: answered at once, from memory. */
export async function takeSuggestion(office: Office, body: unknown, ack: Ack): Promise<void> {
  const wire = blockSuggestion.parse(body);
  const carried = readCarried(wire.view?.private_metadata ?? '');
  const option = wire.action_id.slice(wire.action_id.indexOf(':') + 1);
  // Who cannot be looked up is offered nothing: what may be suggested depends on who asks.
  const author = await office.people.find(wire.user.id).catch(nobody);
  const choices =
    carried && author
      ? office.host.suggest({
          // A field names its command by itself.
          command: '',
          option,
          typed: wire.value,
          author,
          place: placeOf(carried, author.ref.team),
        })
      : [];
  await ack({ options: options(choices) });
}

/** Who cannot be looked up is nobody; anything but a `Failure` is our own mistake. */
function nobody(error: unknown): null {
  if (error instanceof Failure) return null;
  throw error;
}

async function parse(office: Office, view: WireView, user: string, triggerId: string): Promise<FormEvent | null> {
  const carried = readCarried(view.private_metadata);
  if (!carried) return null;
  const author = await office.people.find(user);
  const place = placeOf(carried, author.ref.team);
  const form = view.callback_id.slice(FORM.length);
  // The address that came with the command is a secret and stays here; after a restart the answer goes another way.
  const before = office.forms.get(form)?.trigger;
  const url = before && before.user.id === user ? (readToken(before)?.url ?? null) : null;
  return {
    type: 'form',
    key: ['slack', author.ref.team, 'form', triggerId].map(encodeURIComponent).join(':'),
    trigger: {
      ...office.parser.trigger({
        id: triggerId,
        place,
        user: author.ref,
        url,
        private: carried.private,
      }),
      ...(before && url !== null && { expiresAt: before.expiresAt }),
    },
    author,
    place,
    form,
    values: readValues(view, author.timezone),
  };
}

async function acknowledgement(
  office: Office,
  answer: Answer,
  event: FormEvent | null,
  view: WireView,
): Promise<object | undefined> {
  if (answer.do === 'errors') return { response_action: 'errors', errors: atFields(answer.fields, view) };
  const next = await viewFor(office, answer, event, view);
  return next ? { response_action: 'update', view: next } : undefined;
}

/** What the modal shows after an answer; null when it may close. */
async function viewFor(office: Office, answer: Answer, event: FormEvent | null, view: WireView): Promise<View | null> {
  if (answer.do === 'say' && answer.private) return sayingView(titleOf(view), answer.body);
  if (answer.do !== 'form' || !event) return null;
  office.forms.set(answer.form.id, { form: answer.form, trigger: event.trigger });
  return formViewFor(office, event.trigger, answer.form);
}

async function showLate(office: Office, answer: Answer, event: FormEvent, view: WireView): Promise<void> {
  const next = (await viewFor(office, answer, event, view)) ?? (await lateView(office, answer, event, view));
  await office.api.call('views.update', { view_id: view.id, view: next }, z.looseObject({}));
  await speak(office, answer, event);
}

/** A modal cannot be closed, nor be given errors at its fields, after its three seconds: it says so, or shows the form again. */
async function lateView(office: Office, answer: Answer, event: FormEvent, view: WireView): Promise<View> {
  const kept = office.forms.get(event.form);
  if (answer.do !== 'errors')
    return sayingView(titleOf(view), { markdown: 'Done. You can close this.', controls: null });
  const filled = new Map(event.values);
  if (kept) {
    const fields = kept.form.fields.map((field) => ({ ...field, initial: filled.get(field.name) ?? field.initial }));
    return formViewFor(office, kept.trigger, { ...kept.form, fields, errors: answer.fields });
  }
  const lines = Object.entries(answer.fields).map(([name, complaint]) => `- **${name}**: ${complaint}`);
  return sayingView(titleOf(view), { markdown: `That did not work.\n\n${lines.join('\n')}`, controls: null });
}

/** What is said to everybody stands in the conversation, not in the modal. */
async function speak(office: Office, answer: Answer, event: FormEvent): Promise<void> {
  if (answer.do !== 'say' || answer.private) return;
  await patiently(office.clock, office.signal, () =>
    office.surfaces.post(event.place, renderBody(answer.body, 'markdown')),
  );
}

function atFields(fields: Readonly<Record<string, string>>, view: WireView): Record<string, string> {
  const blocks = blockIds(view);
  const [first = ''] = blocks.values();
  return Object.fromEntries(Object.entries(fields).map(([name, complaint]) => [blocks.get(name) ?? first, complaint]));
}

function titleOf(view: WireView): string {
  return readCarried(view.private_metadata)?.title ?? 'Parley';
}

function placeOf(carried: { channel: string; thread: string | null; kind: Place['kind'] }, team: string): Place {
  const { channel, thread, kind } = carried;
  return { platform: 'slack', team, channel, thread, kind };
}
