import { LinkNeeded } from '../accounts/accounts.ts';
import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { ButtonEvent, CommandEvent, FormEvent } from '../chat/events.ts';
import type { FormValue } from '../chat/forms.ts';
import type { Limits } from '../chat/limits.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Body } from '../chat/view.ts';
import type { Desk } from '../commands/desk.ts';
import { fieldsOf } from '../commands/form.ts';
import { checkOptions, firstWord, readOptions } from '../commands/grammar.ts';
import { findPrompt } from '../commands/prompt-names.ts';
import type { Call, Command, Filled, Next, Outcome, OwnForm, Registry } from '../commands/registry.ts';
import { usage } from '../commands/registry.ts';
import type { Log } from '../ops/log.ts';
import { cleanText } from '../turn/compose.ts';
import type { Access } from './access.ts';
import { findCommand, isParley, unknownCommand } from './find-command.ts';
import { showErrors, showStep, type Way, withButton } from './form-answers.ts';
import type { FormDesk, Session } from './form-sessions.ts';
import { newSessionId, stepCount } from './form-sessions.ts';
import { givenBack, over, somebodyElses } from './form-words.ts';
import type { NextButtons } from './next-buttons.ts';
import { type Questions, tooLong } from './questions.ts';
import type { StartTask } from './start-task.ts';
import { LINK } from './waiting.ts';

/** Runs commands, however they were typed: as slash commands, after a mention, sent in as forms, or by a button. */
export interface Calls {
  slash(event: CommandEvent): Promise<Answer>;
  /** A command typed after a mention or in a direct message, without the slash's trigger. */
  typed(use: TypedUse): Promise<Answer>;
  form(event: FormEvent): Promise<Answer>;
  /** A button that opens a step of a form. */
  fill(event: ButtonEvent, session: string, step: number): Promise<Answer>;
  /** A button that always runs the same command. */
  press(event: ButtonEvent, command: string, options: Readonly<Record<string, string>>): Promise<Answer>;
  /** A button that runs a command. */
  next(event: ButtonEvent, id: string, index: number): Promise<Answer>;
}

/** A command typed in a message. */
export interface TypedUse {
  readonly command: Command;
  readonly line: string;
  readonly author: Person;
  readonly conversation: Place;
  readonly message: Message;
  /** What the message replies to. */
  readonly replyTo: Message | null;
  readonly key: string;
}

/** One use of a command on its way through. */
interface Use extends Omit<Call, 'options' | 'filled'> {
  readonly key: string;
  readonly way: Way;
  readonly message: Session['message'];
  /** It came by a button whose words it takes the place of. */
  readonly instead?: boolean | undefined;
}

/** What {@link createCalls} needs of the rest. */
export interface CallRooms {
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
}

/** See {@link Calls}. Every way in passes the same checks: access, who may run it, the options' types. */
export function createCalls(rooms: CallRooms): Calls {
  const { registry, desk, access, forms, questions } = rooms;
  const by = (use: Use) => ({ ...use, limits: rooms.limits(use.place.platform) });

  async function run(command: Command, options: ReadonlyMap<string, FormValue>, use: Use): Promise<Answer> {
    // The message that a command was used on stands for the text.
    const needed = command.options.filter((option) => !(use.target && command.shortcut && option.type === 'rest'));
    const wrong = new Map(Object.entries(checkOptions({ ...command, options: needed }, options)));
    if (wrong.size === 0) return perform(command, options, use, null);
    const missing = command.options.some((option) => option.required && !options.has(option.name));
    const path = registry.path(command);
    const lines = [...wrong].map(([name, complaint]) => `- \`${name}\`: ${complaint}`);
    const why = `That did not work.\n\n${lines.join('\n')}\n\nType it as \`${usage(command, path)}\`.`;
    if (!missing) return say(why, true);
    const form = {
      title: `/${path}`,
      intro: command.summary,
      submit: 'Send',
      fields: fieldsOf(command, path, options),
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
    sent: { readonly session: Session; readonly step: number } | null,
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
      if (error instanceof LinkNeeded && desk.linking.off === null) return offer(problem.say, [LINK], use);
      if (!session) return say(problem.say, true);
      return withButton(session, 0, `${problem.say}\n\nWhat you typed is kept for an hour.`, 'Try again');
    }
    if (outcome.do === 'form') return again(command, options, use, outcome.form, sent);
    if (outcome.do === 'task') {
      const begun = await rooms.startTask(outcome, { ...use, byForm: session !== null });
      if (begun.started && session) await forms.close(session);
      return begun.started || !session ? begun.answer : withButton(session, 0, begun.say, 'Send it again');
    }
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
    sent: { readonly session: Session; readonly step: number } | null,
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

  function refused(person: Person, place: Place): Answer | null {
    const refusal = access.refusal(person, place);
    if (refusal === null) return null;
    return refusal === '' ? { do: 'none' } : say(refusal, true);
  }

  /** A prompt runs by its own name too, where no command has it; else the names there are. */
  async function promptIn({ name, text, author }: CommandEvent) {
    const prompt = registry.find('prompt');
    const line = isParley(registry, name) ? text : `${name} ${text}`;
    const word = firstWord(line).word;
    // A list that cannot be had leaves the command unknown; one that has just been made may not be in it yet.
    const known = await desk.prompts.known(author).catch(noneOf);
    const there = findPrompt(known, word) ? known : await desk.prompts.fresh(author).catch(noneOf);
    if (prompt && findPrompt(there, word)) return { command: prompt, rest: line.replace(/^\//, '') };
    return { names: there.map((one) => one.command) };
  }

  return {
    async slash(event) {
      const no = refused(event.author, event.place);
      if (no) return no;
      const found = findCommand(registry, event.name, event.text) ?? (await promptIn(event));
      if (!found || 'names' in found)
        return say(unknownCommand(registry, event.name, event.text, found?.names ?? []), true);
      const { command, rest } = found;
      if (command.subcommands.length > 0 && rest !== '')
        return say(unknownCommand(registry, registry.path(command), rest), true);
      const options = new Map<string, FormValue>([
        ...readOptions(command, rest).options,
        ...Object.entries(event.options),
      ]);
      const { key, author, place, files, target, trigger } = event;
      return run(command, options, {
        key,
        author,
        place,
        conversation: place,
        files,
        target,
        trigger,
        message: null,
        way: 'command',
      });
    },
    async typed({ command, line, author, conversation, message, replyTo, key }) {
      if (command.subcommands.length > 0 && line.trim() !== '')
        return say(unknownCommand(registry, registry.path(command), line), true);
      const { options } = readOptions(command, line);
      return run(command, options, {
        key,
        author,
        conversation,
        place: message.ref.place,
        files: message.files,
        target: replyTo,
        trigger: null,
        message: message.ref,
        way: 'message',
      });
    },
    async form(event) {
      const no = refused(event.author, event.place);
      if (no) return no;
      const found = await forms.find(event.form, event.author);
      if (!found) return say(over(event), true);
      if ('owner' in found) return say(somebodyElses(found.owner), true);
      const closed = refused(event.author, found.session.conversation);
      if (closed) return closed;
      const { step } = found;
      const session = { ...found.session, values: new Map([...found.session.values, ...event.values]) };
      await forms.save(session, event.author.ref);
      const command = registry.find(session.command);
      if (!command) return say('That form belongs to a command that is no longer there.', true);
      const { place, conversation, message, target, files } = session;
      const attached = [...session.values.values()].flatMap(filesIn);
      const use: Use = {
        // The same form is asked once, however often it is sent in.
        key: `form:${session.id}`,
        author: event.author,
        place,
        conversation,
        message,
        target,
        files: [...files, ...attached],
        trigger: event.trigger,
        way: 'form',
      };
      const steps = stepCount(session, by(use).limits.formFields);
      if (step + 1 < steps) return showStep(session, step + 1, by(use), `Step ${step + 1} of ${steps} is kept.`);
      if (session.note !== null) return perform(command, session.options, use, { session, step });
      // A field that is left empty is an option that was not given.
      const typed = [...session.values].filter(([name, value]) => value !== '' || command.options.some(needs(name)));
      const options = new Map([...session.options, ...typed]);
      const wrong = new Map(Object.entries(checkOptions(command, options)));
      if (wrong.size > 0) return showErrors(session, step, by(use), wrong);
      return perform(command, options, use, { session, step });
    },
    async fill(event, id, step) {
      const found = await forms.find(id.includes('_') ? id : `${id}_${step}`, event.author);
      if (!found) return say('That form is no longer open; forms are kept for an hour. Please start it again.', true);
      if ('owner' in found) return say(somebodyElses(found.owner), true);
      const no = refused(event.author, found.session.conversation);
      if (no) return no;
      const way = { way: 'click', trigger: event.trigger, limits: rooms.limits(event.place.platform) } as const;
      return showStep(found.session, found.step, way, '');
    },
    async press({ key, author, trigger, place }, name, options) {
      const command = registry.find(name);
      if (!command) return say('That command is no longer there.', true);
      const use = { key, author, trigger, place, conversation: place, files: [], target: null, message: null } as const;
      return run(command, new Map(Object.entries(options)), { ...use, way: 'click' });
    },
    async next(event, id, index) {
      const found = await rooms.nextButtons.find(id, index, event.author);
      if (found === null) return say('That button is too old. Please run the command again.', true);
      if (typeof found === 'string') return say(found, true);
      const no = refused(event.author, found.conversation);
      if (no) return no;
      const command = registry.find(found.next.command);
      if (!command) return say('That command is no longer there.', true);
      const { key, author, trigger } = event;
      const { place, conversation } = found;
      const use = { key, author, trigger, place, conversation, files: [], target: null, message: null } as const;
      const { options, instead } = found.next;
      return run(command, new Map(Object.entries(options)), { ...use, way: 'click', instead });
    },
  };
}

/** What of a field makes it another field. */
function shape({ name, type, label, required, choices }: Session['fields'][number]) {
  return { name, type, label, required, choices };
}

function noneOf(error: unknown): readonly [] {
  if (error instanceof Failure) return [];
  throw error;
}

function needs(name: string) {
  return (option: Command['options'][number]) => option.name === name && option.required;
}

function filesIn(value: FormValue): FileRef[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object') : [];
}

function say(markdown: string, isPrivate: boolean): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: isPrivate };
}
