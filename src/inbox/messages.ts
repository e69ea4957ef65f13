import type { Answer } from '../chat/adapter.ts';
import type { Clock } from '../chat/clock.ts';
import type { MessageEvent } from '../chat/events.ts';
import type { Person } from '../chat/messages.ts';
import { nearest } from '../chat/nearest.ts';
import { type Place, placeKey, type UserRef } from '../chat/places.ts';
import type { Body } from '../chat/view.ts';
import { firstWord } from '../commands/grammar.ts';
import { findPrompt } from '../commands/prompt-names.ts';
import type { Registry } from '../commands/registry.ts';
import type { Prompt } from '../openwebui/prompt-rows.ts';
import type { Store } from '../store/port.ts';
import { cleanText } from '../turn/compose.ts';
import type { Access } from './access.ts';
import type { ThreadMode } from './addressed.ts';
import { isAddressed } from './addressed.ts';
import type { Calls } from './calls.ts';
import { findCommand } from './find-command.ts';
import type { KeyGuard } from './key-guard.ts';
import type { NextButtons } from './next-buttons.ts';
import { type Questions, tooLong } from './questions.ts';

/** Takes a message in: a question becomes a job, a command runs, everything else is left alone. */
export type Messages = (event: MessageEvent) => Promise<Answer>;

/** See {@link Messages}. */
export function createMessages(rooms: {
  store: Store;
  registry: Registry;
  access: Access;
  calls: Calls;
  questions: Questions;
  clock: Clock;
  keyGuard: KeyGuard;
  nextButtons: NextButtons;
  /** The longest question, in UTF-16 units. */
  questionUnits: number;
  /** Says something to one person beside the conversation, as far as the platform can. Never rejects. */
  aside(user: UserRef, place: Place, body: Body): Promise<unknown>;
  /** The prompts that this person may use, as last known. */
  prompts(person: Person): readonly Prompt[];
  /** How the platform is set to behave in conversations it takes part in. */
  mode(platform: string): ThreadMode;
}): Messages {
  const { store, registry } = rooms;

  return async (event) => {
    const { message, conversation } = event;
    const { author } = message;
    // A program is heard where it names Parley, never in passing: two of them would talk to each other for ever.
    if (message.ours || (author.bot && event.addressed !== 'mention')) return { do: 'none' };
    const refusal = rooms.access.refusal(author, message.ref.place);
    // What people say to each other where Parley may not be is none of its business.
    if (rooms.access.closed(message.ref.place) !== null) return refuse(event, refusal);
    const key = placeKey(conversation);
    const joined = (await store.conversations.get(key))?.joinedAt != null;
    const before = await store.settings.get(`conversation:${key}`, 'dialogue');
    // Whoever is not answered begins no dialogue, and is told so only when they ask.
    const heard = refusal === null ? event : { message, addressed: 'ambient' as const };
    const mode = rooms.mode(message.ref.place.platform);
    const { answer, dialogue } = author.bot
      ? { answer: refusal === null, dialogue: { with: before } }
      : isAddressed(heard, mode, joined, { with: before });
    if (dialogue.with !== before && (answer || joined)) await remember(key, dialogue.with);
    if (refusal !== null) return refuse(event, refusal);
    if (!answer) return { do: 'none' };

    const text = cleanText(message.text).trim();
    const use = { author: author.ref, place: message.ref.place, conversation };
    const warning = await rooms.keyGuard.warning(text, use);
    if (warning) return author.bot ? NOTHING() : warning;
    // What a program writes is a question and nothing else, and nothing is said to it beside the answer.
    const command = author.bot ? null : commandIn(author, text);
    const say = author.bot ? NOTHING : tell;
    if (command) {
      return rooms.calls.typed({ ...command, author, conversation, message, replyTo: event.replyTo, key: event.key });
    }
    const meant = author.bot ? null : meantBy(author, text);
    if (meant) return say(meant);
    const long = tooLong(text, rooms.questionUnits);
    if (long) return say(long);
    if (!/[^\s\p{Cf}]/u.test(text) && message.files.length === 0 && event.replyTo === null) {
      if (event.addressed === 'ambient') return { do: 'none' };
      // Named without a word in a thread, Parley answers what was written above; anywhere else there is nothing to answer.
      if (conversation.kind === 'direct' || conversation.thread !== message.ref.place.thread)
        return say('Hello! Write your question after my name, or `/help` to see what I can do.');
    }
    const added = await rooms.questions.add(event.key, {
      asker: author,
      place: message.ref.place,
      conversation,
      message: message.ref,
      trigger: null,
      text,
      files: message.files,
      replyTo: event.replyTo,
      model: null,
      announce: null,
      private: false,
      at: message.at,
      generation: 0,
      replaces: null,
      confirmed: false,
    });
    if (added.do !== 'refused') return { do: 'work', private: false };
    if (author.bot || !added.next) return say(added.say);
    const body = await rooms.nextButtons.under({ markdown: added.say, controls: null }, added.next, use);
    return { do: 'say', body, private: true };
  };

  /** One sentence for who asked and nobody else, also not that there was one: the others here did not ask. */
  function refuse({ message, addressed }: MessageEvent, words: string | null): Answer {
    if (!words || addressed === 'ambient') return { do: 'none' };
    if (addressed === 'direct') return tell(words);

    void rooms.aside(message.author.ref, message.ref.place, { markdown: words, controls: null });
    return { do: 'none' };
  }

  function remember(key: string, who: string | null): Promise<void> {
    const scope = `conversation:${key}`;
    if (who === null) return store.settings.delete(scope, 'dialogue');
    const expiresAt = rooms.clock.now() + store.keptMs;
    return store.settings.set(scope, 'dialogue', who, { person: who, expiresAt });
  }

  /**
   * A command typed as a message: with its slash, or a bare command name alone on the line. "stop" stops; "stop the press from
   * talking" is a question. A slash before a prompt's name runs the prompt; a command of that name wins.
   */
  function commandIn(author: Person, text: string) {
    const { word, rest } = firstWord(text);
    if (word.startsWith('/')) {
      const found = findCommand(registry, word.slice(1), rest);
      if (found) return { command: found.command, line: found.rest };
      const prompt = registry.find('prompt');
      const named = prompt && findPrompt(rooms.prompts(author), word);
      return named ? { command: prompt, line: `${word.slice(1)} ${rest}` } : null;
    }
    const bare = rest === '' ? registry.find(word) : null;
    return bare && { command: bare, line: '' };
  }

  /** What is said of a slash and a word that is nearly a command or a prompt. Any other, such as a path, is part of a question. */
  function meantBy(author: Person, text: string): string | null {
    const name = /^\/([\p{L}\p{N}_-]{2,64})(?=\s|$)/u.exec(text)?.[1];
    if (name === undefined) return null;
    const prompts = rooms.prompts(author).map((prompt) => prompt.command);
    const near = [...new Set([...registry.nearest(name), ...nearest(name, prompts)])].slice(0, 3);
    if (near.length === 0) return null;
    return `There is no command or prompt called “/${name}”. Did you mean ${near.map((one) => `\`/${one}\``).join(' or ')}?`;
  }
}

const NOTHING = (): Answer => ({ do: 'none' });

function tell(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
