/** What came back: `json` is null unless the answer said it was JSON. */
export interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

/** One request; a body makes it a POST, `key: null` sends no credential. */
export type Call = (path: string, options?: { key?: string | null; method?: string; body?: unknown }) => Promise<Got>;

/** Calls a server with a key. */
export function talk(url: string, ownKey: string): Call {
  return async (path, { key = ownKey, method, body } = {}) => {
    const response = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(key !== null && { authorization: `Bearer ${key}` }), 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text, json: type.startsWith('application/json') ? JSON.parse(text) : null };
  };
}
