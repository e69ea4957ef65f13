import type { Clock } from '../chat/clock.ts';
import { Failure, problemOf } from '../chat/errors.ts';
import type { OpenWebUI } from '../openwebui/connection.ts';
import { whoAmI } from '../openwebui/server.ts';
import type { AccountLog, Identity } from './accounts.ts';

/** Whether the team's account may be used: an admin's key would show everybody every model and every prompt. */
export interface ServiceAccount {
  /** Looks at the key in the background: again and again until the server has told, and now and then afterwards. */
  start(): void;
  /** Resolves after the first look, but does not wait long for it. */
  looked(): Promise<void>;
  stop(): void;
  /**
   * The identity. Waits for the first look; where that told nothing, looks once more, but does not wait long for a server that is
   * away. Throws a `Failure` where an admin's key is refused.
   */
  identity(): Promise<Identity>;
  /** The same at once: null where it is refused, or while the first look is under way. */
  known(): Identity | null;
}

/** Nobody waits longer for the look at the key. */
const LOOK_MS = 5_000;
const BRIEF_LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
/** An account may be made an admin's, or an ordinary one again, while Parley runs. */
const LOOK_EVERY_MS = 600_000;

/** See {@link ServiceAccount}. With `allowAdmin` nothing is looked at. */
export function createServiceAccount(rooms: {
  server: OpenWebUI;
  clock: Clock;
  allowAdmin: boolean;
  log: AccountLog;
}): ServiceAccount {
  const identity: Identity = { owner: null, server: rooms.server, account: null };
  let admin: boolean | null = rooms.allowAdmin ? false : null;
  let looked = rooms.allowAdmin;
  /** The server was away, or too slow: it may tell as soon as it is back, which is when it can be asked anything again. */
  let away = false;
  let looking: Promise<void> | null = null;
  let cancel: (() => void) | null = null;
  let pause = FIRST_PAUSE_MS;
  let ended = false;

  async function look(): Promise<void> {
    try {
      tell((await whoAmI({ ...rooms.server, timeoutMs: LOOK_MS })).role === 'admin');
      pause = FIRST_PAUSE_MS;
      lookAfter(LOOK_EVERY_MS);
    } catch (error) {
      const { kind, detail, retry } = problemOf(error);
      away = retry.when !== 'never';
      rooms.log.debug({ kind, detail }, 'whose the service key is could not be told yet');
      lookAfter(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    } finally {
      looked = true;
      looking = null;
    }
  }

  function tell(isAdmin: boolean): void {
    if (isAdmin && admin !== true) rooms.log.error({ setting: 'OPENWEBUI_API_KEY' }, ADMIN_KEY);
    if (!isAdmin && admin === true) rooms.log.info({ setting: 'OPENWEBUI_API_KEY' }, NO_ADMIN_KEY);
    admin = isAdmin;
  }

  function lookAfter(ms: number): void {
    if (!ended) cancel = rooms.clock.after(ms, () => void lookOnce());
  }

  function lookOnce(): Promise<void> {
    cancel?.();
    cancel = null;
    looking ??= look();
    return looking;
  }

  async function lookBriefly(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancelLate = rooms.clock.after(BRIEF_LOOK_MS, late.resolve);
    await Promise.race([lookOnce(), late.promise]);
    cancelLate();
  }

  return {
    start() {
      if (!looked) void lookOnce();
    },
    async looked() {
      if (!looked) await lookBriefly();
    },
    stop() {
      ended = true;
      cancel?.();
    },
    async identity() {
      if (!looked) await lookOnce();
      else if (admin === null && away) await lookBriefly();
      if (admin === true) throw new Failure(refusedKey);
      return identity;
    },
    known: () => (looked && admin !== true ? identity : null),
  };
}

/** For the log. */
const ADMIN_KEY =
  'OPENWEBUI_API_KEY is an admin’s key, which would show everybody every model and every prompt: it is not used. Set the key of an ordinary account, or OPENWEBUI_ALLOW_ADMIN_KEY=on.';

const NO_ADMIN_KEY = 'OPENWEBUI_API_KEY is no admin’s key any more: it is used.';

const refusedKey = {
  kind: 'forbidden',
  retry: { when: 'never' },
  say: 'I may not ask with the key I was given, since it is an administrator’s and would show everybody everything. Whoever runs me must set an ordinary account’s key.',
  detail: 'the service key is an admin’s',
} as const;
