import { Failure, type Problem } from '../chat/errors.ts';
import { meanings, type Reason } from './reasons.ts';
import { isHtml, said } from './refusal-body.ts';

/** Which call failed: `call` is for the log (`POST /ocs/v2.php/taskprocessing/schedule`). */
export interface Where {
  readonly call: string;
  /** Set for the call that schedules a task: its empty 429 means the window, and its 401 may mean a file. */
  readonly schedules?: boolean | undefined;
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
  answer: {
    readonly status: number;
    readonly contentType: string | null;
    readonly body: string;
    /** Whether the header `X-Nextcloud-Maintenance-Mode` was there. */
    readonly maintenance?: boolean | undefined;
  },
  where: Where,
): NextcloudFailure {
  const { status, contentType } = answer;
  const words = said(answer.body, contentType);
  // The page for people says it in words only, where a proxy drops the header.
  const maintenance = answer.maintenance === true || (status === 503 && /maintenance mode/i.test(answer.body));
  const reason = maintenance ? 'maintenance' : reasonFor(status, words.form, words, where);
  const ocs = words.code === null ? '' : `ocs ${words.code}`;
  const text = [ocs, harmless(words.meta), harmless(words.message)].filter((part) => part !== '');
  const form = words.form === 'ocs' ? '' : ` (${words.form})`;
  return failure(reason, where, `${status}${form}${text.length === 0 ? '' : ` ${text.join(', ')}`}`);
}

type Words = ReturnType<typeof said>;

function reasonFor(status: number, form: Words['form'], words: Words, where: Where): Reason {
  if (status >= 300 && status < 400) return 'redirect';
  // A bad credential has 997 and no message in its data; "this file is not yours" has one.
  if (status === 401) {
    const aboutFile = where.schedules === true && words.code !== 997 && words.message !== '';
    return aboutFile ? 'file-access' : 'credential';
  }
  if (status === 429) {
    if (words.code === 429) return 'brute-force';
    return form === 'empty' && where.schedules === true ? 'rate-limit' : 'throttled';
  }
  if (status === 503) return form === 'ocs' ? 'maintenance' : 'unavailable';
  if (status === 502 || status === 504) return 'unavailable';
  if (status === 507) return 'quota';
  if (status === 413) return 'file-size';
  if (status === 423) return 'locked';
  if (status === 409) return 'conflict';
  if (status >= 500) return 'server-error';
  if (form === 'html') return status === 400 ? 'untrusted-host' : status === 403 ? 'forbidden' : 'not-nextcloud';
  if (form === 'other' && status === 404) return 'not-nextcloud';
  if (status === 405) return 'method';
  if (status === 404 || status === 410) return isRoute(words) ? 'no-route' : 'missing';
  if (status === 403) return 'forbidden';
  if (status === 412) {
    // Only WebDAV writes so, of a file that is there already.
    if (form === 'xml') return 'exists';
    if (form !== 'bare') return 'not-offered';
    return /csrf/i.test(words.message) ? 'csrf' : 'app-only';
  }
  if (status === 400 && words.message !== '') return where.schedules === true ? inputReason(words.message) : 'input';
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

/**
 * The server's words as they may stand in the log: what it says of itself, and of an input which key and what kind of mistake; the
 * rest, which may repeat what the person wrote, by its length.
 */
function harmless(message: string): string {
  const known =
    /^(Missing key: "[\w-]{1,64}"|Failed to validate input key "[\w-]{1,64}": (?:Wrong|Missing|Invalid)?|Could not find (?:file \d{1,19}|task|result)|Current user is not logged in|Unauthori[sz]ed|CSRF check failed|Invalid query|Task not found|OK$)/i;
  const start = known.exec(message)?.[0] ?? '';
  return start === message ? start : `${start}[${message.length - start.length} characters]`;
}

/** The failure of a connection that could not be made, or that broke before the answer was whole. Holds nothing of the request. */
export function transportFailure(error: unknown, where: Where, begun: boolean): NextcloudFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const name = error instanceof Error ? code || error.name : 'unknown error';
  return failure(transportReason(code, begun), where, name.slice(0, 80), { cause: error });
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
