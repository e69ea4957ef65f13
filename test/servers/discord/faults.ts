import { rateLimited } from './buckets.ts';
import { ApiError } from './errors.ts';

/** What goes wrong. `after: true` means the request took effect and only its answer is lost. */
export type Effect =
  | {
      readonly do: '429';
      readonly scope: 'user' | 'global' | 'shared';
      readonly retryAfterMs: number;
      readonly code?: number;
    }
  | {
      readonly do: 'status';
      readonly status: number;
      readonly code?: number;
      readonly message?: string;
      readonly after?: boolean;
    }
  | { readonly do: 'reset'; readonly after?: boolean }
  | { readonly do: 'hang'; readonly after?: boolean }
  | { readonly do: 'delay'; readonly ms: number | readonly [number, number] };

/** A fault for a route: `'POST /channels/:channel/messages'`, `'PATCH *'`, `'* /webhooks/*'` or `'*'`. */
export interface Fault {
  readonly on: string;
  /** Narrows it further; gets the path without `/api/v10`. */
  readonly when?: (call: { method: string; path: string; body: unknown }) => boolean;
  /** How many requests it hits; default 1. */
  readonly times?: number;
  readonly effect: Effect;
}

/** The faults in force. Each request uses up the first that fits. */
export class Faults {
  /** `'refuse'` breaks each connection, `'503'` answers with it. */
  outage: 'none' | '503' | 'refuse' = 'none';
  #queue: Array<{ fault: Fault; left: number }> = [];
  #latency: number | readonly [number, number] = 0;
  #random = randomFrom(1);

  /** Adds a fault; the returned function takes it away again. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#queue.push(entry);
    return () => {
      this.#queue = this.#queue.filter((one) => one !== entry);
    };
  }

  /** Ends every fault, the outage and the latency. */
  clear(): void {
    this.#queue = [];
    this.#latency = 0;
    this.outage = 'none';
  }

  /** Delays every answer by a fixed time or by one from a range, the same sequence for the same seed. */
  latency(ms: number | readonly [number, number], seed = 1): void {
    this.#latency = ms;
    this.#random = randomFrom(seed);
  }

  /** ms to wait before the next answer. */
  nextLatency(): number {
    return this.within(this.#latency);
  }

  /** A time from a range, or the fixed one. */
  within(ms: number | readonly [number, number]): number {
    return typeof ms === 'number' ? ms : ms[0] + (ms[1] - ms[0]) * this.#random();
  }

  /** The effect for this request, used up by asking. */
  take(call: { method: string; route: string; path: string; body: unknown }): Effect | null {
    const entry = this.#queue.find((one) => fits(one.fault.on, call) && (one.fault.when?.(call) ?? true));
    if (entry === undefined) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.#queue = this.#queue.filter((one) => one !== entry);
    return entry.fault.effect;
  }
}

/** The answer of a fault that answers. */
export function faultAnswer(effect: Extract<Effect, { do: '429' | 'status' }>): ApiError {
  if (effect.do === '429') return rateLimited(effect.scope, effect.retryAfterMs, {}, effect.code ?? 0);
  return new ApiError(effect.status, effect.code ?? 0, effect.message ?? `${effect.status}: Injected fault`);
}

function fits(on: string, call: { method: string; route: string }): boolean {
  if (on === '*') return true;
  const [method, ...rest] = on.split(' ');
  const route = rest.join(' ');
  if (method !== '*' && method !== call.method) return false;
  return route.endsWith('*') ? call.route.startsWith(route.slice(0, -1)) : route === call.route;
}

/** A small generator of numbers in 0 ≤ x < 1 (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
