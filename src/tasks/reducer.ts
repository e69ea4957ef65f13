import type { Problem } from '../chat/errors.ts';
import { awayDelay, nextDelay } from './poll.ts';
import type { TaskEffect, TaskEvent, TaskState } from './state.ts';
import { statusOf } from './status.ts';
import { viewOf } from './view.ts';

/** A step: the state after it, and what to do. */
export type TaskStep = readonly [TaskState, readonly TaskEffect[]];

const NOTHING: readonly TaskEffect[] = [];
/** Before Nextcloud has the task, and once it has its result, a server that is away is waited for so long, in ms. */
const PATIENCE_MS = 600_000;
/** A task in Nextcloud's hands is waited for as long as the older API keeps it (our reference, nextcloud 3). */
const LONGEST_MS = 7 * 86_400_000;

/**
 * What a task does about each thing that happens to it. Pure and total: an event that no longer matters changes nothing, so that a
 * late answer, a second cancel or a click on a finished one does no harm.
 */
export function reduceTask(state: TaskState, event: TaskEvent): TaskStep {
  switch (event.type) {
    case 'begin':
      return begin(state);
    case 'delivered':
      if (state.phase !== 'finishing') return [state, NOTHING];
      if ((state.result?.files.length ?? 0) <= state.posted) return over(state);
      return [{ ...state, phase: 'posting' }, [{ do: 'checkpoint' }, { do: 'post' }]];
    case 'undelivered':
      return state.phase === 'finishing' ? over(state) : [state, NOTHING];
    case 'posted':
      return [{ ...state, posted: event.count }, [{ do: 'checkpoint' }]];
    case 'settled':
      return state.phase === 'posting' ? over(state) : [state, NOTHING];
    default:
      return isEnding(state) ? [state, NOTHING] : under(state, event);
  }
}

type Under = Exclude<TaskEvent, { type: 'begin' | 'delivered' | 'undelivered' | 'posted' | 'settled' }>;

function under(state: TaskState, event: Under): TaskStep {
  switch (event.type) {
    case 'placed': {
      if (state.cancelled) return finish({ ...state, place: event.place });
      const placed: TaskState = { ...state, place: event.place, phase: 'preparing' };
      return shown(placed, event.at, [{ do: 'checkpoint' }, { do: 'prepare' }]);
    }
    case 'put':
      return [{ ...state, put: [...state.put, event.file], away: null }, [{ do: 'checkpoint' }]];
    case 'prepared':
      if (state.phase !== 'preparing') return [state, NOTHING];
      return [{ ...state, phase: 'ordering', away: null }, [{ do: 'checkpoint' }, { do: 'order' }]];
    case 'turn':
      return shown({ ...state, turnAt: event.turnAt, away: null }, event.at, NOTHING);
    case 'ordering':
      return [{ ...state, ordered: true, turnAt: null, scheduledAt: event.at }, [{ do: 'checkpoint' }]];
    case 'seen':
      return seen(state, event);
    case 'unseen':
      return unseen(state, event.problem, event.at);
    case 'fetched':
      return finish({ ...state, result: event.result, away: null });
    case 'failed':
      return finish({ ...state, problem: event.problem });
    case 'cancel':
      return cancel(state, event.at);
    case 'tick':
      return shown(state, event.at, NOTHING);
  }
}

/** A task begins, or is taken up again after a crash: whatever was done and left in the store is not done twice. */
function begin(state: TaskState): TaskStep {
  switch (state.phase) {
    case 'placing':
      return [state, [{ do: 'place' }]];
    case 'preparing':
      return [state, [{ do: 'prepare' }]];
    case 'ordering':
      return [state, [{ do: 'order' }]];
    case 'waiting':
      return [state, [{ do: 'later', ms: 0, what: 'poll' }]];
    case 'cancelling':
      return [state, [{ do: 'cancel' }]];
    case 'fetching':
      return [state, [{ do: 'fetch' }]];
    case 'finishing':
      return [state, [{ do: 'finish', view: viewOf(state) }]];
    case 'posting':
      return [state, [{ do: 'post' }]];
    case 'over':
      return [state, [{ do: 'end' }]];
  }
}

/** What Nextcloud says of the task. */
function seen(state: TaskState, { task, reason, at }: Extract<TaskEvent, { type: 'seen' }>): TaskStep {
  if (state.phase !== 'ordering' && state.phase !== 'waiting' && state.phase !== 'cancelling') return [state, NOTHING];
  const known: TaskState = {
    ...state,
    seen: task,
    ordered: true,
    turnAt: null,
    away: null,
    scheduledAt: state.scheduledAt ?? at,
  };
  switch (task.status) {
    case 'done':
      // It was over before it could be called off: then its result is shown.
      return shown({ ...known, phase: 'fetching', cancelled: false }, at, [{ do: 'checkpoint' }, { do: 'fetch' }]);
    case 'failed':
      return finish({ ...known, problem: state.cancelled ? null : failed(reason, state.hint) });
    case 'cancelled':
      return finish(known);
    case 'waiting':
    case 'running':
    case 'unknown':
  }
  // A look that was under way when it was called off: what comes of that is still to be heard.
  if (state.phase === 'cancelling') return [state, NOTHING];
  if (state.cancelled) return shown({ ...known, phase: 'cancelling' }, at, [{ do: 'checkpoint' }, { do: 'cancel' }]);
  const begun = task.status === 'running' ? (state.runningAt ?? at) : null;
  const waiting: TaskState = { ...known, phase: 'waiting', runningAt: begun };
  const news = state.phase !== 'waiting' || state.seen?.status !== task.status;
  const poll: TaskEffect = { do: 'later', ms: nextDelay(at - (known.scheduledAt ?? at)), what: 'poll' };
  return shown(waiting, at, [...(news ? [{ do: 'checkpoint' } as const] : []), poll]);
}

const AGAIN = {
  preparing: 'prepare',
  ordering: 'order',
  waiting: 'poll',
  fetching: 'fetch',
  cancelling: 'cancel',
} as const;

/** Nextcloud could not be asked: what mends itself is waited for, anything else ends the task. */
function unseen(state: TaskState, problem: Problem, at: number): TaskStep {
  const { phase } = state;
  if (
    phase !== 'preparing' &&
    phase !== 'ordering' &&
    phase !== 'waiting' &&
    phase !== 'fetching' &&
    phase !== 'cancelling'
  )
    return [state, NOTHING];
  if (state.cancelled && phase !== 'cancelling') return finish(state);
  // What is not there any more need not be called off.
  if (phase === 'cancelling' && problem.kind === 'missing') return finish(state);
  if (problem.retry.when === 'never')
    return finish({ ...state, problem: phase === 'waiting' || phase === 'fetching' ? lost(problem) : problem });
  const away = { say: problem.say, since: state.away?.since ?? at, tries: (state.away?.tries ?? 0) + 1 };
  const patience = phase === 'waiting' ? LONGEST_MS : PATIENCE_MS;
  // A server that refuses says for how long; one that is away cannot know.
  const asked = problem.kind === 'busy' && problem.retry.when === 'after' ? problem.retry.ms : 0;
  // What is refused for so long is not worth holding the person up.
  if (at + (phase === 'waiting' ? 0 : asked) - away.since > patience) return finish({ ...state, problem });
  const ms = phase === 'waiting' ? Math.max(awayDelay(away.tries), asked) : awayDelay(away.tries);
  return shown({ ...state, away }, at, [{ do: 'later', ms, what: AGAIN[phase] }]);
}

function cancel(state: TaskState, at: number): TaskStep {
  if (state.cancelled) return [state, NOTHING];
  const cancelled: TaskState = { ...state, cancelled: true };
  switch (state.phase) {
    case 'placing':
      // Where to say so is not known yet; it is soon, and nothing has been done.
      return [cancelled, NOTHING];
    case 'preparing':
      return finish(cancelled);
    case 'ordering':
      // It may be on its way to Nextcloud: then it is called off once its number is known.
      return state.ordered ? shown(cancelled, at, [{ do: 'checkpoint' }]) : finish(cancelled);
    case 'waiting':
      return shown({ ...cancelled, phase: 'cancelling' }, at, [{ do: 'checkpoint' }, { do: 'cancel' }]);
    default:
      return [state, NOTHING];
  }
}

/** Shows the state where what it says has changed. */
function shown(state: TaskState, at: number, then: readonly TaskEffect[]): TaskStep {
  const status = statusOf(state, at);
  if (status === state.status) return [state, then];
  const next: TaskState = { ...state, status };
  return [next, [{ do: 'show', view: viewOf(next) }, ...then]];
}

function finish(state: TaskState): TaskStep {
  const finishing: TaskState = { ...state, phase: 'finishing', status: null };
  return [finishing, [{ do: 'checkpoint' }, { do: 'finish', view: viewOf(finishing) }]];
}

function over(state: TaskState): TaskStep {
  return [{ ...state, phase: 'over' }, [{ do: 'end' }]];
}

function isEnding({ phase }: TaskState): boolean {
  return phase === 'finishing' || phase === 'posting' || phase === 'over';
}

/** Nextcloud tried and could not. */
function failed(reason: string | null, hint: string | null): Problem {
  const why = reason?.replaceAll(/\s+/g, ' ').trim().slice(0, 300) ?? '';
  const say =
    why === ''
      ? 'Nextcloud could not do this, and its provider did not say why; the server’s log does.'
      : `Nextcloud could not do this: ${/[.!?…]$/.test(why) ? why : `${why}.`}`;
  return {
    kind: 'model',
    retry: { when: 'later' },
    say: hint === null || why !== '' ? say : `${say} ${hint}`,
    detail: why === '' ? 'the task failed without a reason' : 'the task failed with a reason',
  };
}

/** A task in mid-life cannot be looked at any more. */
function lost(problem: Problem): Problem {
  if (problem.kind !== 'missing') return problem;
  const say =
    'Nextcloud no longer has this task: it was deleted there, or the server forgot it. Press Retry to start it again.';
  return { kind: 'missing', retry: { when: 'later' }, say, detail: problem.detail };
}
