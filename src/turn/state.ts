import type { Problem } from '../chat/errors.ts';
import type { Place } from '../chat/places.ts';
import type { Source, View } from '../chat/view.ts';

/**
 * Where a turn stands.
 * `gathering`: finding out where and what to ask. `asking`: asked, no text yet. `answering`: text grows.
 * `finishing`: the text is whole (or as whole as it gets) and is being put. `over`: nothing more to do.
 */
export type Phase = 'gathering' | 'asking' | 'answering' | 'finishing' | 'over';

/** Names of the answer in Open WebUI, fixed before the first word so that a crash can find them again. */
export interface Ids {
  readonly chatId: string | null;
  readonly questionId: string;
  /** The question that this one stands beside in the chat, being its edited form. */
  readonly besides?: string | undefined;
  readonly answerId: string;
  readonly model: string;
  readonly modelName: string;
  /** Whose account the chat stands in, and whose asked: a `userKey`, or null for the service account. */
  readonly owner: string | null;
  readonly asker: string | null;
}

/** How a question wants to be answered, as far as that shows. */
export interface Manner {
  /** One line that says what was asked, where only the asker sees the answer and no message of theirs stands above it; else null. */
  readonly asked: string | null;
  /** Only the asker sees the answer, in a place where others are: they may share it. */
  readonly shareable: boolean;
  /** Nothing is kept in Open WebUI. */
  readonly temporary: boolean;
  /** The web was to be searched. */
  readonly web: boolean;
}

/** A question like most. */
export const ORDINARY: Manner = { asked: null, shareable: false, temporary: false, web: false };

/** All that a turn knows while it runs. JSON: it is left in the job row and read back after a crash. */
export interface TurnState {
  readonly job: string;
  readonly phase: Phase;
  /** How often this turn has begun, from 1; 2 is after one crash. */
  readonly attempt: number;
  /** Where the answer stands; null until the thread has been made. */
  readonly place: Place | null;
  readonly ids: Ids | null;
  /** The question as it stands in the chat, or is to stand there; null before it was put together. */
  readonly asked: string | null;
  /** What is said before the answer, such as files that were left out. Markdown, one line each. */
  readonly notices: readonly string[];
  readonly text: string;
  readonly reasoning: string;
  readonly startedAt: number;
  /** When reasoning began and when the first text after it came, for "Thought for 5 s". */
  readonly thoughtFrom: number | null;
  readonly thoughtTo: number | null;
  readonly sources: readonly Source[];
  /** The sources and the token counts as the server gave them, to be stored with the answer. */
  readonly citations: readonly unknown[];
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** What is being done while there is no text; null before anybody needs to be told. */
  readonly status: string | null;
  /** A tool that the model wanted and nobody ran; its name, or null. */
  readonly tool: string | null;
  /** The model was given tools, which the server runs: they may have done something that must not happen twice. */
  readonly armed: boolean;
  /** The server makes the answer by itself, and goes on when this process ends. */
  readonly background: boolean;
  /** Stopped by somebody. */
  readonly stopped: boolean;
  readonly manner: Manner;
  readonly problem: Problem | null;
}

/** What can happen to a turn. */
export type TurnEvent =
  | { readonly type: 'begin' }
  /** The place is known and the reply may be shown there. */
  | { readonly type: 'located'; readonly place: Place }
  | {
      readonly type: 'gathered';
      readonly ids: Ids;
      readonly asked: string;
      readonly notices: readonly string[];
      readonly armed: boolean;
    }
  | { readonly type: 'text'; readonly text: string; readonly at: number }
  | { readonly type: 'reasoning'; readonly text: string; readonly at: number }
  | { readonly type: 'sources'; readonly sources: readonly Source[]; readonly citations: readonly unknown[] }
  | { readonly type: 'usage'; readonly usage: Readonly<Record<string, unknown>> }
  | { readonly type: 'tool'; readonly name: string }
  /** From now on the server makes the answer by itself. */
  | { readonly type: 'background' }
  /** The server runs a tool; its name as people may read it. */
  | { readonly type: 'working'; readonly tool: string }
  /** Ten seconds have passed since the place was known. */
  | { readonly type: 'quiet' }
  | { readonly type: 'answered' }
  | { readonly type: 'failed'; readonly problem: Problem }
  | { readonly type: 'stop' }
  /** The final put stands. */
  | { readonly type: 'delivered' }
  | { readonly type: 'undelivered'; readonly problem: Problem };

/** What a turn wants done. The runner does each, in order. */
export type Effect =
  | { readonly do: 'locate' }
  | { readonly do: 'gather' }
  | { readonly do: 'askModel' }
  | { readonly do: 'abortModel' }
  | { readonly do: 'show'; readonly view: View }
  | { readonly do: 'finish'; readonly view: View }
  /** Leave the state in the store, now. */
  | { readonly do: 'checkpoint' }
  /** The turn is over: hand what follows (save, emoji, title, follow-ups) to the next lane. */
  | { readonly do: 'end' };

/** The state of a turn that begins for the `attempt`-th time. */
export function newTurn(job: string, attempt: number, at: number, manner: Manner = ORDINARY): TurnState {
  return {
    job,
    phase: 'gathering',
    attempt,
    place: null,
    ids: null,
    asked: null,
    notices: [],
    text: '',
    reasoning: '',
    startedAt: at,
    thoughtFrom: null,
    thoughtTo: null,
    sources: [],
    citations: [],
    usage: null,
    status: null,
    tool: null,
    armed: false,
    background: false,
    stopped: false,
    manner,
    problem: null,
  };
}
