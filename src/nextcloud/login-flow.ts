import * as z from 'zod';
import { Secret } from '../chat/secret.ts';
import { type Nextcloud, type Site, serverUrl } from './connection.ts';
import { reasonOf, shapeFailure } from './errors.ts';
import { ocsAs } from './ocs.ts';
import { type Call, sendOpenly, whereOf } from './request.ts';

/** How long a login flow may be granted, in milliseconds (our reference, nextcloud 5). */
export const FLOW_MS = 20 * 60_000;

/** A link that waits for its grant. Keep `token` sealed: whoever has it can fetch the app password. */
export interface LoginFlow {
  /** The page to send to the person. */
  readonly link: string;
  readonly token: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a person granted. It is told once only: store it before anything else. */
export interface Grant {
  /** The address to use from now on: always on the origin that was asked. */
  readonly url: string;
  /** Exactly as the server wrote it; need not be the user id. */
  readonly login: string;
  readonly password: Secret;
}

const begun = z.looseObject({ poll: z.looseObject({ token: z.string().min(1).max(1000) }), login: z.url() });
const granted = z.looseObject({
  server: z.string().catch(''),
  loginName: z.string().min(1),
  appPassword: z.string().min(1),
});

/**
 * Begins a login flow, version 2. The person reads the site's `requester` in the browser and later in their list of devices.
 * Nobody's password passes through us.
 */
export async function beginLogin(site: Site, signal?: AbortSignal): Promise<LoginFlow> {
  const call = { method: 'POST', path: '/index.php/login/v2', signal } as const;
  const expiresAt = site.clock.now() + FLOW_MS;
  const { login, poll } = await plain(site, call, begun);
  // The link may be on another origin (we may reach the server by an inner name), but it is a web page and nothing else.
  if (!/^https?:\/\//i.test(login) || /^https?:\/\/[^/]*@/i.test(login)) {
    throw shapeFailure(null, whereOf(call), 'the link is no web page');
  }
  return { link: login, token: new Secret(poll.token), expiresAt };
}

/**
 * Asks once whether the person has granted. Every few seconds is often enough. `gone` after the flow's time; a flow that was
 * already answered cannot be told from one that waits.
 * Always asks the address we know: the endpoint in the answer would carry the token to whatever the server calls itself.
 */
export async function pollLogin(
  site: Site,
  flow: Pick<LoginFlow, 'token' | 'expiresAt'>,
  signal?: AbortSignal,
): Promise<Grant | 'waiting' | 'gone'> {
  const call = {
    method: 'POST',
    path: '/index.php/login/v2/poll',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: flow.token.reveal() }).toString(),
    signal,
  } as const;
  try {
    const { server, loginName, appPassword } = await plain(site, call, granted);
    return { url: sameOrigin(site.url, server), login: loginName, password: new Secret(appPassword) };
  } catch (error) {
    if (reasonOf(error) !== 'missing') throw error;
    return site.clock.now() > flow.expiresAt ? 'gone' : 'waiting';
  }
}

/**
 * Deletes the connection's own app password on the server, and never uses it again. `gone` when the server did not know it any
 * more. Fails as `forbidden` where it is the account's real password.
 */
export async function revoke(nc: Nextcloud): Promise<'revoked' | 'gone'> {
  if (nc.learnt.refused) return 'gone';
  try {
    await ocsAs(nc, { method: 'DELETE', path: '/core/apppassword' }, z.unknown());
    nc.learnt.refused = true;
    return 'revoked';
  } catch (error) {
    if (reasonOf(error) !== 'credential') throw error;
    return 'gone';
  }
}

/** The told address when it has the origin that was asked, else the one that was asked. */
function sameOrigin(asked: string, told: string): string {
  if (!URL.canParse(told) || new URL(told).origin !== new URL(asked).origin) return asked;
  try {
    return serverUrl(told);
  } catch {
    return asked;
  }
}

async function plain<S extends z.ZodType>(site: Site, call: Call, schema: S): Promise<z.output<S>> {
  const reply = await sendOpenly(site, { ...call, headers: { accept: 'application/json', ...call.headers } });
  let value: unknown;
  try {
    value = JSON.parse(reply.bytes.toString('utf8'));
  } catch {
    throw shapeFailure(reply.contentType, whereOf(call), 'no JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw shapeFailure(reply.contentType, whereOf(call), 'JSON of another shape');
  return parsed.data;
}
