import { webApi } from '@slack/bolt';
import type { Problem, ProblemKind, Retry } from '../../src/chat/errors.ts';
import { Failure, problemOf } from '../../src/chat/errors.ts';

const SAY: Record<ProblemKind, string> = {
  unreachable: 'Slack cannot be reached right now. Please try again in a moment.',
  timeout: 'Slack did not answer in time. Please try again in a moment.',
  busy: 'Slack asks me to wait a little. I try again by myself.',
  unauthorized: 'Slack no longer accepts my token. Whoever runs me can mend that.',
  forbidden: 'Slack does not let me do that here. Whoever manages the workspace can allow it.',
  missing: 'I cannot find that in Slack any more.',
  gone: 'That message has been deleted.',
  closed: 'I cannot write in that conversation. It may be archived, or I am not in it.',
  expired: 'That took too long. Please try it again.',
  invalid: 'Slack did not take what I sent. Whoever runs me finds the reason in my log.',
  'too-large': 'That is longer than Slack takes.',
  malformed: 'Slack’s answer made no sense to me. Please try again.',
  cut: 'Slack’s answer ended in the middle. Please try again.',
  model: 'The model failed. Please try again.',
  stopped: 'I am being restarted. Please try again in a minute.',
  bug: 'Something went wrong on my side. Please try again.',
};

/** What each of Slack's error words means (Slack: the pages of the methods). Words not named here are `invalid`. */
const KINDS = new Map<string, ProblemKind>(
  Object.entries({
    busy: 'ratelimited rate_limited message_limit_exceeded',
    unauthorized:
      'not_authed invalid_auth account_inactive token_revoked token_expired org_login_required user_removed_from_team team_disabled',
    forbidden:
      'missing_scope not_allowed_token_type no_permission access_denied ekm_access_denied restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_non_threadable_channel team_access_not_granted feature_not_enabled method_deprecated unknown_method deprecated_endpoint',
    gone: 'message_not_found thread_not_found cannot_reply_to_message',
    closed: 'not_in_channel channel_not_found is_archived channel_is_archived is_inactive user_disabled cannot_dm_bot',
    expired:
      'expired_trigger_id invalid_trigger_id exchanged_trigger_id trigger_expired trigger_exchanged expired_url used_url no_such_url edit_window_closed cant_update_message streaming_state_conflict hash_conflict',
    'too-large': 'msg_too_long msg_blocks_too_long too_long view_too_large metadata_too_large file_too_large',
    missing: 'user_not_found users_not_found file_not_found file_deleted not_found bot_not_found session_not_found',
    unreachable: 'internal_error fatal_error service_unavailable request_timeout team_added_to_org',
  }).flatMap(([kind, words]) => words.split(' ').map((word): [string, ProblemKind] => [word, toKind(kind)])),
);

/** How long a refusal without a `Retry-After` holds (ms). */
const UNTOLD_WAIT_MS = 3_000;

function toKind(name: string): ProblemKind {
  return name in SAY ? (Object.keys(SAY).find((kind): kind is ProblemKind => kind === name) ?? 'bug') : 'bug';
}

/** A failure of this platform in the port's words. `say` replaces the usual sentence. */
export function slackFailure(kind: ProblemKind, detail: string, say: string = SAY[kind], cause?: unknown): Failure {
  const problem: Problem = { kind, retry: retryOf(kind), say, detail: `slack: ${detail}` };
  return new Failure(problem, cause === undefined ? undefined : { cause });
}

/** Slack's own word for a refusal (`not_in_channel`), kept beside the failure for the few places that tell words apart. */
export function slackWord(thrown: unknown): string | null {
  return thrown instanceof Failure && thrown.cause instanceof webApi.WebAPIPlatformError ? wordOf(thrown.cause) : null;
}

/** What a call of `method` threw, as a `Failure`. */
export function failureOf(thrown: unknown, method: string): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof webApi.WebAPIRateLimitedError) return busy(method, thrown.retryAfter * 1000);
  if (thrown instanceof webApi.WebAPIPlatformError) {
    const word = wordOf(thrown);
    if (word === null) return slackFailure('malformed', `${method}: no JSON`, SAY.malformed, thrown);
    const kind = KINDS.get(word) ?? 'invalid';
    if (kind === 'busy') return busy(method, (thrown.data.response_metadata?.retryAfter ?? 0) * 1000 || UNTOLD_WAIT_MS);
    return slackFailure(kind, `${method}: ${word}${reasons(thrown)}`, SAY[kind], thrown);
  }
  if (thrown instanceof webApi.WebAPIHTTPError)
    return thrown.statusCode >= 500
      ? slackFailure('unreachable', `${method}: status ${thrown.statusCode}`)
      : slackFailure('malformed', `${method}: status ${thrown.statusCode}`);
  if (thrown instanceof webApi.WebAPIRequestError) {
    const late = thrown.original.name === 'TimeoutError' || thrown.original.name === 'AbortError';
    return slackFailure(late ? 'timeout' : 'unreachable', `${method}: ${wordsOf(thrown.original)}`);
  }
  if (thrown instanceof Error && thrown.message.startsWith('Retry header')) return busy(method, UNTOLD_WAIT_MS);
  return new Failure(problemOf(thrown), { cause: thrown });
}

/** Why nobody was reached: `fetch` itself says only that it failed, what it was (`ECONNREFUSED`) stands in the cause's code. */
function wordsOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause ? String(cause.code) : cause.message;
}

function busy(method: string, ms: number): Failure {
  return new Failure({
    kind: 'busy',
    retry: { when: 'after', ms },
    say: SAY.busy,
    detail: `slack: ${method}: ratelimited`,
  });
}

/** A refusal's word; null when the body was not Slack's (the client puts the whole text there). */
function wordOf(error: webApi.WebAPIPlatformError): string | null {
  const { error: word } = error.data;
  return typeof word === 'string' && /^[a-z0-9_]{2,80}$/i.test(word) ? word : null;
}

/** What Slack says is wrong with a block or argument: pointers into the body, never its text. */
function reasons(error: webApi.WebAPIPlatformError): string {
  const { response_metadata: more } = error.data;
  const needed = 'needed' in error.data ? error.data.needed : null;
  const pointers = (more?.messages ?? []).flatMap((line) => /json-pointer:([^\]]{1,200})\]/.exec(line)?.[1] ?? []);
  const needs = typeof needed === 'string' ? ` (needs ${needed.slice(0, 200)})` : '';
  return needs + (pointers.length > 0 ? ` at ${pointers.slice(0, 5).join(', ')}` : '');
}

function retryOf(kind: ProblemKind): Retry {
  switch (kind) {
    case 'unreachable':
    case 'timeout':
    case 'malformed':
    case 'cut':
    case 'bug':
    case 'stopped':
      return { when: 'later' };
    case 'busy':
      return { when: 'after', ms: UNTOLD_WAIT_MS };
    default:
      return { when: 'never' };
  }
}
