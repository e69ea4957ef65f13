import type { NextcloudStandIn } from '../../../src/demo/nextcloud/server.ts';

/** What came back: `json` is null unless the answer said that it was JSON and had a body. */
export interface Got {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

/** What a request may differ in. */
export interface CallOptions {
  readonly method?: string;
  /** Sent as JSON, or as it is when it is a string or bytes; makes the request a POST. */
  readonly body?: unknown;
  /** An account's id, or null for no login. Default alice. */
  readonly as?: string | null;
  /** Another password than the account's app password. */
  readonly password?: string;
  /** Replaces headers; undefined leaves one out. */
  readonly headers?: Record<string, string | undefined>;
  readonly signal?: AbortSignal;
}

type Server = Pick<NextcloudStandIn, 'person'> & { readonly url: string };

/** Calls a stand-in with basic auth, `OCS-APIRequest` and `Accept: application/json`. */
export function talkTo(server: Server) {
  return async (path: string, options: CallOptions = {}): Promise<Got> => {
    const { as = 'alice', body } = options;
    const person = as === null ? null : server.person(as);
    const pair = `${person?.loginName}:${options.password ?? person?.password}`;
    const asIs = typeof body === 'string' || body instanceof Uint8Array;
    const headers = Object.entries({
      ...(person !== null && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
      'ocs-apirequest': 'true',
      accept: 'application/json',
      ...(body !== undefined && !asIs && { 'content-type': 'application/json' }),
      ...options.headers,
    }).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]));
    const response = await fetch(server.url + path, {
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body: asIs ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body) }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    const type = response.headers.get('content-type') ?? '';
    const json = type.startsWith('application/json') && text !== '' ? JSON.parse(text) : null;
    return { status: response.status, type, headers: response.headers, bytes, text, json };
  };
}
