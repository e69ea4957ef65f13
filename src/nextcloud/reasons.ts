import type { ProblemKind, Retry } from '../chat/errors.ts';

/**
 * Why a call failed, more exactly than a `ProblemKind` says:
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
 * - `quota`, `file-size`, `locked`, `conflict` (no such folder), `exists` (a file of this name is there) the files refuse
 * - `no-connection`, `timeout`, `cut`, `shape`, `stopped`, `bug` as their kinds
 */
export type Reason = keyof typeof meanings;

const never: Retry = { when: 'never' };
const later: Retry = { when: 'later' };
const after = (ms: number): Retry => ({ when: 'after', ms });

/** What a reason means to callers. */
interface Meaning {
  readonly kind: ProblemKind;
  readonly retry: Retry;
  readonly say: string;
}

/** Each reason's kind, whether trying again helps, and the sentence for the person. */
export const meanings = {
  credential: {
    kind: 'unauthorized',
    retry: never,
    say: 'Nextcloud no longer accepts this account’s app password. Please connect the account anew with `/nextcloud connect`.',
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
    say: 'Nextcloud cannot find this task’s file any more. Please send it again.',
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
    say: 'This version of Nextcloud cannot do that. Its administrator can update it.',
  },
  method: {
    kind: 'missing',
    retry: never,
    say: 'This version of Nextcloud cannot do that. Its administrator can update it.',
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
    say: 'Nextcloud keeps this for its own apps. `/nextcloud types` shows what it does for people.',
  },
  quota: {
    kind: 'too-large',
    retry: never,
    say: 'There is no room left for this file in Nextcloud. Please delete something there or ask its administrator for more room, then try again.',
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
  conflict: {
    kind: 'invalid',
    retry: later,
    say: 'Nextcloud could not store this file. Please try again.',
  },
  exists: {
    kind: 'invalid',
    retry: later,
    say: 'Nextcloud could not store this file. Please try again.',
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
