import { parseArgs } from 'node:util';

/** How a load is made, passed from process to process as arguments. */
export interface Plan {
  readonly streams: number;
  /** Over so many milliseconds the questions are asked. */
  readonly rampMs: number;
  /** So long everything is measured, once all answers are live. */
  readonly windowMs: number;
  /** Pieces in one answer. */
  readonly pieces: number;
  /** The Open WebUI to ask. */
  readonly url: string;
  readonly key: string;
  /** The platform to write to, and the calls a second that it takes: for each message, and in all. */
  readonly platform: string;
  readonly edits: number;
  readonly calls: number;
}

/** The plan as arguments. */
export function argumentsOf(plan: Plan): string[] {
  return Object.entries(plan).map(([name, value]) => `--${name}=${value}`);
}

/** The plan in this process's own arguments. */
export function planOf(args: readonly string[]): Plan {
  const text = { type: 'string', default: '' } as const;
  const number = { type: 'string', default: '0' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: number,
      rampMs: number,
      windowMs: number,
      pieces: number,
      url: text,
      key: text,
      platform: text,
      edits: number,
      calls: number,
    },
  });
  return {
    streams: Number(values.streams),
    rampMs: Number(values.rampMs),
    windowMs: Number(values.windowMs),
    pieces: Number(values.pieces),
    url: values.url,
    key: values.key,
    platform: values.platform,
    edits: Number(values.edits),
    calls: Number(values.calls),
  };
}
