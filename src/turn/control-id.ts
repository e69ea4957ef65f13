/** What a button of Parley's own can ask for. */
export const ACTIONS = [
  'stop',
  'retry',
  'regenerate',
  'share',
  'edited',
  'follow',
  'good',
  'bad',
  'still',
  'drop',
  'fill',
  'next',
  'cancel',
  'rerun',
  'chain',
] as const;

/**
 * See {@link ACTIONS}. `still` and `drop` answer "Still want an answer?"; `fill` opens a step of a form, `next` runs a command.
 * `cancel`, `rerun` and `chain` are those of tasks: call off, try again, go on with the result. `share` posts a private answer for everybody,
 * `edited` asks the question again as it reads now.
 */
export type Action = (typeof ACTIONS)[number];

/** The id of a button: action, job and a number, all that is needed to act on it after a restart. At most 40 UTF-16 units. */
export function controlId(action: Action, job: string, index = 0): string {
  return `${action}:${job}:${index}`;
}

/** Reads a button's id; null when it is none of ours, or of an older Parley. */
export function readControlId(id: string): { action: Action; job: string; index: number } | null {
  const match = /^([a-z]{1,12}):([A-Za-z0-9_-]{1,64}):(\d{1,3})$/.exec(id);
  const action = ACTIONS.find((one) => one === match?.[1]);
  const job = match?.[2];
  if (!action || !job) return null;
  return { action, job, index: Number(match[3]) };
}
