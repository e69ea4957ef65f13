import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Secret } from '../../src/chat/secret.ts';

/** Who may come in: checked on every request, on loopback too, since any website can make a browser call it. */
export interface Gate {
  /** The page is asked for by one of its own names. Else a foreign name was made to point here. */
  ownHost(request: IncomingMessage): boolean;
  /** The request comes from the page itself, not from another website. */
  ownOrigin(request: IncomingMessage): boolean;
  /** Whether this is the token of the printed link. Takes the same time for every wrong one. */
  isToken(token: string): boolean;
  /** The browser has shown a token before. */
  hasCookie(request: IncomingMessage): boolean;
  /** The header that keeps the proof of it in the browser, out of reach of scripts and other sites. */
  cookie(request: IncomingMessage): string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const KEPT_S = 180 * 86_400;

/**
 * See {@link Gate}. `proofKey` is what the browsers' proof is made from: whoever was let in stays in until it changes. `host` is what the listener listens on; where that is not loopback, its addresses
 * (never names) count as own.
 */
export function createGate(options: { token: Secret; proofKey: Secret; host: string; publicUrl: string | null }): Gate {
  const shown = options.publicUrl === null ? null : new URL(options.publicUrl);
  const open = !LOOPBACK.has(options.host) && options.host !== '::1';
  // What the browser keeps is made from the key, and is not the key.
  const proof = createHmac('sha256', options.proofKey.reveal()).update('parley local page').digest('base64url');

  function hostOf(request: IncomingMessage): URL | null {
    const { host } = request.headers;
    if (host === undefined || !/^[a-z0-9.:[\]-]{1,255}$/i.test(host)) return null;
    return URL.parse(`http://${host}`);
  }

  /** Cookies do not know ports: two Parleys on one machine need two names. */
  function cookieName(request: IncomingMessage): string {
    return `parley-${hostOf(request)?.port || 'web'}`;
  }

  return {
    ownHost(request) {
      const host = hostOf(request)?.hostname;
      if (host === undefined) return false;
      if (LOOPBACK.has(host) || host === shown?.hostname) return true;
      return open && (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || host === options.host);
    },
    ownOrigin(request) {
      const { origin } = request.headers;
      const from = origin === undefined ? null : URL.parse(origin);
      if (!from) return false;
      if (shown && from.origin === shown.origin) return true;
      return from.protocol === 'http:' && from.host === hostOf(request)?.host;
    },
    isToken: (token) => same(token, options.token.reveal()),
    hasCookie(request) {
      const name = cookieName(request);
      for (const pair of (request.headers.cookie ?? '').split(';')) {
        const [key, value] = pair.trim().split('=', 2);
        if (key === name && value !== undefined && same(value, proof)) return true;
      }
      return false;
    },
    cookie(request) {
      const secure = shown?.protocol === 'https:' && hostOf(request)?.hostname === shown.hostname ? '; Secure' : '';
      return `${cookieName(request)}=${proof}; Path=/; Max-Age=${KEPT_S}; HttpOnly; SameSite=Strict${secure}`;
    },
  };
}

function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
