import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import type { Problem, ProblemKind } from '../../src/chat/errors.ts';
import { Failure } from '../../src/chat/errors.ts';

/** Discord's error codes that mean something to us (our reference, discord 1.6, 1.7, 1.10 and 5). */
export const CODE = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMessage: 10_008,
  unknownMember: 10_007,
  unknownUser: 10_013,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  slowmode: 20_016,
  tooLarge: 40_005,
  acknowledged: 40_060,
  followUpsUsedUp: 40_094,
  missingAccess: 50_001,
  notTheAuthor: 50_005,
  cannotReachUser: 50_007,
  notATextChannel: 50_008,
  missingPermissions: 50_013,
  systemMessage: 50_021,
  wrongChannelType: 50_024,
  tokenExpired: 50_027,
  invalidForm: 50_035,
  threadArchived: 50_083,
  reactionBlocked: 90_001,
  noReadHistory: 160_002,
  threadExists: 160_004,
  threadLocked: 160_005,
  tooManyThreads: 160_006,
  automoderated: 200_000,
} as const;

type Known = readonly [kind: ProblemKind, say: string];

const BY_CODE: ReadonlyMap<number, Known> = new Map<number, Known>([
  [CODE.unknownChannel, ['closed', 'That channel or thread is gone. Please ask in another one.']],
  [CODE.unknownGuild, ['closed', 'I am no longer in that server.']],
  [CODE.unknownMessage, ['gone', 'That message has been deleted.']],
  [CODE.unknownMember, ['missing', 'I do not know that person here.']],
  [CODE.unknownUser, ['missing', 'I do not know that person.']],
  [CODE.unknownWebhook, ['expired', 'Discord no longer lets me answer that directly. Please ask again.']],
  [CODE.unknownInteraction, ['expired', 'Discord no longer lets me answer that directly. Please ask again.']],
  [CODE.tokenExpired, ['expired', 'The time to answer that directly has run out. Please ask again.']],
  [CODE.followUpsUsedUp, ['expired', 'Discord lets me send no more messages for that command. Please ask again.']],
  [CODE.acknowledged, ['invalid', 'That was answered already.']],
  [CODE.tooLarge, ['too-large', 'The file is larger than this server takes.']],
  [CODE.missingAccess, ['forbidden', 'I may not see that channel. Ask a server admin to let me view it.']],
  [CODE.missingPermissions, ['forbidden', 'A permission is missing there. Ask a server admin to look at my role.']],
  [CODE.notTheAuthor, ['forbidden', 'That message is not mine, so I cannot change it.']],
  [
    CODE.cannotReachUser,
    [
      'forbidden',
      'I cannot write to you privately. Allow direct messages in the privacy settings of this server, then try again.',
    ],
  ],
  [CODE.notATextChannel, ['forbidden', 'Nobody can write messages in that channel.']],
  [CODE.wrongChannelType, ['forbidden', 'That cannot be done in this kind of channel.']],
  [CODE.systemMessage, ['forbidden', 'That cannot be done with a system message.']],
  [CODE.noReadHistory, ['forbidden', 'I may not read earlier messages there. Ask a server admin to allow it.']],
  [CODE.reactionBlocked, ['forbidden', 'I may not react to that message.']],
  [
    CODE.automoderated,
    ['forbidden', 'The automatic moderation of this server blocked my message. A server admin can allow it.'],
  ],
  [CODE.threadArchived, ['closed', 'That thread is archived. Please ask in another one.']],
  [CODE.threadLocked, ['closed', 'That thread is locked. Please ask in another one.']],
  [
    CODE.tooManyThreads,
    ['forbidden', 'This server has as many active threads as Discord allows. Close one, then ask again.'],
  ],
]);

/** Discord's own code in something thrown by a call, or null. */
export function codeOf(thrown: unknown): number | null {
  const cause = thrown instanceof Failure ? thrown.cause : thrown;
  return cause instanceof DiscordAPIError ? Number(cause.code) : null;
}

/** What was thrown by a call named `what`, in the port's words. Details never hold an address: interaction tokens stand in those. */
export function failureOf(thrown: unknown, what: string): Failure {
  return thrown instanceof Failure ? thrown : new Failure(problemIn(thrown, what), { cause: thrown });
}

function problemIn(thrown: unknown, what: string): Problem {
  if (thrown instanceof RateLimitError) return busy(waitOf(thrown), `${what}: ${thrown.scope} limit`);
  if (thrown instanceof DiscordAPIError) return refused(thrown, what);
  if (thrown instanceof HTTPError) return away('unreachable', `${what}: status ${thrown.status}`);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'AbortError') return away('timeout', `${what}: no answer in time`);
  if (/^Expected token to be set/.test(error.message))
    return unauthorized(`${what}: the token was given up after a 401`);
  const cause = error.cause instanceof Error ? error.cause : error;
  return away('unreachable', `${what}: ${'code' in cause ? String(cause.code) : cause.message}`);
}

/**
 * How long to wait, in milliseconds. A bucket tells its end to the millisecond; a limit that is not in the headers (renames,
 * edits of old messages) only by `Retry-After`, which the library calls a sublimit.
 */
function waitOf(error: RateLimitError): number {
  return Math.max(1, Math.ceil(error.sublimitTimeout || error.timeToReset || error.retryAfter));
}

function refused(error: DiscordAPIError, what: string): Problem {
  const code = Number(error.code);
  const detail = `${what}: ${error.status} ${code}${fields(error)}`;
  if (error.status === 401 && code !== CODE.tokenExpired) return unauthorized(detail);
  if (code === CODE.slowmode) return busy(5_000, detail);
  if (
    code === CODE.invalidForm &&
    /BASE_TYPE_MAX_LENGTH/.test(JSON.stringify(error.rawError)) &&
    /content/.test(error.message)
  )
    return { kind: 'too-large', retry: { when: 'never' }, say: 'That is longer than Discord takes.', detail };
  const known = BY_CODE.get(code);
  if (known) return { kind: known[0], retry: { when: 'never' }, say: known[1], detail };
  if (error.status === 413)
    return { kind: 'too-large', retry: { when: 'never' }, say: 'That is larger than Discord takes.', detail };
  if (error.status === 403)
    return {
      kind: 'forbidden',
      retry: { when: 'never' },
      say: 'Discord does not let me do that here. A server admin can allow it.',
      detail,
    };
  if (error.status === 404)
    return { kind: 'missing', retry: { when: 'never' }, say: 'I cannot find that in Discord any more.', detail };
  return {
    kind: 'invalid',
    retry: { when: 'never' },
    say: 'Discord did not take what I sent. Whoever runs me finds the reason in my log.',
    detail,
  };
}

/** The fields that a 50035 names and what it calls their mistakes. Its words are left out: they repeat what a field held. */
function fields(error: DiscordAPIError): string {
  const named = error.message.match(/^[a-z_][\w.[\]]{0,80}\[[A-Z_]{1,60}\](?=:)/gm) ?? [];
  return named.length === 0 ? '' : ` ${named.slice(0, 5).join(', ')}`;
}

/** A limit was reached. */
function busy(ms: number, detail: string): Problem {
  return {
    kind: 'busy',
    retry: { when: 'after', ms },
    say: 'Discord asks me to wait a little. I try again by myself.',
    detail,
  };
}

/** The bot's token is no longer good. */
export function unauthorized(detail: string): Problem {
  return {
    kind: 'unauthorized',
    retry: { when: 'never' },
    say: 'Discord does not accept the bot token. Make a new one in the developer portal (Bot, Reset Token) and set DISCORD_TOKEN.',
    detail,
  };
}

function away(kind: 'unreachable' | 'timeout', detail: string): Problem {
  const what = kind === 'timeout' ? 'Discord did not answer in time.' : 'Discord cannot be reached right now.';
  return { kind, retry: { when: 'later' }, say: `${what} Please try again in a moment.`, detail };
}

/** A `Failure` of our own making. */
export function failure(kind: ProblemKind, say: string, detail: string): Failure {
  return new Failure({ kind, retry: { when: 'never' }, say, detail });
}
