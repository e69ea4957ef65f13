import { take, type Window, waitOf } from './window.ts';

/** Somebody's order that waits for a place in the window. */
export interface Waiting {
  readonly key: string;
  /** Who asks: places are shared out among these, not among orders. */
  readonly requester: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** All that wait for one window. */
export interface Line {
  /** In the order in which they came. */
  readonly waiting: readonly Waiting[];
  /** Who was served lately, the latest last, each once. */
  readonly served: readonly string[];
}

/** When somebody's turn comes, if nobody else joins. */
export interface Turn extends Waiting {
  /** 1 for the next one. */
  readonly place: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Orders that may wait for one window: at 20 in two minutes the last one waits a good quarter of an hour. */
export const LONGEST = 200;

/** Requesters that are remembered. */
const REMEMBERED = 200;

/** A line without anybody in it. */
export const emptyLine: Line = { waiting: [], served: [] };

/** The line with one more in it, once for each key; null when it is full. */
export function join(line: Line, order: Waiting): Line | null {
  if (line.waiting.some((one) => one.key === order.key)) return line;
  if (line.waiting.length >= LONGEST) return null;
  return { ...line, waiting: [...line.waiting, order] };
}

/** The line without this order: it was stopped. */
export function leave(line: Line, key: string): Line {
  return { ...line, waiting: line.waiting.filter((order) => order.key !== key) };
}

/**
 * Who is next, and the line after that; null when nobody waits. It is the one who was not served for the longest, and of theirs
 * the oldest order: a person with fifty orders does not hold up one with a single order.
 */
export function next(line: Line): readonly [Waiting, Line] | null {
  const turnOf = (order: Waiting): number => line.served.indexOf(order.requester);
  const [first, ...rest] = line.waiting;
  if (first === undefined) return null;
  const chosen = rest.reduce((best, order) => (turnOf(order) < turnOf(best) ? order : best), first);
  const served = [...line.served.filter((requester) => requester !== chosen.requester), chosen.requester];
  return [chosen, { waiting: line.waiting.filter((order) => order !== chosen), served: served.slice(-REMEMBERED) }];
}

/** Everybody's turn, the next one first. Pure: nobody is served by asking. */
export function turns(line: Line, window: Window, now: number): Turn[] {
  const found: Turn[] = [];
  let at = now;
  let left = line;
  let used = window;
  for (let step = next(left); step !== null; step = next(left)) {
    at += waitOf(used, at);
    used = take(used, at)[0];
    left = step[1];
    found.push({ ...step[0], place: found.length + 1, at });
  }
  return found;
}
