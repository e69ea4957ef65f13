import type { Json } from './json.ts';

/** Thrown by a method's handler and turned into `{ok: false, error}` by the Web API (status 200, as Slack does). */
export class Refusal extends Error {
  readonly error: string;
  readonly extra: Json;

  constructor(error: string, extra: Json = {}) {
    super(error);
    this.name = 'Refusal';
    this.error = error;
    this.extra = extra;
  }
}

/** A refusal that carries Slack's list of problems, as `invalid_blocks` and `invalid_arguments` do. */
export function refusalWith(error: string, problems: readonly string[]): Refusal {
  const messages = problems.map((problem) => `[ERROR] ${problem}`);
  return new Refusal(error, { errors: [...problems], response_metadata: { messages } });
}
