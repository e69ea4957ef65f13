import { Agent, type Dispatcher } from 'undici';
import { type Clock, systemClock } from '../chat/clock.ts';
import type { Secret } from '../chat/secret.ts';
import type { Api } from './api.ts';
import { failure } from './errors.ts';

/** One Nextcloud server without a credential: enough for its status and for linking an account. */
export interface Site {
  /** Without a trailing slash and `/index.php`; the path of an install in a folder is kept. */
  readonly url: string;
  /** Our `User-Agent`: the name that people see in their list of devices and apps. Header-safe. */
  readonly requester: string;
  /** Sockets; may be shared by many connections. */
  readonly agent: Dispatcher;
  /** Milliseconds an ordinary call may take, attempt by attempt. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A server seen through one account. One per credential, kept as long as the credential is: it remembers what it learnt. */
export interface Nextcloud extends Site {
  /** As the login flow gave it; need not be the user id. */
  readonly login: string;
  /** An app password. */
  readonly password: Secret;
  readonly learnt: Learnt;
}

/** Who an account is. */
export interface User {
  /** Stands in WebDAV paths. */
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
}

/** What a connection keeps in mind. */
export interface Learnt {
  /**
   * Set by the first 401 that means the credential. From then on no call of this connection touches the network: after 11 wrong
   * logins Nextcloud locks out everybody behind our address (our reference, nextcloud 5).
   */
  refused: boolean;
  /** Settled by the first call of all: proves the credential once, however many calls begin together. */
  user: Promise<User> | null;
  /** Which API was found, and when (ms since the epoch). */
  api: { readonly api: Api; readonly at: number } | null;
  /** Whether our folder for uploads is known to be there. */
  folder: boolean;
}

interface SiteOptions {
  readonly url: string;
  readonly requester?: string | undefined;
  readonly agent?: Dispatcher | undefined;
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Describes a server without an account; opens nothing yet. Throws a Failure (`invalid`) when `url` is no http(s) address or carries a password. */
export function visit(options: SiteOptions): Site {
  return {
    url: serverUrl(options.url),
    requester: headerSafe(options.requester ?? 'Parley'),
    agent: options.agent ?? ownAgent(),
    timeoutMs: options.timeoutMs ?? 30_000,
    clock: options.clock ?? systemClock,
  };
}

/**
 * Describes a server through one account; opens nothing yet. Call {@link disconnect} at the end, unless the agent is yours.
 * Throws like {@link visit}.
 */
export function connect(options: SiteOptions & { readonly login: string; readonly password: Secret }): Nextcloud {
  return {
    ...visit(options),
    login: options.login,
    password: options.password,
    learnt: { refused: false, user: null, api: null, folder: false },
  };
}

/** Closes the sockets; calls under way end with a failure, also those of other connections on the same agent. */
export async function disconnect(site: Site): Promise<void> {
  await site.agent.destroy();
}

/** The address as calls use it. People paste what their browser shows, so `/index.php` and what stands behind it go. Throws like {@link visit}. */
export function serverUrl(written: string): string {
  const text = written.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw failure('address', { call: 'address' }, 'no http(s) address');
  }
  if (url.username !== '' || url.password !== '') {
    throw failure('address', { call: 'address' }, 'the address carries credentials');
  }
  const path = url.pathname.replace(/\/(index|remote|status|ocs\/v[12])\.php(\/.*)?$/, '');
  return url.origin + path.replace(/\/+$/, '');
}

/** A name that can stand in a header: printable ASCII, accents taken off, at most 60 characters, `Parley` when nothing is left. */
export function headerSafe(name: string): string {
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  return plain.replace(/ +/g, ' ').trim().slice(0, 60).trim() || 'Parley';
}

/** Web servers before PHP close idle sockets after two to five seconds; a POST that meets that moment would be lost, so ours go first. */
const IDLE_SOCKET_MS = 1_500;

function ownAgent(): Agent {
  const keepAlive = { keepAliveTimeout: IDLE_SOCKET_MS, keepAliveMaxTimeout: IDLE_SOCKET_MS };
  return new Agent({ allowH2: false, bodyTimeout: 0, headersTimeout: 0, ...keepAlive, connect: { timeout: 10_000 } });
}
