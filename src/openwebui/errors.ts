import * as z from 'zod';
import { Failure, type Problem, type ProblemKind, type Retry } from '../chat/errors.ts';
import { harmless } from '../chat/harmless.ts';
import { gistOf } from './gist.ts';

/** What a call is about, for the sentence the person reads. `answer` and `task` are those that make a model work. */
export type About =
  | 'answer'
  | 'task'
  | 'model'
  | 'chat'
  | 'folder'
  | 'file'
  | 'feedback'
  | 'prompt'
  | 'account'
  | 'server';

/** Which call failed: `call` is for the log (`POST /api/v1/chats/new`), `about` for the person. */
export interface Where {
  readonly call: string;
  readonly about: About;
}

const never: Retry = { when: 'never' };
const later: Retry = { when: 'later' };

/**
 * The failure that an HTTP answer means (our reference, openwebui 1, 3.5, 8 and 12).
 * `body` is the answer's text, of which the detail keeps the gist: what it may repeat of the request stays out of the log.
 * `retryAfter` is the header of that name. A 401 whose text is not one of the certain ones comes out as `unauthorized`
 * with {@link isDoubtful} true of it: only asking who we are tells whether the key is bad or the thing is not ours.
 */
export function failureOf(
  status: number,
  contentType: string | null,
  body: string,
  where: Where,
  retryAfter: string | null = null,
): Failure {
  const html = isHtml(contentType);
  const text = html ? '' : errorText(body);
  const detail = `${where.call} → ${status}${html ? ' (a web page)' : ''}${text === '' ? '' : `: ${placesIn(body, status)}${gistOf(text)}`}`;
  const make = (kind: ProblemKind, retry: Retry, say = sayings[kind](where.about)): Failure =>
    new Failure({ kind, retry, say, detail });

  if (status >= 300 && status < 400) return make('malformed', never, redirected);
  if (status === 429) return make('busy', waitOf(retryAfter));
  if (status === 413 || (status < 500 && /too large|exceeds? .*(size|limit)/i.test(text) && where.about === 'file')) {
    return make('too-large', never);
  }
  if (html) return htmlFailure(status, make);
  if (status === 401 && /could not find|not found/i.test(text)) return make('missing', never);
  if (isProviderAnswer(status, body, where)) return providerFailure(text, where, status);
  if (status === 401 && where.about === 'chat' && /do not have permission/i.test(text)) return make('missing', never);
  if (status === 401 && /do not have permission/i.test(text)) return make('forbidden', never);
  if (status === 401) return make('unauthorized', never);
  if (status === 403) return make('forbidden', never, /api key/i.test(text) ? keysAreOff : undefined);
  if (status === 404 || status === 405)
    return make('missing', never, modelMissing(text) ? sayings.missing('model') : undefined);
  if (status === 409) return /running|in progress|task/i.test(text) ? make('busy', later) : make('invalid', never);
  if (status === 408) return make('timeout', later);
  if (status === 502 || status === 503 || status === 504) return make('unreachable', waitOf(retryAfter));
  if (status === 400 && makesModelWork(where)) return providerFailure(text, where, status);
  if (status >= 500) return make('unreachable', later, ownFault);
  if (/could not find|not found/i.test(text)) return make('missing', never);
  return make('invalid', never);
}

/**
 * The failure that a model's or provider's own words mean: a 400 before the first byte, since Open WebUI turns every provider
 * status into 400, or an error frame in mid-stream. Rate limits are `busy`, unknown models `missing`, the rest is `model`.
 */
export function providerFailure(text: string, where: Where, status: number | null = null): Failure {
  const detail = `${where.call} → ${status ?? 'error frame'}: ${gistOf(text)}`;
  const make = (kind: ProblemKind, retry: Retry, about = where.about): Failure =>
    new Failure({ kind, retry, say: sayings[kind](about), detail });
  if (modelMissing(text)) return make('missing', never, 'model');
  if (/\bstream failed\b/i.test(text)) return make('cut', later);
  if (/rate.?limit|\b429\b|quota|too many|overloaded|\bat capacity\b/i.test(text)) return make('busy', later);
  if (/context.{0,20}(length|window|size)|maximum context|too many tokens|prompt is too long/i.test(text)) {
    return make('too-large', never);
  }
  if (/could not find|something went wrong :\//i.test(text) && status === 404) return make('missing', never);
  return make('model', /api key|unauthori[sz]ed|invalid|unsupported|not support/i.test(text) ? never : later);
}

/** The failure of a connection that could not be made, or that broke before the answer was whole. Never carries a request's text. */
export function transportFailure(error: unknown, where: Where, begun: boolean): Failure {
  const kind: ProblemKind = begun ? 'cut' : isSlow(error) ? 'timeout' : 'unreachable';
  return new Failure(
    { kind, retry: later, say: sayings[kind](where.about), detail: `${where.call}: ${nameOf(error)}` },
    { cause: error },
  );
}

/** A failure that no HTTP status tells of: `detail` says what was seen. */
export function failure(kind: ProblemKind, where: Where, detail: string): Failure {
  const retry = kind === 'malformed' || kind === 'stopped' || kind === 'bug' || kind === 'missing' ? never : later;
  return new Failure({ kind, retry, say: sayings[kind](where.about), detail: `${where.call}: ${detail}` });
}

/** Whether this may be a 401 of something that is not there or not ours, rather than of a bad key (our reference, openwebui trap 8). */
export function isDoubtful(problem: Problem): boolean {
  return (
    problem.kind === 'unauthorized' &&
    !/not authenticated|session has expired|invalid token|a web page/i.test(problem.detail)
  );
}

/** Whether the server itself said that it does not know the key (our reference, openwebui 1): not a proxy, and nothing that may mean something else. */
export function isKeyRefused(problem: Problem): boolean {
  return problem.kind === 'unauthorized' && /: your session has expired/i.test(problem.detail);
}

/** The same failure once it is known that the key is good: the thing asked for is not for this person. */
export function forbiddenInstead(problem: Problem, where: Where): Failure {
  return new Failure({ kind: 'forbidden', retry: never, say: sayings.forbidden(where.about), detail: problem.detail });
}

/** Whether a `content-type` says that this is a web page. */
export function isHtml(contentType: string | null): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(contentType ?? '');
}

const errorBody = z.looseObject({
  detail: z.unknown().optional(),
  error: z.unknown().optional(),
  message: z.unknown().optional(),
});
const validation = z.array(
  z.looseObject({ msg: z.string(), loc: z.array(z.union([z.string(), z.number()])).catch([]) }),
);

/** The words in an error's body: `detail`, `error.message`, `error`, `message`, or the plain text itself. Empty when there are none. */
export function errorText(body: string): string {
  const value = jsonOf(body);
  if (value === undefined) return body.trim();
  return wordsOf(value);
}

/** Which parts of our own request a 422 finds wrong, as far as they have plain names; empty for any other. */
function placesIn(body: string, status: number): string {
  const list = z.looseObject({ detail: validation }).safeParse(status === 422 ? jsonOf(body) : null);
  const places = (list.data?.detail ?? [])
    .map(({ loc }) => loc.join('.'))
    .filter((place) => /^\w+(\.\w+){0,6}$/.test(place));
  return places.length === 0 ? '' : `${places.slice(0, 5).join(', ')}: `;
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  const list = validation.safeParse(value);
  if (list.success) return list.data.map((item) => `${item.loc.join('.')}: ${item.msg}`).join('; ');
  const object = errorBody.safeParse(value);
  if (!object.success) return '';
  for (const part of [object.data.detail, object.data.error, object.data.message]) {
    const words = part === undefined || part === null ? '' : wordsOf(part);
    if (words !== '') return words;
  }
  return '';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function htmlFailure(status: number, make: (kind: ProblemKind, retry: Retry, say?: string) => Failure): Failure {
  if (status >= 500) return make('unreachable', later);
  if (status === 401) return make('unauthorized', never);
  if (status === 403) return make('forbidden', never);
  return make('malformed', never);
}

/**
 * Up to 0.8, and again in 0.12, a provider's own status and body come through: JSON with `error`, or plain text. What Open WebUI
 * says itself has `detail`, of which "Server Connection Error" tells that it could not reach the provider.
 */
function isProviderAnswer(status: number, body: string, where: Where): boolean {
  if (!makesModelWork(where)) return false;
  const value = jsonOf(body);
  if (value === undefined) return status === 401 || (status >= 500 && body.trim() !== '');
  const said = errorBody.safeParse(value);
  if (!said.success) return false;
  if (said.data.detail === undefined) return said.data.error !== undefined && said.data.error !== null;
  return status >= 500 && /server connection error/i.test(wordsOf(said.data.detail));
}

function makesModelWork(where: Where): boolean {
  return where.about === 'answer' || where.about === 'task';
}

function modelMissing(text: string): boolean {
  return /\bmodel\b.{0,120}(not found|does not exist|no longer available)/is.test(text);
}

/** `Retry-After` in whole seconds; the form with a date is rare enough to mean just "later". */
function waitOf(retryAfter: string | null): Retry {
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) : null;
  return seconds === null ? later : { when: 'after', ms: Math.min(seconds, 3600) * 1000 };
}

function isSlow(error: unknown): boolean {
  return /TIMEOUT/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return `${codeOf(error) || error.name}: ${harmless(error.message)}`;
}

const things: Record<About, string> = {
  answer: 'This conversation',
  task: 'What was asked for',
  model: 'This model',
  chat: 'This chat',
  folder: 'This folder',
  file: 'This file',
  feedback: 'This answer',
  prompt: 'This prompt',
  account: 'This account',
  server: 'What was asked for',
};

const redirected =
  'Open WebUI answers at another address. Whoever runs me should set OPENWEBUI_URL to the address the browser shows.';
const keysAreOff =
  'Open WebUI does not allow this API key to be used. An administrator can allow API keys in its settings and permissions.';
const ownFault = 'Open WebUI had a problem of its own. Please try again in a moment.';

const sayings: Record<ProblemKind, (about: About) => string> = {
  unreachable: () => 'I cannot reach Open WebUI right now. Please try again in a moment.',
  timeout: (about) =>
    about === 'answer' || about === 'task'
      ? 'The model took too long to answer. Please try again, or choose a faster model.'
      : 'Open WebUI took too long to answer. Please try again in a moment.',
  busy: (about) =>
    about === 'answer' || about === 'task'
      ? 'The model is too busy right now. Please try again in a minute.'
      : 'Open WebUI is busy right now. Please try again in a minute.',
  unauthorized: () =>
    'Open WebUI does not accept the API key I asked with; it may have been replaced. If you linked your own account, link it again with `/link`; if not, tell whoever runs me.',
  forbidden: (about) => `${things[about]} is not open to you in Open WebUI. An administrator can change that.`,
  missing: (about) =>
    about === 'model'
      ? 'This model is not available in Open WebUI, or not to you. Please choose another one.'
      : `${things[about]} is not there any more in Open WebUI, or is not yours.`,
  gone: (about) => `${things[about]} has been deleted in Open WebUI.`,
  closed: (about) => `${things[about]} cannot be changed any more.`,
  expired: () => 'This took too long and is no longer valid. Please ask again.',
  invalid: () =>
    'Open WebUI did not accept this request. Please try again; if it keeps happening, tell whoever runs me.',
  'too-large': (about) =>
    about === 'file'
      ? 'This file is larger than Open WebUI takes. Please send a smaller one.'
      : 'This conversation has become longer than the model takes. Please start a new one, or choose another model.',
  malformed: () =>
    'Open WebUI sent something I do not understand. Whoever runs me should check its address and its version.',
  cut: () => 'The connection broke before the answer was complete. Please try again.',
  model: () => 'The model could not answer: its provider reported an error. Please try again, or choose another model.',
  stopped: () => 'Stopped.',
  bug: () => 'Something went wrong on my side. Please try again; if it keeps happening, tell whoever runs me.',
};
