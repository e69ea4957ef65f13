import type { Answer } from '../chat/adapter.ts';
import { Failure } from '../chat/errors.ts';
import type { ButtonEvent, CommandEvent, FormEvent } from '../chat/events.ts';
import type { FormValue } from '../chat/forms.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import { checkOptions, firstWord, readOptions } from '../commands/grammar.ts';
import { findPrompt } from '../commands/prompt-names.ts';
import type { Command } from '../commands/registry.ts';
import { findCommand, isParley, unknownCommand } from './find-command.ts';
import { showErrors, showStep } from './form-answers.ts';
import { nextStep, stepCount, unshownIn } from './form-sessions.ts';
import { over, somebodyElses } from './form-words.ts';
import { createRunCommand, type RunRooms, type Use } from './run-command.ts';

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
/** See {@link Calls}. Every way in passes the same checks: access, who may run it, the options' types. */
export function createCalls(rooms: RunRooms): Calls {
  const { registry, desk, access, forms } = rooms;
  const { run, perform } = createRunCommand(rooms);
  const by = (use: Use) => ({ ...use, limits: rooms.limits(use.place.platform) });

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
      const unshown = unshownIn(found.session, step, rooms.limits(event.place.platform).formFields, event.values);
      const session = { ...found.session, values: new Map([...unshown, ...found.session.values, ...event.values]) };
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
      const most = by(use).limits.formFields;
      const next = nextStep(session, step, most);
      if (next !== null)
        return showStep(session, next, by(use), `Step ${step + 1} of ${stepCount(session, most)} is kept.`);
      if (session.note !== null) return perform(command, session.options, use, { session, step });
      // A field that is left empty is an option that was not given, also where it was when the form was opened.
      const typed = [...session.values].filter(([name, value]) => value !== '' || command.options.some(needs(name)));
      const unasked = [...session.options].filter(([name]) => !session.values.has(name));
      const options = new Map([...unasked, ...typed]);
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
      const { options, choose, instead } = found.next;
      const chosen = choose && event.value !== null ? { [choose.option]: event.value } : {};
      return run(command, new Map(Object.entries({ ...options, ...chosen })), { ...use, way: 'click', instead });
    },
  };
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
