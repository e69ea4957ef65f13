import * as z from 'zod';
import type { Site } from './connection.ts';
import { shapeFailure } from './errors.ts';
import { record } from './fields.ts';
import { ocsOpenly } from './ocs.ts';
import { sendOpenly, whereOf } from './request.ts';

/** What `status.php` tells anybody, also in maintenance. */
export interface Status {
  readonly installed: boolean;
  readonly maintenance: boolean;
  /** `32.0.2`. */
  readonly version: string;
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
  versionstring: z.string(),
});
const whole = z.number().int().nonnegative();
const capabilitiesAnswer = z.looseObject({
  version: z.looseObject({ major: whole, minor: whole, micro: whole.catch(0), string: z.string().catch('') }),
  capabilities: z.unknown(),
});

/** The surest test that there is a Nextcloud at the address. Needs no account. */
export async function status(site: Site, options: { readonly signal?: AbortSignal } = {}): Promise<Status> {
  const call = { method: 'GET', path: '/status.php', signal: options.signal } as const;
  const reply = await sendOpenly(site, call);
  const parsed = statusAnswer.safeParse(json(reply.bytes));
  if (!parsed.success) throw shapeFailure(reply.contentType, whereOf(call), 'no status of a Nextcloud server');
  const { installed, maintenance, versionstring } = parsed.data;
  return { installed, maintenance, version: versionstring };
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

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
