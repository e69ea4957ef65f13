import type { Answer, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import type { Person } from '../../src/chat/messages.ts';
import type { Answers } from './answers.ts';
import { noteOf, type OpenForms, offering, stepOf } from './forms.ts';

/** Discord waits three seconds for the first answer; after this time we defer by ourselves. */
const DEFER_MS = 1_500;

/** What answering an interaction needs. */
export interface SettlingRooms {
  readonly answers: Answers;
  readonly forms: OpenForms;
  readonly clock: Clock;
  host(): Host;
  /** What could not be answered through the interaction goes to the person another way. */
  elsewhere(trigger: Trigger, answer: Extract<Answer, { do: 'say' }>): Promise<void>;
  failed(what: string, detail: string): void;
}

/** An interaction that wants its answer. */
export interface Asked {
  readonly author: Person;
  readonly trigger: Trigger;
  /** A click, or a form that was opened by one: it stands on a message, which need not change. */
  readonly onMessage: boolean;
  readonly isForm: boolean;
}

/** Settles interactions with what the core answers, in Discord's time; `form` is the id of the form that was sent in. */
export function createSettling(
  rooms: SettlingRooms,
): (asked: Asked, accepted: Promise<Answer>, form?: string | null) => Promise<void> {
  const { answers, forms, clock } = rooms;

  return settle;

  /** Gives the core's answer as the first one, or defers when it takes too long and gives it then. */
  async function settle(asked: Asked, accepted: Promise<Answer>, form: string | null = null): Promise<void> {
    const settled = accepted.catch((error: unknown): Answer => {
      rooms.failed('interaction', problemOf(error).detail);
      return say('I could not take that in. Please try again.');
    });
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(DEFER_MS, () => late.resolve(null));
    const first = await Promise.race([settled, late.promise]).finally(cancel);
    try {
      if (first !== null) return await give(asked, first, form);
      await (asked.onMessage ? answers.nod(asked.trigger) : answers.defer(asked.trigger, asked.trigger.private));
      await giveLate(asked, await settled, form);
    } catch (error) {
      const problem = problemOf(error);
      rooms.failed('interaction', problem.detail);
      const meant = await settled;
      if (meant.do === 'say' && problem.kind === 'expired') await rooms.elsewhere(asked.trigger, meant);
    }
  }

  async function give(asked: Asked, meant: Answer, form: string | null): Promise<void> {
    const { trigger, onMessage } = asked;
    switch (meant.do) {
      case 'none':
        close(form);
        return onMessage ? answers.nod(trigger) : answers.swallow(trigger);
      case 'say':
        close(form);
        if (meant.instead && onMessage) return answers.instead(trigger, meant.body, meant.private);
        return answers.say(trigger, meant.body, meant.private);
      case 'form':
        if (!asked.isForm) return answers.modal(trigger, offered(asked, meant.form), 0);
        forms.keep(offered(asked, meant.form), trigger.private);
        return answers.say(trigger, noteOf(meant.form, 0, 'One more form is to be filled in.'), true);
      case 'errors':
        return answers.say(trigger, wrong(form, meant.fields), true);
      case 'work':
        close(form);
        return answers.defer(trigger, meant.private);
    }
  }

  /** As {@link give}, after the interaction has been deferred: no form can be opened then, and who sees the answer is settled. */
  async function giveLate(asked: Asked, meant: Answer, form: string | null): Promise<void> {
    const { trigger, onMessage } = asked;
    const hidden = meant.do === 'form' || meant.do === 'errors' || (meant.do !== 'none' && meant.private);
    const shownToAll = !onMessage && !trigger.private;
    if (!onMessage && (meant.do === 'none' || (hidden && shownToAll))) await answers.clear(trigger);
    switch (meant.do) {
      case 'none':
      case 'work':
        return close(form);
      case 'say':
        close(form);
        if (meant.instead && onMessage) return answers.instead(trigger, meant.body, hidden);
        return answers.moreOf(trigger, meant.body, hidden);
      case 'form':
        forms.keep(offered(asked, meant.form), trigger.private);
        return answers.moreOf(trigger, noteOf(meant.form, 0, 'That took me a moment. The form is ready now.'), true);
      case 'errors':
        return answers.moreOf(trigger, wrong(form, meant.fields), true);
    }
  }

  /** A field names its command by itself. */
  function offered({ author, trigger }: Asked, form: Form): Form {
    const asked = { command: '', author, place: trigger.place };
    return offering(form, (option, typed) => rooms.host().suggest({ ...asked, option, typed }));
  }

  function close(form: string | null): void {
    if (form !== null) forms.delete(form);
  }

  /** What is wrong with a form, and the button that opens it again as it was filled in. */
  function wrong(id: string | null, fields: Readonly<Record<string, string>>) {
    const open = id === null ? undefined : forms.get(id);
    if (!open || id === null) {
      const lines = Object.entries(fields).map(([name, what]) => `- **${name}**: ${what}`);
      return { markdown: ['That did not work. Please start again.', ...lines].join('\n'), controls: null };
    }
    open.form = {
      ...open.form,
      errors: fields,
      fields: open.form.fields.map((field) => ({ ...field, initial: open.values.get(field.name) ?? field.initial })),
    };
    const [first = ''] = Object.keys(fields);
    return noteOf(open.form, stepOf(open.form, first), 'That did not work yet. Nothing you typed is lost.');
  }
}

function say(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
