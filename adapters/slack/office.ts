import type { ReceiverEvent } from '@slack/bolt';
import type { Answer, Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import type { CommandSpec } from '../../src/chat/commands.ts';
import { problemOf } from '../../src/chat/errors.ts';
import type { Trigger } from '../../src/chat/events.ts';
import type { Form } from '../../src/chat/forms.ts';
import type { Body } from '../../src/chat/view.ts';
import type { Api } from './api.ts';
import type { Parser } from './parse.ts';
import type { People } from './people.ts';
import type { Channels } from './places.ts';
import type { Recent } from './recent.ts';
import type { SlackLog } from './sdk-log.ts';
import type { Surfaces } from './surfaces.ts';
import type { Tell } from './tell.ts';
import type { Titles } from './titles.ts';

/** Acknowledges, with what the person sees at once. */
export type Ack = ReceiverEvent['ack'];

/** A form that was shown, with the address that came with its command. */
export interface KeptForm {
  readonly form: Form;
  readonly trigger: Trigger;
}

/** What everything that comes in shares. */
export interface Office {
  readonly api: Api;
  readonly host: Host;
  readonly parser: Parser;
  readonly people: People;
  readonly channels: Channels;
  readonly surfaces: Surfaces;
  readonly titles: Titles;
  readonly tell: Tell;
  readonly clock: Clock;
  readonly log: SlackLog;
  readonly signal: AbortSignal;
  /** The bot's name, as people type it after `/invite`. */
  readonly botName: string;
  /** Forms opened lately, by id. */
  readonly forms: Recent<KeptForm>;
  commands(): readonly CommandSpec[];
  /** What stands before the name of each slash command. */
  readonly commandPrefix: string;
  /** Nothing more will come of Slack until an operator acts; told once. */
  fatal(why: string): void;
  /** Work that nobody waits for: it is finished before the adapter stops, and what it throws is logged. */
  background(what: string, work: Promise<unknown>): void;
}

/** An answer from words. */
export function say(markdown: string, controls: Body['controls'] = null): Answer {
  return { do: 'say', body: { markdown, controls }, private: true };
}

/** What the core answers; when it could not record the event, words that say so, since these events never come again. */
export async function answerOf(office: Office, work: () => Promise<Answer>): Promise<Answer> {
  if (office.signal.aborted) return say('I am being restarted. Please try again in a minute.');
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    office.log.warn({ kind: problem.kind, detail: problem.detail }, 'a command or click could not be taken in');
    return say(problem.say);
  }
}
