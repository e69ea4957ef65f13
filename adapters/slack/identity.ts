import * as z from 'zod';
import { Failure } from '../../src/chat/errors.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { type Api, createApi, pause } from './api.ts';
import { slackFailure } from './errors.ts';
import { EMAIL_SCOPES, GROUP_SCOPES, mendScopes, SCOPES, type Scope } from './scopes.ts';
import type { SlackOptions } from './slack.ts';
import { APP_REFUSED, BOT_REFUSED } from './token-words.ts';
import { authTest } from './wire.ts';

/** Who the bot is, and where. */
export interface Identity {
  readonly team: string;
  /** The bot's user id. */
  readonly self: string;
  readonly botId: string | null;
  readonly name: string;
  readonly scopes: readonly string[];
}

const LONGEST_MS = 30_000;
const opens = z.looseObject({ url: z.string() });

/**
 * Asks Slack who we are, before anything else: Bolt itself starts with a dead bot token and rejects a promise that nobody holds
 * (our reference, slack 1.4). Waits out an outage. Throws a `Failure` that names what is wrong with which token.
 */
export async function identify(rooms: {
  api: Api;
  options: SlackOptions;
  base: string;
  signal: AbortSignal;
}): Promise<Identity> {
  const { api, options, signal } = rooms;
  const wanted = wantedScopes(options);
  for (let wait = 1_000; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      const identity = await whoAmI(api);
      const missing = wanted.filter((scope) => scope.vital && !identity.scopes.includes(scope.name));
      if (identity.scopes.length > 0 && missing.length > 0) throw lacking(missing);
      const others = wanted.filter((scope) => !identity.scopes.includes(scope.name)).map((scope) => scope.name);
      if (identity.scopes.length > 0 && others.length > 0)
        options.log.warn(
          { scopes: others },
          'the Slack app lacks permissions of its manifest; some things will not work',
        );
      return identity;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { kind, retry } = error.problem;
      if (kind === 'unauthorized') throw await refused(error, rooms);
      if (retry.when === 'never' || signal.aborted) throw error;
      options.log.warn({ kind, detail: error.problem.detail }, 'Slack cannot be asked who we are; trying again');
      await pause(options.clock, signal, retry.when === 'after' ? retry.ms : wait);
      if (signal.aborted) throw error;
    }
  }
}

/** `auth.test`, with the scopes that come in its headers. */
export async function whoAmI(api: Api): Promise<Identity> {
  const answer = await api.call('auth.test', {}, authTest);
  return {
    team: answer.team_id,
    self: answer.user_id,
    botId: answer.bot_id ?? null,
    name: answer.user ?? 'parley',
    scopes: answer.response_metadata?.scopes ?? [],
  };
}

/** What is wrong with an app token; null when it is good or there is none. */
export async function appTokenProblem(
  token: Secret | null,
  base: string,
  options: Pick<SlackOptions, 'log'>,
): Promise<Failure | null> {
  if (!token) return null;
  const api = createApi({ token, base, log: options.log, refused: () => undefined });
  try {
    await api.call('apps.connections.open', {}, opens);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Both tokens are looked at, so that both can be mended at once. */
async function refused(failure: Failure, rooms: { options: SlackOptions; base: string }): Promise<Failure> {
  const app = await appTokenProblem(rooms.options.appToken, rooms.base, rooms.options);
  const both = app !== null && (app.problem.kind === 'unauthorized' || app.problem.kind === 'forbidden');
  const { detail } = failure.problem;
  return slackFailure('unauthorized', detail, both ? `${BOT_REFUSED} ${APP_REFUSED}` : BOT_REFUSED, failure);
}

/** What the bot must be allowed with these settings. */
export function wantedScopes(options: Pick<SlackOptions, 'groups' | 'emails'>): readonly Scope[] {
  const groups = (options.groups ?? []).length > 0 ? GROUP_SCOPES : [];
  return [...SCOPES, ...groups, ...(options.emails ? EMAIL_SCOPES : [])];
}

function lacking(scopes: readonly Scope[]): Failure {
  const names = scopes.map((scope) => scope.name).join(' and ');
  return slackFailure(
    'forbidden',
    `missing ${names}`,
    `The Slack app lacks the permission ${names}. ${mendScopes(scopes)}.`,
  );
}
