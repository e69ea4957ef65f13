import { LinkNeeded } from '../accounts/accounts.ts';
import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { FormValue } from '../chat/forms.ts';
import type { Limits } from '../chat/limits.ts';
import type { Person } from '../chat/messages.ts';
import type { Body } from '../chat/view.ts';
import type { Desk } from '../commands/desk.ts';
import { fieldsOf, inOneStep } from '../commands/form.ts';
import { checkOptions } from '../commands/grammar.ts';
import type { Call, Command, Filled, Next, Outcome, OwnForm, Registry } from '../commands/registry.ts';
import { usage } from '../commands/registry.ts';
import type { Log } from '../ops/log.ts';
import { cleanText } from '../turn/compose.ts';
import type { Access } from './access.ts';
import { showErrors, showStep, type Way, withButton } from './form-answers.ts';
import type { FormDesk, Session } from './form-sessions.ts';
import { newSessionId } from './form-sessions.ts';
import { givenBack } from './form-words.ts';
import type { NextButtons } from './next-buttons.ts';
import { type Questions, tooLong } from './questions.ts';
import type { StartTask } from './start-task.ts';
import { LINK } from './waiting.ts';

/** One use of a command on its way through. */
export interface Use extends Omit<Call, 'options' | 'filled'> {
  readonly key: string;
  readonly way: Way;
  readonly message: Session['message'];
  /** It came by a button whose words it takes the place of. */
  readonly instead?: boolean | undefined;
}
/** A form's session that was sent in, and the step it came from. */
export interface Sent {
  readonly session: Session;
  readonly step: number;
}

/** Runs one command. */
export interface RunCommand {
  /** With these options: runs it, or asks in a form for what is missing. */
  run(command: Command, options: ReadonlyMap<string, FormValue>, use: Use): Promise<Answer>;
  /** With options that are right, or with its own form sent in from a session. */
  perform(command: Command, options: ReadonlyMap<string, FormValue>, use: Use, sent: Sent | null): Promise<Answer>;
}

/** What {@link createRunCommand} needs of the rest. */
export interface RunRooms {
  readonly registry: Registry;
  readonly desk: Desk;
  readonly access: Access;
  readonly forms: FormDesk;
  readonly nextButtons: NextButtons;
  readonly questions: Questions;
  readonly clock: Clock;
  readonly log: Log;
  readonly startTask: StartTask;
  /** The longest question, in UTF-16 units. */
  readonly questionUnits: number;
  limits(platform: string): Limits;
  /** Has the lists fetched, in the background, that the fields of this command's form will want. */
  warm(person: Person, path: string): void;
}

/** See {@link RunCommand}. Whatever the way in, the same checks hold: who may run it, the options' types, the length of a question. */
export function createRunCommand(rooms: RunRooms): RunCommand {
  const { registry, desk, access, forms, questions } = rooms;
  const by = (use: Use) => ({ ...use, limits: rooms.limits(use.place.platform) });

  async function run(command: Command, options: ReadonlyMap<string, FormValue>, use: Use): Promise<Answer> {
    // The message that a command was used on stands for the text.
    const needed = command.options.filter((option) => !(use.target && command.shortcut && option.type === 'rest'));
    const wrong = new Map(Object.entries(checkOptions({ ...command, options: needed }, options)));
    if (wrong.size === 0) return perform(command, options, use, null);
    const missing = command.options.some((option) => option.required && !options.has(option.name));
    const path = registry.path(command);
    rooms.warm(use.author, path);
    const lines = [...wrong].map(([name, complaint]) => `- \`${name}\`: ${complaint}`);
    const why = `That did not work.\n\n${lines.join('\n')}\n\nType it as \`${usage(command, path)}\`.`;
    if (!missing) return say(`${why}${typedIn(command, options, use)}`, true);
    const form = {
      title: `/${path}`,
      intro: command.summary,
      submit: 'Send',
      fields: inOneStep(fieldsOf(command, path, options), by(use).limits.formFields),
      note: null,
    };
    // A field that is empty because the form has just been opened is no mistake yet.
    const errors = new Map([...wrong].filter(([name]) => options.has(name)));
    const session = await begin(command, options, use, form);
    return showStep(session, 0, by(use), why, errors);
  }

  async function begin(
    command: Command,
    options: ReadonlyMap<string, FormValue>,
    use: Use,
    form: Pick<Session, 'title' | 'intro' | 'submit' | 'fields' | 'note'>,
  ): Promise<Session> {
    const { place, conversation, message, target, files } = use;
    const session: Session = {
      ...form,
      id: newSessionId(),
      owner: use.author.name,
      command: registry.path(command),
      place,
      conversation,
      message,
      target,
      files,
      options,
      values: new Map(),
    };
    await forms.save(session, use.author.ref);
    return session;
  }

  /** Runs a command whose options are right, or whose own form was sent in from a session. */
  async function perform(
    command: Command,
    options: ReadonlyMap<string, FormValue>,
    use: Use,
    sent: Sent | null,
  ): Promise<Answer> {
    if (command.who === 'admins' && !access.isAdmin(use.author)) return say('Only admins may do that.', true);
    const session = sent?.session ?? null;
    const filled: Filled | null =
      session && session.note !== null ? { values: session.values, note: session.note } : null;
    let outcome: Outcome;
    try {
      outcome = await command.run({ ...use, options, filled }, desk);
    } catch (error) {
      const problem = problemOf(error);
      rooms.log.warn({ command: command.name, kind: problem.kind, detail: problem.detail, error }, 'command failed');
      const next = error instanceof LinkNeeded && desk.linking.off === null ? [LINK] : [];
      if (!session) return offer(`${problem.say}${typedIn(command, options, use)}`, next, use);
      const kept = withButton(session, 0, `${problem.say}\n\nWhat you typed is kept for an hour.`, 'Try again');
      return offer(kept.body, next, use);
    }
    if (outcome.do === 'form') return again(command, options, use, outcome.form, sent);
    if (outcome.do === 'task') {
      const begun = await rooms.startTask(outcome, { ...use, byForm: session !== null });
      if (begun.started && session) await forms.close(session);
      return begun.started || !session ? begun.answer : withButton(session, 0, begun.say, 'Send it again');
    }
    if (outcome.do === 'wrong') return refuse(command, options, use, outcome.fields, sent);
    const long = outcome.do === 'ask' ? tooLong(outcome.text, outcome.most ?? rooms.questionUnits) : null;
    if (long) return session ? withButton(session, 0, long, 'Change it') : say(long, true);
    if (outcome.do === 'say') {
      if (session) await forms.close(session);
      return offer(outcome.body, outcome.next ?? [], use);
    }
    // What a button under words for one person begins in public does not go through that button.
    const away = use.way === 'click' && !(outcome.private ?? command.private);
    const isPrivate = outcome.private ?? command.private;
    const added = await ask(outcome, away ? { ...use, trigger: null } : use, isPrivate, session !== null);
    if (added.do === 'refused' && added.next) {
      if (session) await forms.close(session);
      return offer(added.say, added.next, use);
    }
    if (added.do === 'refused') {
      if (session) return withButton(session, 0, `${added.say} What you typed is kept for an hour.`, 'Send it again');
      return say(use.way === 'command' ? `${added.say}${givenBack(outcome.text)}` : added.say, true);
    }
    if (session) await forms.close(session);
    return away ? { do: 'none' } : { do: 'work', private: isPrivate };
  }

  /** What was typed is there still: in its form, where it can be mended, else in the words. */
  async function refuse(
    command: Command,
    options: ReadonlyMap<string, FormValue>,
    use: Use,
    fields: Readonly<Record<string, string>>,
    sent: Sent | null,
  ): Promise<Answer> {
    const words = Object.values(fields).join('\n\n');
    const session = sent?.session;
    if (sent && session?.note === null && Object.keys(fields).every((name) => session.fields.some(isCalled(name))))
      return showErrors(session, sent.step, by(use), new Map(Object.entries(fields)));
    if (session && session.note !== null)
      return withButton(session, 0, `${words}\n\nWhat you typed is kept for an hour.`, 'Try again');
    return say(`${words}${typedIn(command, options, use)}`, true);
  }

  /** What a command only says, a list or a complaint, concerns the one who typed it. */
  async function offer(words: string | Body, next: readonly Next[], use: Use): Promise<Answer> {
    const body = typeof words === 'string' ? { markdown: words, controls: null } : words;
    const under = await rooms.nextButtons.under(body, next, { ...use, author: use.author.ref });
    return { do: 'say', body: under, private: true, ...(use.instead && { instead: true }) };
  }

  /** A command's own form: for the first time, or once more with what was wrong or has changed meanwhile. */
  async function again(
    command: Command,
    options: ReadonlyMap<string, FormValue>,
    use: Use,
    { errors, ...form }: OwnForm,
    sent: Sent | null,
  ): Promise<Answer> {
    const why = form.intro ?? `\`/${registry.path(command)}\` needs a few words from you.`;
    if (!sent || sent.session.note === null) {
      if (sent) await forms.close(sent.session);
      return showStep(await begin(command, options, use, form), 0, by(use), why, errors);
    }
    const same = JSON.stringify(form.fields.map(shape)) === JSON.stringify(sent.session.fields.map(shape));
    // Values of a form that has changed stand in its new fields as the command put them there.
    const session = { ...sent.session, ...form, values: same ? sent.session.values : new Map<string, FormValue>() };
    await forms.save(session, use.author.ref);
    if (same && errors.size > 0) return showErrors(session, sent.step, by(use), errors);
    return showStep(session, 0, by(use), why, errors);
  }

  function ask(outcome: Extract<Outcome, { do: 'ask' }>, use: Use, isPrivate: boolean, byForm: boolean) {
    return questions.add(use.key, {
      asker: use.author,
      place: use.place,
      conversation: use.conversation,
      message: use.message,
      // A form may have asked for what the command itself had not: only the asker sees what comes through it.
      trigger: use.trigger && { ...use.trigger, private: isPrivate || use.trigger.private },
      text: cleanText(outcome.text),
      files: [...use.files, ...(use.target?.files ?? [])],
      replyTo: null,
      model: outcome.model,
      // Others see the message it was typed in; what was filled in afterwards they do not.
      announce: use.message && !byForm ? null : outcome.announce,
      private: isPrivate,
      wishes: outcome.wishes,
      at: rooms.clock.now(),
      generation: 0,
      replaces: null,
      confirmed: false,
    });
  }

  return { run, perform };
}

/** The text that was typed into a command that came to nothing, given back; in a message it stands there still. */
function typedIn(command: Command, options: ReadonlyMap<string, FormValue>, use: Use): string {
  const rest = use.way === 'message' ? null : command.options.find((option) => option.type === 'rest');
  const typed = rest && options.get(rest.name);
  return typeof typed === 'string' ? givenBack(typed) : '';
}

function isCalled(name: string) {
  return (field: Session['fields'][number]) => field.name === name;
}

/** What of a field makes it another field. */
function shape({ name, type, label, required, choices }: Session['fields'][number]) {
  return [name, type, label, required, choices.map((one) => [one.value, one.label])];
}

function say(markdown: string, isPrivate: boolean): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: isPrivate };
}
