import { Failure, type Problem, type ProblemKind, type Retry } from '../chat/errors.ts';
import { isHtml, said } from './refusal-body.ts';

/**
 * Why a call failed, more exactly than a {@link ProblemKind} says:
 *
 * - `credential` the app password is wrong, was revoked, or its user is disabled; it is not sent again
 * - `brute-force` too many wrong logins came from our address, by whomever: nobody gets in from here for a while
 * - `rate-limit` 20 tasks in two minutes; `throttled` somebody before Nextcloud refused
 * - `not-offered` nobody runs this kind of task here, or not for this account
 * - `input`, `too-long`, `no-file`, `file-access` what was put in is refused
 * - `arguments` the server does not take the shape of our request
 * - `missing` the task or file is not there, or is another user's; `no-route` this server has no such call; `method` it wants another verb
 * - `no-api` no AI tasks on this server; `too-old` not in this version
 * - `maintenance`, `unavailable`, `server-error` the server is not up to it right now
 * - `untrusted-host`, `not-nextcloud`, `redirect`, `csrf`, `address`, `tls` how we reach it is wrong
 * - `forbidden`, `app-only` not for this account
 * - `quota`, `file-size`, `locked` the files refuse
 * - `no-connection`, `timeout`, `cut`, `shape`, `stopped`, `bug` as their kinds
 */
export type Reason = keyof typeof meanings;

/** Which call failed: `call` is for the log (`POST /ocs/v2.php/taskprocessing/schedule`). */
export interface Where {
  readonly call: string;
  /** Set where the server's own words may repeat what the person wrote: they are kept out of the log. */
  readonly echoes?: boolean | undefined;
}

/** A {@link Failure} that says why. */
export class NextcloudFailure extends Failure {
  readonly reason: Reason;

  constructor(reason: Reason, problem: Problem, options?: ErrorOptions) {
    super(problem, options);
    this.reason = reason;
  }
}

/** Why something failed; null for what did not come from this client. */
export function reasonOf(thrown: unknown): Reason | null {
  return thrown instanceof NextcloudFailure ? thrown.reason : null;
}

/** A failure by its reason. `detail` is for the log: no credential, no text of the person. */
export function failure(reason: Reason, where: Where, detail: string, options?: ErrorOptions): NextcloudFailure {
  const { kind, retry, say } = meanings[reason];
  return new NextcloudFailure(reason, { kind, retry, say, detail: `${where.call}: ${detail}` }, options);
}

/** What an answer with a status of 300 or more means (our reference, nextcloud 2, 3, 4 and 5). `body` may be anything. */
export function failureOf(
  answer: { readonly status: number; readonly contentType: string | null; readonly body: string },
  where: Where,
): NextcloudFailure {
  const { status, contentType } = answer;
  const words = said(answer.body, contentType);
  const reason = reasonFor(status, words.form, words, where);
  const shown = where.echoes === true ? harmless(words.message) : words.message;
  const text = [words.code === null ? '' : `ocs ${words.code}`, words.meta, shown].filter((part) => part !== '');
  const form = words.form === 'ocs' ? '' : ` (${words.form})`;
  return failure(reason, where, `${status}${form}${text.length === 0 ? '' : ` ${clip(text.join(', '))}`}`);
}

type Words = ReturnType<typeof said>;

function reasonFor(status: number, form: Words['form'], words: Words, where: Where): Reason {
  if (status >= 300 && status < 400) return 'redirect';
  // Only the schedule call says "this file is not yours" by 401; a bad credential has no message in its data.
  if (status === 401)
    return form === 'ocs' && words.message !== '' && words.code !== 997 ? 'file-access' : 'credential';
  if (status === 429) return form === 'empty' ? 'rate-limit' : words.code === 429 ? 'brute-force' : 'throttled';
  if (status === 503) return form === 'ocs' || /maintenance/i.test(words.message) ? 'maintenance' : 'unavailable';
  if (status === 502 || status === 504) return 'unavailable';
  if (status === 507) return 'quota';
  if (status === 413) return 'file-size';
  if (status === 423) return 'locked';
  if (status >= 500) return 'server-error';
  if (form === 'html') return status === 400 ? 'untrusted-host' : status === 403 ? 'forbidden' : 'not-nextcloud';
  if (status === 405) return 'method';
  if (status === 404 || status === 410) return isRoute(words) ? 'no-route' : 'missing';
  if (status === 403) return 'forbidden';
  if (status === 412) {
    if (form !== 'bare') return 'not-offered';
    return /csrf/i.test(words.message) ? 'csrf' : 'app-only';
  }
  if (status === 400 && words.message !== '') return where.echoes === true ? inputReason(words.message) : 'input';
  return 'arguments';
}

/** 404 from before a controller: 998, or 404 with its words in `meta` (27 and 28). A controller's own has them in `data`. */
function isRoute(words: Words): boolean {
  return words.code === 998 || (words.form === 'ocs' && words.message === '' && words.meta !== '');
}

/**
 * A closer reason for a refused input. The words may come in another language, when `input` is still right.
 */
function inputReason(message: string): Reason {
  if (/too long/i.test(message)) return 'too-long';
  return /could not find file/i.test(message) ? 'no-file' : 'input';
}

/** The server's words about an input without what the person put in: which key, and of which kind the mistake was. */
function harmless(message: string): string {
  const known =
    /^(Missing key: "[\w-]{1,64}"|Failed to validate input key "[\w-]{1,64}": [A-Za-z -]{1,60}|Could not find file \d{1,19}|[A-Za-z -]{1,80}$)/;
  const start = known.exec(message)?.[0] ?? '';
  return start === message ? start : `${start}[${message.length - start.length} more characters]`;
}

/** The failure of a connection that could not be made, or that broke before the answer was whole. Holds nothing of the request. */
export function transportFailure(error: unknown, where: Where, begun: boolean): NextcloudFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const name = error instanceof Error ? code || error.name : 'unknown error';
  return failure(transportReason(code, begun), where, clip(name), { cause: error });
}

function transportReason(code: string, begun: boolean): Reason {
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|ERR_SSL|^EPROTO$/.test(code)) return 'tls';
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return 'timeout';
  return begun ? 'cut' : 'no-connection';
}

/** A 2xx that is no data: a web page is not Nextcloud's answer, anything else is another shape of it. */
export function shapeFailure(contentType: string | null, where: Where, detail: string): NextcloudFailure {
  return failure(isHtml(contentType) ? 'not-nextcloud' : 'shape', where, detail);
}

function clip(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

const never: Retry = { when: 'never' };
const later: Retry = { when: 'later' };
const after = (ms: number): Retry => ({ when: 'after', ms });

interface Meaning {
  readonly kind: ProblemKind;
  readonly retry: Retry;
  readonly say: string;
}

const meanings = {
  credential: {
    kind: 'unauthorized',
    retry: never,
    say: 'Nextcloud no longer accepts this account’s app password. Please link your Nextcloud account again.',
  },
  'brute-force': {
    kind: 'busy',
    retry: after(30 * 60_000),
    say: 'Nextcloud has locked me out for a while, because too many wrong logins came from my address. Please try again in half an hour, or ask its administrator to let me in.',
  },
  'rate-limit': {
    kind: 'busy',
    retry: after(120_000),
    say: 'Nextcloud takes 20 tasks in two minutes from one account, and they are used up. Please try again in two minutes.',
  },
  throttled: {
    kind: 'busy',
    retry: after(60_000),
    say: 'Nextcloud’s server is refusing requests for now. Please try again in a minute.',
  },
  'not-offered': {
    kind: 'missing',
    retry: never,
    say: 'Nextcloud does not offer this kind of task right now. Please choose another one, or ask its administrator.',
  },
  input: {
    kind: 'invalid',
    retry: never,
    say: 'Nextcloud did not accept what was put in. Please look at each field again.',
  },
  'too-long': {
    kind: 'too-large',
    retry: never,
    say: 'This text is longer than Nextcloud takes. Please shorten it and try again.',
  },
  'no-file': {
    kind: 'missing',
    retry: never,
    say: 'Nextcloud cannot find this file in your account. Please send it again.',
  },
  'file-access': {
    kind: 'forbidden',
    retry: never,
    say: 'This Nextcloud account may not read the file. Please send the file again yourself.',
  },
  arguments: {
    kind: 'invalid',
    retry: never,
    say: 'Nextcloud did not accept this request. Please try again; if it keeps happening, tell whoever runs me.',
  },
  missing: {
    kind: 'missing',
    retry: never,
    say: 'This is not there any more in Nextcloud, or belongs to somebody else.',
  },
  'no-route': {
    kind: 'missing',
    retry: never,
    say: 'This version of Nextcloud cannot do that.',
  },
  method: {
    kind: 'missing',
    retry: never,
    say: 'This version of Nextcloud cannot do that.',
  },
  'no-api': {
    kind: 'missing',
    retry: never,
    say: 'This Nextcloud server has no AI tasks. Its administrator can install a provider for them.',
  },
  'too-old': {
    kind: 'missing',
    retry: never,
    say: 'This Nextcloud server is too old for AI tasks: they begin with version 27.1. Please ask its administrator for an update.',
  },
  maintenance: {
    kind: 'unreachable',
    retry: after(60_000),
    say: 'Nextcloud is being maintained right now. Please try again in a few minutes.',
  },
  unavailable: {
    kind: 'unreachable',
    retry: later,
    say: 'I cannot reach Nextcloud right now. Please try again in a moment.',
  },
  'server-error': {
    kind: 'unreachable',
    retry: later,
    say: 'Nextcloud had a problem of its own. Please try again in a moment; its log says more.',
  },
  'untrusted-host': {
    kind: 'malformed',
    retry: never,
    say: 'Nextcloud does not know itself by this address. Its administrator can add it to the trusted domains.',
  },
  'not-nextcloud': {
    kind: 'malformed',
    retry: never,
    say: 'There is something else than Nextcloud at this address. Please check the address.',
  },
  redirect: {
    kind: 'malformed',
    retry: never,
    say: 'Nextcloud answers at another address. Please use the address that the browser shows, with https.',
  },
  csrf: {
    kind: 'malformed',
    retry: never,
    say: 'Something in front of Nextcloud drops a header that it needs. Whoever runs me should look at its proxy.',
  },
  address: {
    kind: 'invalid',
    retry: never,
    say: 'The address of Nextcloud must begin with http:// or https:// and carry no password.',
  },
  tls: {
    kind: 'unreachable',
    retry: later,
    say: 'I cannot reach Nextcloud safely: its certificate is not valid for me. Whoever runs me should look at it.',
  },
  forbidden: {
    kind: 'forbidden',
    retry: never,
    say: 'Nextcloud does not allow this account to do that. Its administrator can change it.',
  },
  'app-only': {
    kind: 'forbidden',
    retry: never,
    say: 'Nextcloud keeps this for its own apps.',
  },
  quota: {
    kind: 'too-large',
    retry: never,
    say: 'There is no room left for this file in your Nextcloud. Please delete something there, then try again.',
  },
  'file-size': {
    kind: 'too-large',
    retry: never,
    say: 'This file is larger than can be sent. Please send a smaller one.',
  },
  locked: {
    kind: 'busy',
    retry: later,
    say: 'Nextcloud is still busy with this file. Please try again in a moment.',
  },
  'no-connection': {
    kind: 'unreachable',
    retry: later,
    say: 'I cannot reach Nextcloud right now. Please try again in a moment.',
  },
  timeout: {
    kind: 'timeout',
    retry: later,
    say: 'Nextcloud took too long to answer. Please try again in a moment.',
  },
  cut: {
    kind: 'cut',
    retry: later,
    say: 'The connection to Nextcloud broke in the middle. Please try again.',
  },
  shape: {
    kind: 'malformed',
    retry: never,
    say: 'Nextcloud sent something I do not understand. Whoever runs me should check its version.',
  },
  stopped: { kind: 'stopped', retry: never, say: 'Stopped.' },
  bug: {
    kind: 'bug',
    retry: never,
    say: 'Something went wrong on my side. Please try again; if it keeps happening, tell whoever runs me.',
  },
} as const satisfies Record<string, Meaning>;
