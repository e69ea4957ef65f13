import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import { problemOf } from '../chat/errors.ts';
import type { CommandEvent, FormEvent, Trigger } from '../chat/events.ts';
import type { FormValue } from '../chat/forms.ts';
import type { FileRef, Message, Person } from '../chat/messages.ts';
import type { Place } from '../chat/places.ts';
import type { Desk } from '../commands/desk.ts';
import { checkOptions, firstWord, readOptions } from '../commands/grammar.ts';
import type { Command, Registry } from '../commands/registry.ts';
import { usage } from '../commands/registry.ts';
import type { Log } from '../ops/log.ts';
import { cleanText } from '../turn/compose.ts';
import type { Access } from './access.ts';
import type { FormDesk } from './form-sessions.ts';
import type { Questions } from './questions.ts';

/** Runs commands, however they were typed: as slash commands, after a mention, or sent in as forms. */
export interface Calls {
  slash(event: CommandEvent): Promise<Answer>;
  /** A command typed after a mention or in a direct message, without the slash's trigger. */
  typed(use: TypedUse): Promise<Answer>;
  form(event: FormEvent): Promise<Answer>;
}

/** A command typed in a message. */
export interface TypedUse {
  readonly command: Command;
  readonly line: string;
  readonly author: Person;
  readonly conversation: Place;
  readonly message: Message;
  readonly key: string;
}

interface Use {
  readonly key: string;
  readonly author: Person;
  readonly place: Place;
  readonly conversation: Place;
  readonly files: readonly FileRef[];
  readonly target: Message | null;
  readonly trigger: Trigger | null;
  readonly message: Message | null;
}

/** See {@link Calls}. Every way in passes the same checks: access, who may run it, the options' types. */
export function createCalls(rooms: {
  registry: Registry;
  desk: Desk;
  access: Access;
  forms: FormDesk;
  questions: Questions;
  clock: Clock;
  log: Log;
}): Calls {
  const { registry, desk, access, forms, questions } = rooms;

  async function run(command: Command, options: ReadonlyMap<string, FormValue>, use: Use): Promise<Answer> {
    const isPrivate = command.private;
    if (command.who === 'admins' && !access.isAdmin(use.author)) return say('Only admins may do that.', true);
    const wrong = checkOptions(command, options);
    if (Object.keys(wrong).length > 0) {
      const missing = command.options.some((option) => option.required && !options.has(option.name));
      if (missing && use.trigger) return { do: 'form', form: await forms.open(command, options, use, wrong) };
      const lines = Object.entries(wrong).map(([name, complaint]) => `- \`${name}\`: ${complaint}`);
      return say(`That did not work.\n\n${lines.join('\n')}\n\nType it as \`${usage(command)}\`.`, true);
    }
    try {
      const outcome = await command.run({ ...use, options }, desk);
      if (outcome.do === 'say') return { do: 'say', body: outcome.body, private: isPrivate };
      await questions.add(use.key, {
        asker: use.author,
        place: use.place,
        conversation: use.conversation,
        message: use.message?.ref ?? null,
        trigger: use.trigger,
        text: cleanText(outcome.text),
        files: [...use.files, ...(use.target?.files ?? [])],
        replyTo: null,
        model: outcome.model,
        announce: use.message ? null : outcome.announce,
        private: isPrivate,
        at: rooms.clock.now(),
        generation: 0,
        replaces: null,
        confirmed: false,
      });
      return { do: 'work', private: isPrivate };
    } catch (error) {
      const problem = problemOf(error);
      rooms.log.warn({ command: command.name, kind: problem.kind, detail: problem.detail, error }, 'command failed');
      return say(problem.say, true);
    }
  }

  return {
    async slash(event) {
      const refusal = access.refusal(event.author);
      if (refusal !== null) return refusal === '' ? { do: 'none' } : say(refusal, true);
      const found = findCommand(registry, event.name, event.text);
      if (!found)
        return say(unknown(registry, event.name === 'parley' ? firstWord(event.text).word : event.name), true);
      const { command, rest } = found;
      const options = new Map<string, FormValue>([
        ...readOptions(command, rest).options,
        ...Object.entries(event.options),
      ]);
      if (event.target && command.shortcut !== null)
        for (const option of command.options)
          if (option.required && !options.has(option.name)) options.set(option.name, ' ');
      return run(command, options, {
        key: event.key,
        author: event.author,
        place: event.place,
        conversation: event.place,
        files: event.files,
        target: event.target,
        trigger: event.trigger,
        message: null,
      });
    },
    async typed(use) {
      const { options } = readOptions(use.command, use.line);
      const { author, conversation, message, key } = use;
      const call = {
        key,
        author,
        conversation,
        place: message.ref.place,
        files: message.files,
        target: null,
        trigger: null,
        message,
      };
      return run(use.command, new Map(options), call);
    },
    async form(event) {
      const refusal = access.refusal(event.author);
      if (refusal !== null) return refusal === '' ? { do: 'none' } : say(refusal, true);
      const session = await forms.read(event);
      if (!session) return say('That form is no longer open; forms are kept for an hour. Please start it again.', true);
      const command = registry.find(session.command);
      if (!command) return say('That form belongs to a command that is no longer there.', true);
      const fields = checkOptions(command, session.values);
      if (Object.keys(fields).length > 0) return { do: 'errors', fields };
      const answer = await run(command, session.values, {
        key: event.key,
        author: event.author,
        place: session.place,
        conversation: session.conversation,
        files: session.files,
        target: null,
        trigger: event.trigger,
        message: null,
      });
      await forms.close(event.form);
      return answer;
    },
  };
}

/** The command that a name and the line after it mean; `parley` hands its first word on. Null for an unknown one. */
export function findCommand(registry: Registry, name: string, text: string): { command: Command; rest: string } | null {
  const { word, rest } = firstWord(text);
  if (name === 'parley')
    return word === '' ? findCommand(registry, 'help', '') : findCommand(registry, word.replace(/^\//, ''), rest);
  const command = registry.find(name);
  if (!command) return null;
  const sub = command.subcommands.length > 0 && word ? registry.find(`${command.name} ${word}`) : null;
  return sub ? { command: sub, rest } : { command, rest: text };
}

function unknown(registry: Registry, name: string): string {
  const near = registry.nearest(name);
  const hint =
    near.length > 0
      ? ` Did you mean ${near.map((one) => `\`/${one}\``).join(' or ')}?`
      : ' `/help` shows what there is.';
  return `There is no command called “${name.slice(0, 60)}”.${hint}`;
}

function say(markdown: string, isPrivate: boolean): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: isPrivate };
}
