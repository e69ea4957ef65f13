import { webApi } from '@slack/bolt';
import * as z from 'zod';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { failureOf, slackFailure } from './errors.ts';
import { type SlackLog, sdkLog } from './sdk-log.ts';

/** Slack's own Web API, when no other base is configured. */
export const SLACK_API = 'https://slack.com/api/';

/** A call may take this long (ms); the client's own default is for ever. */
const TIMEOUT_MS = 15_000;

/** The Web API with one token. */
export interface Api {
  /** The base address, with a slash at the end. */
  readonly base: string;
  /** Calls a method and reads the answer. Throws a `Failure` and nothing else; never repeats, never waits. */
  call<S extends z.ZodType>(method: string, args: Readonly<Record<string, unknown>>, answer: S): Promise<z.output<S>>;
  /** The token in clear, for the two requests that are no methods: fetching files and sending their bytes. */
  authorization(): string;
}

/** An answer of which nothing but success matters. */
export const done = z.object({ ok: z.literal(true) });

/**
 * Options for an SDK client, in an object of its own each time: the SDK writes into what it is given, so that shared options
 * carry one client's retries, or its token, to another (our reference, slack 1.4). No retries and no waiting on 429, where the
 * SDK stops all calls of the workspace (1.5): pacing is delivery's, and a repeated post would stand twice.
 */
export function clientOptions(base: string, log: SlackLog) {
  return {
    slackApiUrl: base,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logger: sdkLog(log),
  };
}

/** See {@link Api}. `refused` hears of every call that says the token is dead. */
export function createApi(options: {
  token: Secret;
  base: string;
  log: SlackLog;
  refused(failure: Failure): void;
}): Api {
  const client = new webApi.WebClient(options.token.reveal(), clientOptions(options.base, options.log));
  return {
    base: client.slackApiUrl,
    authorization: () => `Bearer ${options.token.reveal()}`,
    async call(method, args, answer) {
      const result = await client.apiCall(method, { ...args }).catch((thrown: unknown) => {
        const failure = failureOf(thrown, method);
        if (failure.problem.kind === 'unauthorized') options.refused(failure);
        throw failure;
      });
      const read = answer.safeParse(result);
      if (!read.success) throw slackFailure('malformed', `${method}: ${z.prettifyError(read.error).slice(0, 200)}`);
      return read.data;
    },
  };
}

/** Whether an address is Slack's: https at one of its hosts, or the configured Web API's own. Tokens go nowhere else. */
export function isSlackAddress(address: string, base: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username || url.password) return false;
  if (url.origin === new URL(base).origin) return true;
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    /(^|\.)(slack\.com|slack-gov\.com|slack-files\.com)$/.test(url.hostname)
  );
}

/** Makes a call that no budget paces, again after what passes: a refusal for now, an outage. At most three times, 30 s each wait. */
export async function patiently<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (thrown) {
      const retry = thrown instanceof Failure ? thrown.problem.retry : null;
      // What happened to a call that got no answer is unknown: repeating it could say a thing twice.
      const sure = thrown instanceof Failure && thrown.problem.kind === 'busy';
      if (!sure || retry?.when !== 'after' || retry.ms > 30_000 || tries >= 3 || signal.aborted) throw thrown;
      await pause(clock, signal, retry.ms);
    }
  }
}

/** Resolves after `ms`, or at once when the signal fires. */
export function pause(clock: Clock, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
