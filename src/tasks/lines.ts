import type { Clock } from '../chat/clock.ts';
import { Failure } from '../chat/errors.ts';
import { emptyLine, join, type Line, leave, next, turns } from '../nextcloud/line.ts';
import { refused, SPAN_MS, take, type Window, waitOf, windowOf } from '../nextcloud/window.ts';

/** The lines in which tasks wait for a place in their account's window: Nextcloud takes 20 in two minutes, shared out among people. */
export interface Lines {
  /**
   * Resolves when it is this task's turn, with the time at which its place was taken. `told` hears when that will be, once it is
   * known that it is not at once, and when it changes. Rejects with a `Failure` when too many wait, or `signal` was aborted.
   */
  enter(account: string, order: LineOrder, told: (at: number) => void, signal: AbortSignal): Promise<number>;
  /** The server refused the place that was taken at `at`: nobody of this account asks for a while. */
  refused(account: string, at: number): void;
  /** Ends every timer; nobody's turn comes any more. */
  stop(): void;
}

/** What waits, and for whom. */
export interface LineOrder {
  readonly key: string;
  readonly requester: string;
}

interface Waiter {
  go(at: number): void;
  told(at: number): void;
  toldAt: number;
}

interface Gate {
  window: Window;
  line: Line;
  readonly waiters: Map<string, Waiter>;
  cancel: (() => void) | null;
}

/** A change of this size is worth telling. */
const NEWS_MS = 2_000;

/** See {@link Lines}. A gate that nobody waits at and whose window is unused is forgotten. */
export function createLines(clock: Clock): Lines {
  const gates = new Map<string, Gate>();

  function gateOf(account: string): Gate {
    const known = gates.get(account);
    if (known) return known;
    const made: Gate = { window: windowOf(), line: emptyLine, waiters: new Map(), cancel: null };
    gates.set(account, made);
    return made;
  }

  function serve(account: string, gate: Gate): void {
    gate.cancel?.();
    gate.cancel = null;
    for (;;) {
      const now = clock.now();
      const step = next(gate.line);
      if (step === null || waitOf(gate.window, now) > 0) break;
      const [one, line] = step;
      gate.line = line;
      [gate.window] = take(gate.window, now);
      gate.waiters.get(one.key)?.go(now);
      gate.waiters.delete(one.key);
    }
    const now = clock.now();
    for (const turn of turns(gate.line, gate.window, now)) {
      const waiter = gate.waiters.get(turn.key);
      if (!waiter || Math.abs(waiter.toldAt - turn.at) < NEWS_MS) continue;
      waiter.toldAt = turn.at;
      waiter.told(turn.at);
    }
    const ms = gate.line.waiting.length > 0 ? waitOf(gate.window, now) : SPAN_MS;
    gate.cancel = clock.after(Math.max(ms, 1), () => serve(account, gate));
    if (gate.line.waiting.length > 0 || waitOf(gate.window, now) > 0) return;
    if (gate.window.taken.some((at) => at + SPAN_MS > now)) return;
    gate.cancel();
    gates.delete(account);
  }

  return {
    async enter(account, { key, requester }, told, signal) {
      signal.throwIfAborted();
      const gate = gateOf(account);
      const line = join(gate.line, { key, requester, since: clock.now() });
      if (line === null) throw new Failure(FULL);
      gate.line = line;
      const turn = Promise.withResolvers<number>();
      gate.waiters.set(key, { go: turn.resolve, told, toldAt: Number.NEGATIVE_INFINITY });
      const stop = () => {
        gate.line = leave(gate.line, key);
        if (gate.waiters.delete(key)) turn.reject(new Failure(STOPPED));
        serve(account, gate);
      };
      signal.addEventListener('abort', stop, { once: true });
      serve(account, gate);
      try {
        return await turn.promise;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    refused(account, at) {
      const gate = gateOf(account);
      gate.window = refused(gate.window, at, clock.now());
      serve(account, gate);
    },
    stop() {
      for (const gate of gates.values()) gate.cancel?.();
      gates.clear();
    },
  };
}

const FULL = {
  kind: 'busy',
  retry: { when: 'after', ms: 600_000 },
  say: 'Too many tasks are waiting for Nextcloud already. Please try again in a quarter of an hour.',
  detail: 'the line of the account is full',
} as const;

const STOPPED = { kind: 'stopped', retry: { when: 'never' }, say: 'Stopped.', detail: 'left the line' } as const;
