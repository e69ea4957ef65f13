import type { Accounts } from '../accounts/accounts.ts';
import type { Answer } from '../chat/adapter.ts';
import type { ChatEvent, CommandEvent, FormEvent } from '../chat/events.ts';
import { holdsKey, withoutKeys } from '../chat/keys.ts';
import type { Message } from '../chat/messages.ts';
import type { NextButtons, NextUse } from './next-buttons.ts';
import { LINK } from './waiting.ts';

/** Keeps people's keys from models, from the store and from other people's eyes. */
export interface KeyGuard {
  /** What is said, to one person alone, to a text that looks like a key; null to any other. */
  warning(text: string, use: NextUse): Promise<Answer | null>;
  /** The same for the options of a command and the fields of a form, but for those that are made for secrets. */
  check(event: CommandEvent | FormEvent): Promise<Answer | null>;
}

/** See {@link KeyGuard}. */
export function createKeyGuard(rooms: { nextButtons: NextButtons; accounts: Accounts }): KeyGuard {
  async function warning(text: string, use: NextUse): Promise<Answer | null> {
    if (!holdsKey(text)) return null;
    const off = rooms.accounts.linkingOff !== null;
    const markdown = off
      ? WARNING
      : `${WARNING} Your own Open WebUI key goes into the form of \`/link\`, and nowhere else.`;
    const body = await rooms.nextButtons.under({ markdown, controls: null }, off ? [] : [LINK], use);
    return { do: 'say', body, private: true };
  }

  return {
    warning,
    check(event) {
      const typed = event.type === 'form' ? [...event.values.values()] : [event.text, ...Object.values(event.options)];
      const text = typed.filter((value) => typeof value === 'string').join('\n');
      return warning(text, { author: event.author.ref, place: event.place, conversation: event.place });
    },
  };
}

const WARNING =
  'That looks like a key or a token. I did not pass it on to any model. Delete what you wrote, and replace the key if others could see it.';

/** The event without the keys that stand in what others wrote: what it replies to, what it was used on. */
export function withoutOthersKeys(event: ChatEvent): ChatEvent {
  if (event.type === 'message') return { ...event, replyTo: scrubbed(event.replyTo) };
  return event.type === 'command' ? { ...event, target: scrubbed(event.target) } : event;
}

function scrubbed(message: Message | null): Message | null {
  return message && { ...message, text: withoutKeys(message.text) };
}
