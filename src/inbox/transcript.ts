import type { Adapter } from '../chat/adapter.ts';
import { withoutKeys } from '../chat/keys.ts';
import type { Message } from '../chat/messages.ts';
import { messageKey, type Place } from '../chat/places.ts';
import { firstWord } from '../commands/grammar.ts';
import type { Registry } from '../commands/registry.ts';
import type { Store } from '../store/port.ts';
import { savedTask } from '../tasks/state.ts';
import { savedTurn } from '../turn/checkpoint.ts';
import { findCommand } from './find-command.ts';

/**
 * What was written in a conversation lately, with names, oldest first: what people said and what they were answered. Left out are
 * Parley's own lines about its work (who ran what, how far it is, what went wrong) and the commands that people typed. Throws a
 * `Failure`.
 */
export type Transcript = (place: Place) => Promise<string>;

/** Messages of a conversation that are read. */
const MOST = 200;

/** See {@link Transcript}. */
export function createTranscript(rooms: {
  store: Pick<Store, 'jobs' | 'outbox'>;
  registry: Registry;
  adapter(platform: string): Adapter;
}): Transcript {
  const { jobs, outbox } = rooms.store;

  /** A message of ours that nothing is known of any more counts as an answer: most are. */
  async function isAnswer({ place, id }: Message['ref']): Promise<boolean> {
    const row = await outbox.byMessage(place.channel, id);
    if (row === null) return true;
    const job = await jobs.get(row.job);
    // What is said beside an answer stands in the outbox under a name of its own.
    if (job === null) return false;
    return job.lane === 'task' ? (savedTask(job)?.result ?? null) !== null : (savedTurn(job)?.text ?? '') !== '';
  }

  /** A command that somebody typed as a message, and that was no question to the model. */
  async function isCommand({ text, ref }: Message): Promise<boolean> {
    const { word, rest } = firstWord(text.trim());
    if (!word.startsWith('/') || !findCommand(rooms.registry, word.slice(1), rest)) return false;
    return (await jobs.byKey(messageKey(ref)))?.lane !== 'turn';
  }

  return async (place) => {
    const messages = await rooms.adapter(place.platform).history(place, { before: null, after: null }, MOST);
    const lines: string[] = [];
    for (const message of messages) {
      if (message.text.trim() === '') continue;
      if (message.ours ? !(await isAnswer(message.ref)) : await isCommand(message)) continue;
      // What the platform calls the bot itself may be a number.
      const name = message.ours ? 'Parley' : message.author.name;
      lines.push(`${name}: ${withoutKeys(message.text)}`);
    }
    return lines.join('\n\n');
  };
}
