import type { Answer } from '../chat/adapter.ts';
import type { MessageEvent } from '../chat/events.ts';
import { nearest } from '../chat/nearest.ts';
import { placeKey } from '../chat/places.ts';
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
  /** The prompts as last known. */
  prompts(): readonly Prompt[];
  /** How the platform is set to behave in conversations it takes part in. */
  mode(platform: string): ThreadMode;
}): Messages {
  const { store, registry } = rooms;

  return async (event) => {
    const { message, conversation } = event;
    if (message.ours || message.author.bot) return { do: 'none' };
    const key = placeKey(conversation);
    const joined = (await store.conversations.get(key))?.joinedAt != null;
    const before = await store.settings.get(`conversation:${key}`, 'dialogue');
    const refusal = rooms.access.refusal(message.author);
    // Whoever is not answered begins no dialogue, and is told so only when they ask.
    const heard = refusal === null ? event : { message, addressed: 'ambient' as const };
    const { answer, dialogue } = isAddressed(heard, rooms.mode(message.ref.place.platform), joined, { with: before });
    if (dialogue.with !== before && (answer || joined)) await remember(key, dialogue.with);
    if (refusal) return event.addressed === 'ambient' ? { do: 'none' } : say(refusal);
    if (!answer || refusal !== null) return { do: 'none' };

    const text = cleanText(message.text).trim();
    const command = commandIn(text);
    if (command) {
      const { author } = message;
      return rooms.calls.typed({ ...command, author, conversation, message, replyTo: event.replyTo, key: event.key });
    }
    const meant = meantBy(text);
    if (meant) return say(meant);
    const long = tooLong(text);
    if (long) return say(long);
    if (!/[^\s\p{Cf}]/u.test(text) && message.files.length === 0 && event.replyTo === null) {
      if (event.addressed === 'ambient') return { do: 'none' };
      // Named without a word in a thread, Parley answers what was written above; anywhere else there is nothing to answer.
      if (conversation.kind === 'direct' || conversation.thread !== message.ref.place.thread)
        return say('Hello! Write your question after my name, or `/help` to see what I can do.');
    }
    await rooms.questions.add(event.key, {
      asker: message.author,
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
    return { do: 'work', private: false };
  };

  function remember(key: string, who: string | null): Promise<void> {
    const scope = `conversation:${key}`;
    return who === null ? store.settings.delete(scope, 'dialogue') : store.settings.set(scope, 'dialogue', who);
  }

  /**
   * A command typed as a message: with its slash, or a bare command name alone on the line. "stop" stops; "stop the press from
   * talking" is a question. A slash before a prompt's name runs the prompt; a command of that name wins.
   */
  function commandIn(text: string) {
    const { word, rest } = firstWord(text);
    if (word.startsWith('/')) {
      const found = findCommand(registry, word.slice(1), rest);
      if (found) return { command: found.command, line: found.rest };
      const prompt = registry.find('prompt');
      const named = prompt && findPrompt(rooms.prompts(), word);
      return named ? { command: prompt, line: `${word.slice(1)} ${rest}` } : null;
    }
    const bare = rest === '' ? registry.find(word) : null;
    return bare && { command: bare, line: '' };
  }

  /** What is said of a slash and a word that is nearly a command or a prompt. Any other, such as a path, is part of a question. */
  function meantBy(text: string): string | null {
    const name = /^\/([\p{L}\p{N}_-]{2,64})(?=\s|$)/u.exec(text)?.[1];
    if (name === undefined) return null;
    const prompts = rooms.prompts().map((prompt) => prompt.command);
    const near = [...new Set([...registry.nearest(name), ...nearest(name, prompts)])].slice(0, 3);
    if (near.length === 0) return null;
    return `There is no command or prompt called “/${name}”. Did you mean ${near.map((one) => `\`/${one}\``).join(' or ')}?`;
  }
}

function say(markdown: string): Answer {
  return { do: 'say', body: { markdown, controls: null }, private: true };
}
