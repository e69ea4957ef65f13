import { Failure } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import { context } from './blocks.ts';
import { slackFailure } from './errors.ts';
import { formView, type View } from './forms.ts';
import type { Office } from './office.ts';
import { readToken, respond } from './response.ts';
import { opened } from './wire.ts';

/** The button that opens a form whose own moment had passed. */
export const OPEN_FORM = 'open-form:';

/** Opens a form with what somebody just did. Throws a `Failure`, `expired` when the three seconds are over. */
export async function openForm(office: Office, trigger: Trigger, form: Form): Promise<string> {
  office.forms.set(form.id, { form, trigger });
  return openView(office, trigger, await formViewFor(office, trigger, form));
}

/** Opens a modal; gives its id. */
export async function openView(office: Office, trigger: Trigger, view: View): Promise<string> {
  const token = readToken(trigger);
  if (!token) throw slackFailure('expired', 'the trigger’s token is lost');
  const answer = await office.api.call('views.open', { trigger_id: token.trigger, view }, opened);
  return answer.view.id;
}

/** The modal of a form, for the person who opened it. */
export async function formViewFor(office: Office, trigger: Trigger, form: Form): Promise<View> {
  const person = await office.people.guess(trigger.user.id, null);
  return formView(form, trigger, person.timezone);
}

/** Opens a form; when that came too late, offers a button that opens it. */
export async function openOrOffer(office: Office, trigger: Trigger, form: Form): Promise<void> {
  try {
    await openForm(office, trigger, form);
  } catch (error) {
    if (!(error instanceof Failure) || error.problem.kind !== 'expired') throw error;
    const url = readToken(trigger)?.url ?? null;
    const button = {
      type: 'button',
      action_id: `${OPEN_FORM}${form.id}`,
      text: { type: 'plain_text', text: 'Open the form' },
      style: 'primary',
    };
    const blocks = [
      context('That took a little long. The form is ready now.'),
      { type: 'actions', elements: [button] },
    ];
    if (url !== null) await respond(url, office.api.base, { blocks, private: true, thread: trigger.place.thread });
  }
}
