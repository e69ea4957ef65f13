import * as z from 'zod';
import type { Trigger } from '../../src/chat/events.ts';
import { Secret } from '../../src/chat/secret.ts';
import { isSlackAddress } from './api.ts';
import { type Block, fallback } from './blocks.ts';
import { slackFailure } from './errors.ts';

/** What a trigger's token holds: the id that opens a modal, good for three seconds, and the address that takes answers, for half an hour. */
const held = z.object({ trigger: z.string(), url: z.string().nullable() });

/** Makes a trigger's token. */
export function tokenOf(trigger: string, url: string | null): Secret {
  return new Secret(JSON.stringify({ trigger, url }));
}

/** Reads a trigger's token; null when it is none of ours. */
export function readToken(trigger: Trigger): z.output<typeof held> | null {
  const text = trigger.token.reveal();
  if (!text.startsWith('{')) return null;
  const read = held.safeParse(JSON.parse(text));
  return read.success ? read.data : null;
}

/** How an answer through a `response_url` appears. */
export interface Response {
  readonly blocks: readonly Block[];
  readonly private: boolean;
  /** In place of what the trigger's acknowledgement or an earlier answer showed. */
  readonly replace?: boolean;
  readonly thread?: string | null;
}

const TIMEOUT_MS = 10_000;

/**
 * Answers through a `response_url`: up to five times in half an hour, also where the bot is not a member. Throws a `Failure`:
 * `expired` when the address is used up. It takes no `markdown` blocks (our reference, slack 2.4).
 */
export async function respond(url: string, base: string, response: Response): Promise<void> {
  const body = {
    response_type: response.private ? 'ephemeral' : 'in_channel',
    replace_original: response.replace === true,
    text: fallback(response.blocks),
    blocks: response.blocks,
    ...(response.thread && { thread_ts: response.thread }),
  };
  await send(url, base, body);
}

/** Takes away what stands there through this address. */
export function takeBack(url: string, base: string): Promise<void> {
  return send(url, base, { delete_original: true });
}

async function send(url: string, base: string, body: object): Promise<void> {
  if (!isSlackAddress(url, base)) throw slackFailure('invalid', 'response_url is not at Slack');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw slackFailure(late ? 'timeout' : 'unreachable', 'response_url: no answer', undefined, error);
  });
  const words = (await answer.text().catch(() => '')).slice(0, 300);
  if (answer.ok) return;
  if (answer.status === 404 || answer.status === 410) throw slackFailure('expired', `response_url: ${answer.status}`);
  if (answer.status === 429) throw slackFailure('busy', 'response_url: 429');
  if (answer.status >= 500) throw slackFailure('unreachable', `response_url: ${answer.status}`);
  const word = /"error":"([a-z_]{2,60})"/.exec(words)?.[1] ?? '';
  throw slackFailure('invalid', `response_url: ${answer.status} ${word}`);
}
