import type { Clock } from '../../chat/clock.ts';
import { randomText } from './reply.ts';

/** Somebody is being asked to let an app in (login flow v2). */
export interface Flow {
  /** What the app polls with. */
  readonly poll: string;
  /** What the person's address ends in. */
  readonly token: string;
  /** The app's `User-Agent`, shown to the person. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  granted: { readonly loginName: string; readonly appPassword: string } | null;
}

const lifetime = 20 * 60_000;
const mostFlows = 200;

/** Open login flows, for twenty minutes each. Bounded: the oldest go. */
export class Flows {
  readonly #clock: Clock;
  readonly #flows = new Map<string, Flow>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(client: string): Flow {
    const flow: Flow = {
      poll: randomText(128),
      token: randomText(128),
      client,
      began: this.#clock.now(),
      granted: null,
    };
    this.#flows.set(flow.poll, flow);
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > mostFlows && oldest !== undefined) this.#flows.delete(oldest);
    return flow;
  }

  /** The flow with this poll token, while it lasts. */
  polled(token: string): Flow | null {
    return this.#fresh(this.#flows.get(token));
  }

  /** The flow that a person's address names, while it lasts. */
  opened(token: string): Flow | null {
    return this.#fresh([...this.#flows.values()].find((flow) => flow.token === token));
  }

  end(flow: Flow): void {
    this.#flows.delete(flow.poll);
  }

  #fresh(flow: Flow | undefined): Flow | null {
    return flow !== undefined && this.#clock.now() - flow.began < lifetime ? flow : null;
  }
}
