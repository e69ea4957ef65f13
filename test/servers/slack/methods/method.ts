import type { Args } from '../args.ts';
import type { Json } from '../json.ts';
import type { World } from '../world.ts';

/** What a handler may use besides the world: who calls. */
export interface Call {
  readonly args: Args;
  readonly token: string;
}

/** One Web API method. `run` gives the fields beside `ok: true`, or throws a `Refusal`. */
export interface Method {
  /** Any one of these scopes is enough; none asks for nothing. A function decides by the arguments. */
  readonly scopes: readonly string[] | ((world: World, args: Args) => readonly string[]);
  readonly token: 'bot' | 'app' | 'any';
  run(world: World, call: Call): Json | Promise<Json>;
}

/** Methods by name. */
export type Methods = Record<string, Method>;
