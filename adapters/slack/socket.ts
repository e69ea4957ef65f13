import type { SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '../../src/chat/clock.ts';
import type { Failure } from '../../src/chat/errors.ts';
import { pause } from './api.ts';
import { failureOf, slackFailure } from './errors.ts';
import type { SlackLog } from './sdk-log.ts';
import { APP_REFUSED } from './token-words.ts';

/** One socket of Socket Mode that is kept open. */
export interface Socket {
  /** Resolves when it was first connected; rejects with a `Failure` when it never will be. */
  readonly ready: Promise<void>;
  readonly connected: boolean;
  /** Closes it and resolves when it is closed. */
  close(): Promise<void>;
}

/** What a socket tells. */
export interface SocketWatch {
  changed(): void;
  /** It will not come back by itself. */
  lost(failure: Failure): void;
}

/** A connection that stood for so long was a good one: the next comes at once (ms). */
const GOOD_MS = 10_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Slack switched the socket off for the app: somebody has to act, so we ask less often (ms). */
const LINK_DISABLED_MS = 60_000;
/** A socket that has not said hello by then is given up (ms). */
const HELLO_MS = 30_000;
const CLOSE_MS = 2_000;
const POLITE: ReadonlySet<string> = new Set(['warning', 'refresh_requested']);

/**
 * Keeps a socket open by ourselves, with the SDK's own reconnecting switched off: that one waits 5 s without a socket after each
 * goodbye, gives up for ever when an outage outlasts its retries, and rejects a promise that nobody holds (our reference,
 * slack 1.4). A connection that was good is renewed at once; others after a wait that doubles up to 30 s.
 */
export function keepSocket(receiver: SocketModeReceiver, watch: SocketWatch, clock: Clock, log: SlackLog): Socket {
  const { client } = receiver;
  const closing = new AbortController();
  const ready = Promise.withResolvers<void>();
  let connected = false;
  let reason = '';

  client.on('ws_message', (data: unknown) => {
    // Frames are many and goodbyes few: only what looks like one is read.
    if (typeof data === 'string' && data.includes('"disconnect"'))
      reason = /"reason"\s*:\s*"([a-z_]{1,40})"/.exec(data)?.[1] ?? '';
  });

  async function keep(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const since = clock.now();
      let least = 0;
      try {
        await session();
      } catch (error) {
        const { problem } = failureOf(error, 'apps.connections.open');
        log.warn({ kind: problem.kind, detail: problem.detail }, 'the Slack socket could not be opened');
        if (problem.kind === 'unauthorized' || problem.kind === 'forbidden') {
          const failure = slackFailure(problem.kind, problem.detail, APP_REFUSED, error);
          ready.reject(failure);
          watch.lost(failure);
          return;
        }
        if (problem.retry.when === 'after') least = problem.retry.ms;
      }
      failures = clock.now() - since > GOOD_MS ? 0 : failures + 1;
      if (!closing.signal.aborted) await pause(clock, closing.signal, Math.max(least, waitAfter(failures)));
    }
  }

  function waitAfter(failures: number): number {
    const goodbye = reason;
    reason = '';
    if (goodbye) log.info({ reason: goodbye }, 'Slack asked the socket to go');
    if (goodbye === 'link_disabled') return LINK_DISABLED_MS;
    // Good connections are asked to go every few hours: they come back at once.
    if (failures === 0 || (failures === 1 && POLITE.has(goodbye))) return 0;
    return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) * (0.75 + Math.random() / 2);
  }

  /** One connection, from its opening to its end. */
  async function session(): Promise<void> {
    const over = Promise.withResolvers<void>();
    const end = () => over.resolve();
    client.once('disconnected', end);
    try {
      const cancel = clock.after(HELLO_MS, () => over.reject(slackFailure('timeout', 'no hello on the socket')));
      try {
        await Promise.race([client.start(), over.promise.then(gone)]);
      } finally {
        cancel();
      }
      // It may have been closed while the address was being asked for.
      if (closing.signal.aborted) return;
      connected = true;
      ready.resolve();
      watch.changed();
      await over.promise;
    } finally {
      client.off('disconnected', end);
      if (connected) {
        connected = false;
        watch.changed();
      } else await disconnect();
    }
  }

  /** Ends what there is of a connection; the SDK's promise resolves only when it was open. */
  async function disconnect(): Promise<void> {
    const limit = new AbortController();
    await Promise.race([client.disconnect(), pause(clock, limit.signal, CLOSE_MS)]);
    limit.abort();
  }

  const keeping = keep();
  // Whoever starts the adapter awaits it; a later rejection has been told to the watch.
  ready.promise.catch(() => undefined);
  return {
    ready: ready.promise,
    get connected() {
      return connected;
    },
    async close() {
      closing.abort();
      await disconnect();
      const limit = new AbortController();
      await Promise.race([keeping, pause(clock, limit.signal, CLOSE_MS)]);
      limit.abort();
    },
  };
}

function gone(): never {
  throw slackFailure('unreachable', 'the socket closed before it was open');
}
