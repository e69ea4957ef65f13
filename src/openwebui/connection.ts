import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../chat/clock.ts';
import { systemClock } from '../chat/clock.ts';
import { Failure } from '../chat/errors.ts';
import type { Secret } from '../chat/secret.ts';

/** One Open WebUI server seen through one person's key. Cheap to copy: see {@link withKey}. */
export interface OpenWebUI {
  /** Without a trailing slash, `/api` or `/api/v1`; a path of a reverse proxy before them is kept. */
  readonly url: string;
  /** Null asks without a credential, which only the version, the health and the anonymous configuration allow. */
  readonly key: Secret | null;
  /** Sockets, shared by all copies. */
  readonly agent: Dispatcher;
  /** Milliseconds an ordinary call may take, attempt by attempt; streams have their own limit. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** A number in [0, 1) that spreads out retries. */
  readonly random: () => number;
  /** What was learnt about the server, shared by all copies. */
  readonly learnt: Learnt;
  /** Told each time the server says for certain that the key is not good; null where nobody wants to know. Must not throw. */
  readonly refused: (() => void) | null;
}

/** Facts about a server that are kept until somebody asks for them anew. */
export interface Learnt {
  /** The text of `GET /api/version`, or null when not asked yet. */
  version: string | null;
}

/**
 * Describes a server; opens nothing yet. Call {@link disconnect} when no copy is used any more, unless the agent is yours.
 * Throws a {@link Failure} (`invalid`) when `url` is no http(s) address, or carries a password.
 */
export function connect(options: {
  url: string;
  key: Secret | null;
  agent?: Dispatcher | undefined;
  timeoutMs?: number | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
}): OpenWebUI {
  return {
    url: serverUrl(options.url),
    key: options.key,
    agent: options.agent ?? ownAgent(),
    timeoutMs: options.timeoutMs ?? 30_000,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    learnt: { version: null },
    refused: null,
  };
}

/** The same server through another key. Shares sockets and what was learnt. `refused` is told when this key is not good. */
export function withKey(server: OpenWebUI, key: Secret, refused: (() => void) | null = null): OpenWebUI {
  return { ...server, key, refused };
}

/** Closes all sockets of the server and its copies; calls under way end with a failure. */
export async function disconnect(server: OpenWebUI): Promise<void> {
  await server.agent.destroy();
}

/** The address as calls use it. People paste it with `/`, `/api` or `/api/v1` at its end. Throws like {@link connect}. */
export function serverUrl(written: string): string {
  const url = URL.canParse(written.trim()) ? new URL(written.trim()) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(
      'The address of Open WebUI must begin with http:// or https://.',
      'OPENWEBUI_URL is no http(s) address',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('The address of Open WebUI must not carry a password.', 'OPENWEBUI_URL carries credentials');
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
}

/**
 * Servers close an idle socket after five seconds (uvicorn's own, and Node's). A call that meets that moment fails, and a POST is
 * not repeated: so ours are given up long before, also when this process was too busy to hear of the end.
 */
const IDLE_SOCKET_MS = 2_000;

/**
 * Streams may be silent for minutes while a model thinks and may last for hours, so the limits stand in our own calls, not in
 * the agent. HTTP/1.1 only: aborting a stream must close its connection, since that is how the server learns to stop the model.
 */
function ownAgent(): Agent {
  const keepAlive = { keepAliveTimeout: IDLE_SOCKET_MS, keepAliveMaxTimeout: IDLE_SOCKET_MS };
  return new Agent({ allowH2: false, bodyTimeout: 0, headersTimeout: 0, ...keepAlive, connect: { timeout: 10_000 } });
}

function refused(say: string, detail: string): Failure {
  return new Failure({ kind: 'invalid', retry: { when: 'never' }, say, detail });
}
