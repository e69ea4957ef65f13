import type { Problem } from '../chat/errors.ts';
import type { Effect, TurnEvent, TurnState } from './state.ts';
import { viewOf } from './view.ts';

/** A step: the state after it, and what to do. */
export type Step = readonly [TurnState, readonly Effect[]];

const NOTHING: readonly Effect[] = [];

/** UTF-16 units of an answer when nothing is set: a model that goes round in circles would write for ever. */
export const ANSWER_UNITS = 100_000;
/** So often a turn begins to look at an answer that the server makes by itself. */
const MOST_LOOKS = 10;
/** UTF-16 units of what a model thinks; the rest is not kept. */
const THINKING_UNITS = 400_000;

/**
 * What a turn does about each thing that happens to it. Pure and total: an event that no longer matters changes nothing,
 * so that a late frame, a second stop or a click on a finished answer does no harm. An answer ends after `most` UTF-16 units.
 */
export function reduce(state: TurnState, event: TurnEvent, most: number = ANSWER_UNITS): Step {
  // A crash between the end and its record leaves a turn that has only to be ended again.
  if (state.phase === 'over') return [state, event.type === 'begin' ? [{ do: 'end' }] : NOTHING];
  if (state.phase === 'finishing') return reduceFinishing(state, event);
  switch (event.type) {
    case 'begin':
      return begin(state);
    case 'located': {
      const located: TurnState = { ...state, place: event.place };
      return state.stopped ? finish(located) : [located, [{ do: 'checkpoint' }, { do: 'gather' }]];
    }
    case 'gathered': {
      if (state.phase !== 'gathering') return [state, NOTHING];
      const { ids, asked, notices, armed } = event;
      // What a first try has written is kept until now: a stop before this leaves it standing.
      const blank = { text: '', reasoning: '', thoughtFrom: null, thoughtTo: null, sources: [], citations: [] };
      const asking: TurnState = { ...state, ...blank, phase: 'asking', ids, asked, notices, armed };
      return [asking, [{ do: 'checkpoint' }, { do: 'askModel' }]];
    }
    case 'text': {
      const whole = `${state.text}${event.text}`;
      const thoughtTo = state.thoughtFrom !== null && state.thoughtTo === null ? event.at : state.thoughtTo;
      const grown: TurnState = { ...state, phase: 'answering', text: whole, thoughtTo, status: null };
      if (whole.length <= most) return shown(grown);
      return abort({ ...grown, text: cut(whole, most), problem: tooLong(most) });
    }
    case 'reasoning': {
      const reasoning = `${state.reasoning}${event.text}`.slice(0, THINKING_UNITS);
      return [{ ...state, reasoning, thoughtFrom: state.thoughtFrom ?? event.at }, NOTHING];
    }
    case 'sources':
      return [{ ...state, sources: event.sources, citations: event.citations }, NOTHING];
    case 'usage':
      return [{ ...state, usage: event.usage }, NOTHING];
    case 'tool':
      return [{ ...state, tool: event.name }, NOTHING];
    case 'background':
      return [{ ...state, background: true }, [{ do: 'checkpoint' }]];
    case 'working':
      return state.text ? [state, NOTHING] : shown({ ...state, status: `Using ${event.tool}…` });
    case 'quiet': {
      if (state.text || state.status) return [state, NOTHING];
      const doing = state.background ? 'Working on it with tools…' : 'Still working on it…';
      return shown({ ...state, status: state.reasoning ? 'Thinking…' : doing });
    }
    case 'answered':
      return finish(state.text.trim() ? state : { ...state, problem: state.tool ? TOOL : EMPTY });
    case 'failed':
      return finish({ ...state, problem: event.problem });
    case 'stop': {
      // Where to say so is not known yet; it is soon, and nothing has been asked.
      if (state.place === null) return [{ ...state, stopped: true }, NOTHING];
      return abort({ ...state, stopped: true });
    }
    case 'delivered':
    case 'undelivered':
      return [state, NOTHING];
  }
}

/**
 * A turn begins, or begins again after a crash: whole text is only put, and the model is asked a second time, unless it had been
 * given tools. A second crash gives up on asking. An answer that the server makes by itself is only looked at again.
 */
function begin(state: TurnState): Step {
  if (state.attempt === 1) return [state, [{ do: 'locate' }]];
  const asked = state.phase === 'asking' || state.phase === 'answering';
  const goesOn = asked && state.background && state.attempt <= MOST_LOOKS;
  if (!goesOn && (state.attempt > 2 || (asked && state.armed))) return finish({ ...state, problem: INTERRUPTED });
  return [{ ...state, phase: 'gathering' }, [{ do: 'locate' }]];
}

function reduceFinishing(state: TurnState, event: TurnEvent): Step {
  switch (event.type) {
    case 'begin':
      return [state, [{ do: 'finish', view: viewOf(state) }]];
    case 'delivered':
    case 'undelivered':
      return [{ ...state, phase: 'over' }, [{ do: 'end' }]];
    default:
      return [state, NOTHING];
  }
}

function shown(state: TurnState): Step {
  return [state, [{ do: 'show', view: viewOf(state) }]];
}

function abort(state: TurnState): Step {
  const [finishing, effects] = finish(state);
  return [finishing, [{ do: 'abortModel' }, ...effects]];
}

function finish(state: TurnState): Step {
  const finishing: TurnState = { ...state, phase: 'finishing', status: null };
  return [finishing, [{ do: 'checkpoint' }, { do: 'finish', view: viewOf(finishing) }]];
}

/** The beginning of a text; half of a character is left out. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

function tooLong(most: number): Problem {
  return {
    kind: 'too-large',
    retry: { when: 'later' },
    say: `I ended the answer here, at ${most.toLocaleString('en')} characters. Ask me to continue, or press Retry for another one.`,
    detail: 'the answer grew beyond the bound',
  };
}

/** The model ended without a word. */
const EMPTY: Problem = {
  kind: 'model',
  retry: { when: 'later' },
  say: 'The model sent an empty answer. Try again, or ask in other words.',
  detail: 'the stream ended without text',
};

/** The model asked for a tool in place of an answer, and in this mode nobody runs it (our reference, openwebui 3.2). */
const TOOL: Problem = {
  kind: 'model',
  retry: { when: 'later' },
  say: 'The model wanted to use a tool that I cannot run from here. Try another model, or ask in Open WebUI.',
  detail: 'the stream ended with a tool call and no text',
};

/** Parley was restarted in the middle, twice or where a second try might do harm. */
const INTERRUPTED: Problem = {
  kind: 'cut',
  retry: { when: 'later' },
  say: 'I was interrupted while answering. Press Retry and I start over.',
  detail: 'the process ended while the turn ran',
};
