import * as z from 'zod';
import { Failure } from '../chat/errors.ts';
import { asAccount } from './account.ts';
import type { Nextcloud } from './connection.ts';
import { failure, reasonOf } from './errors.ts';
import { capabilities } from './server.ts';

/** `taskprocessing` from Nextcloud 30 on, `textprocessing` from 27.1 on. */
export type Api = 'taskprocessing' | 'textprocessing';

/** How long a found API is believed, in milliseconds: an upgrade from 29 to 30 is noticed within this time. */
export const API_KEPT_MS = 10 * 60_000;

/**
 * Which API this server has: the newer one where it has both. Found by asking for its task types, never by the version (our
 * reference, nextcloud 1). Kept for {@link API_KEPT_MS}, or until a call finds it gone; `refresh` asks anew.
 * Fails with the reason `no-api` or `too-old` when it has neither, `not-nextcloud` when there is something else at the address.
 */
export async function apiOf(nc: Nextcloud, options: { readonly refresh?: boolean } = {}): Promise<Api> {
  const kept = nc.learnt.api;
  if (kept !== null && options.refresh !== true && nc.clock.now() - kept.at < API_KEPT_MS) return kept.api;
  nc.learnt.api = null;
  const api = await probe(nc);
  nc.learnt.api = { api, at: nc.clock.now() };
  return api;
}

/**
 * Runs `work` with the API of this server. When a call finds that the API is not there any more (or not yet), asks anew and, if
 * it is another one now, runs `work` once more: a call without a route has done nothing.
 */
export async function withApi<T>(nc: Nextcloud, work: (api: Api) => Promise<T>): Promise<T> {
  const before = await apiOf(nc);
  try {
    return await work(before);
  } catch (error) {
    if (reasonOf(error) !== 'no-route') throw error;
    const now = await apiOf(nc, { refresh: true });
    if (now === before) throw error;
    return await work(now);
  }
}

async function probe(nc: Nextcloud): Promise<Api> {
  if (await has(nc, 'taskprocessing')) return 'taskprocessing';
  if (await has(nc, 'textprocessing')) return 'textprocessing';
  const where = { call: 'GET /ocs/v2.php/{task,text}processing/tasktypes' };
  const { version } = await capabilities(nc);
  const old = version.major < 27 || (version.major === 27 && version.minor < 1);
  throw failure(old ? 'too-old' : 'no-api', where, `no route in version ${version.text}`);
}

async function has(nc: Nextcloud, api: Api): Promise<boolean> {
  try {
    await asAccount(nc, { method: 'GET', path: `/${api}/tasktypes` }, z.unknown());
    return true;
  } catch (error) {
    if (error instanceof Failure && reasonOf(error) === 'no-route') return false;
    throw error;
  }
}
