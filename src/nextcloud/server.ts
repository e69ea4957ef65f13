import * as z from 'zod';
import { asAccount } from './account.ts';
import type { Nextcloud, Site } from './connection.ts';
import { reasonOf, shapeFailure } from './errors.ts';
import { field, number, record } from './fields.ts';
import { ocsOpenly } from './ocs.ts';
import { sendOpenly, whereOf } from './request.ts';

/** What `status.php` tells anybody, also in maintenance. */
export interface Status {
  readonly installed: boolean;
  readonly maintenance: boolean;
  readonly needsUpgrade: boolean;
  /** `32.0.2`. */
  readonly version: string;
  readonly product: string;
}

/** A server's version. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** `32.0.2`. */
  readonly text: string;
}

const statusAnswer = z.looseObject({
  installed: z.boolean(),
  maintenance: z.boolean().catch(false),
  needsDbUpgrade: z.boolean().catch(false),
  versionstring: z.string(),
  productname: z.string().catch('Nextcloud'),
});
const whole = z.number().int().nonnegative();
const capabilitiesAnswer = z.looseObject({
  version: z.looseObject({ major: whole, minor: whole, micro: whole.catch(0), string: z.string().catch('') }),
  capabilities: z.unknown(),
});
const statsAnswer = z.looseObject({ scheduled_count: whole, running_count: whole });

/** The surest test that there is a Nextcloud at the address. Needs no account. */
export async function status(site: Site, options: { readonly signal?: AbortSignal } = {}): Promise<Status> {
  const call = { method: 'GET', path: '/status.php', signal: options.signal } as const;
  const reply = await sendOpenly(site, call);
  const parsed = statusAnswer.safeParse(json(reply.bytes));
  if (!parsed.success) throw shapeFailure(reply.contentType, whereOf(call), 'no status of a Nextcloud server');
  const { installed, maintenance, needsDbUpgrade, versionstring, productname } = parsed.data;
  return { installed, maintenance, needsUpgrade: needsDbUpgrade, version: versionstring, product: productname };
}

/**
 * Version and capabilities as strangers see them. No capability names the AI tasks; `capabilities.assistant` is there only with
 * the Assistant app (our reference, nextcloud 5).
 */
export async function capabilities(
  site: Site,
): Promise<{ readonly version: Version; readonly capabilities: Readonly<Record<string, unknown>> }> {
  const answer = await ocsOpenly(site, { method: 'GET', path: '/cloud/capabilities' }, capabilitiesAnswer);
  const { major, minor, micro, string } = answer.version;
  const entries = z.object({}).loose().safeParse(answer.capabilities);
  return {
    version: { major, minor, micro, text: string || `${major}.${minor}.${micro}` },
    capabilities: record(entries.success ? Object.entries(entries.data) : []),
  };
}

/**
 * How many tasks of all people wait and run, of these types or of all. Null when the account is no administrator, or the server
 * is older than 34.
 */
export async function queueStats(
  nc: Nextcloud,
  types: readonly string[] = [],
): Promise<{ readonly waiting: number; readonly running: number } | null> {
  const call = { method: 'GET', path: '/taskprocessing/queue_stats', query: { taskTypeIds: types } } as const;
  const answer = await orNull(asAccount(nc, call, statsAnswer));
  return answer === null ? null : { waiting: answer.scheduled_count, running: answer.running_count };
}

/** The place of a waiting task in the server's queue, 1 for the next one. Null when it does not wait, or the server is older than 35. */
export async function queuePosition(nc: Nextcloud, taskId: number): Promise<number | null> {
  const path = `/taskprocessing/tasks/${taskId}/queue_position`;
  const answer = await orNull(asAccount(nc, { method: 'GET', path }, z.unknown()));
  // No server with it has been seen yet: its shape is guessed, and nothing depends on it.
  const found = number(answer) ?? number(field(answer, 'position')) ?? number(field(answer, 'queue_position'));
  return found !== null && Number.isInteger(found) && found >= 1 ? found : null;
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'forbidden' || reason === 'no-route' || reason === 'method' || reason === 'missing') return null;
    throw error;
  }
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
