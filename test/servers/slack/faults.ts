import type { Clock } from '../../../src/chat/clock.ts';

/**
 * What can go wrong with a Web API call. `lost`: it is carried out, and then the connection dies before the answer.
 * `hang`: nothing ever comes back. `retryAfter` in seconds.
 */
export type Fault =
  | { readonly do: '429'; readonly retryAfter: number }
  | { readonly do: 'ratelimited' }
  | { readonly do: 'status'; readonly status: number }
  | { readonly do: 'error'; readonly error: string }
  | { readonly do: 'hang' }
  | { readonly do: 'reset' }
  | { readonly do: 'lost' };

/** Scripted trouble, per method (`*` is every method); `download`, `upload` and `response_url` name the other routes. */
export interface Faults {
  /** The next `times` calls of this method meet the fault. Faults queue up behind each other. */
  next(method: string, fault: Fault, times?: number): void;
  /** Every call meets the fault until the returned function is called. */
  always(method: string, fault: Fault): () => void;
  /** Answers to this method come later: a fixed time, or one drawn between `min` and `max` (ms) by the server's seed. */
  latency(method: string, ms: number | { min: number; max: number } | null): void;
  /** For `ms` every connection to the server is cut and none is let in, also no socket. Resolves when it is over. */
  outage(ms: number): Promise<void>;
  /** Forgets everything scripted and ends an outage. */
  clear(): void;
  readonly down: boolean;
  /** For the server: the fault this call meets, used up. */
  take(method: string): Fault | null;
  /** For the server: resolves when this call may go on; at once without latency, and for all when everything is cleared. */
  hold(method: string): Promise<void>;
}

/** No faults yet. `cut` ends every open connection when an outage begins. */
export function createFaults(clock: Clock, random: () => number, cut: () => void): Faults {
  const queues = new Map<string, Fault[]>();
  const standing = new Map<string, Set<{ fault: Fault }>>();
  const delays = new Map<string, number | { min: number; max: number }>();
  const held = new Set<() => void>();
  let downUntil = Number.NEGATIVE_INFINITY;
  let wake: (() => void) | null = null;

  return {
    next(method, fault, times = 1) {
      const queue = queues.get(method) ?? [];
      for (let i = 0; i < times; i += 1) queue.push(fault);
      queues.set(method, queue);
    },
    always(method, fault) {
      const entry = { fault };
      const all = standing.get(method) ?? new Set();
      standing.set(method, all.add(entry));
      return () => void all.delete(entry);
    },
    latency(method, ms) {
      if (ms === null) delays.delete(method);
      else delays.set(method, ms);
    },
    outage(ms) {
      downUntil = clock.now() + ms;
      cut();
      return new Promise((resolve) => {
        const cancel = clock.after(ms, () => wake?.());
        wake = () => {
          cancel();
          downUntil = Number.NEGATIVE_INFINITY;
          resolve();
        };
      });
    },
    clear() {
      queues.clear();
      standing.clear();
      delays.clear();
      for (const release of [...held]) release();
      wake?.();
    },
    get down() {
      return clock.now() < downUntil;
    },
    take(method) {
      const queued = queues.get(method)?.shift() ?? queues.get('*')?.shift();
      if (queued) return queued;
      for (const entry of [...(standing.get(method) ?? []), ...(standing.get('*') ?? [])]) return entry.fault;
      return null;
    },
    hold(method) {
      const delay = delays.get(method) ?? delays.get('*') ?? 0;
      const ms = typeof delay === 'number' ? delay : delay.min + random() * (delay.max - delay.min);
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const release = () => {
          cancel();
          held.delete(release);
          resolve();
        };
        const cancel = clock.after(ms, release);
        held.add(release);
      });
    },
  };
}
