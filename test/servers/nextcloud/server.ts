/** The stand-in Nextcloud with a remote control: faults by path, a log of requests, down and up again. */
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { bytesOf } from '../../../src/demo/nextcloud/exchange.ts';
import {
  listen,
  makeNextcloud,
  type NextcloudOptions,
  type NextcloudStandIn,
  shut,
} from '../../../src/demo/nextcloud/server.ts';

/** What goes wrong with a request instead of, before, or after its answer. */
export type Fault =
  /** Answers this. A string is sent as a web page, as a proxy in front would; null as no body. */
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  /** Takes the request and never answers. */
  | { readonly hang: true }
  /** Breaks the connection without a word, and nothing is done. */
  | { readonly reset: true }
  /** Does what is asked, and then breaks the connection: the answer is lost. */
  | { readonly lost: true }
  /** Answers truly, but so many milliseconds later. */
  | { readonly delayMs: number };

/** Which requests a fault meets. Both must fit; a string must be the whole path, below the server's folder and without the query. */
export interface Match {
  readonly method?: string;
  readonly path: string | RegExp;
}

/** A request as it came. */
export interface Logged {
  readonly method: string;
  /** Below the folder that the server is installed in. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  /** The body as JSON, else as text; undefined while it was not read. */
  body: unknown;
}

/** The running server and its controls, beside those of the stand-in itself. */
export interface FaultyNextcloud extends Omit<NextcloudStandIn, 'handle' | 'stop'> {
  /** With the folder, without a slash at the end. */
  readonly url: string;
  /** Lets the next `times` fitting requests fail. The returned function takes it back. */
  fault(match: Match, fault: Fault, times?: number): () => void;
  /** Refuses connections, and breaks those there are. State stays. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  /** The newest 5,000 requests, oldest first. */
  readonly requests: readonly Logged[];
  /** Requests of one path. */
  seen(match: Match): Logged[];
  /** Resolves as soon as the condition holds; looked at after each request and each change of a task. Rejects on close. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

const logLimit = 5000;

/** Starts it. Tasks are held unless `held: false` is given: a test says when they move. */
export async function startFaultyNextcloud(options: NextcloudOptions = {}): Promise<FaultyNextcloud> {
  const folder = (options.path ?? '').replace(/\/+$/, '');
  const faults: { match: Match; fault: Fault; left: number }[] = [];
  const requests: Logged[] = [];
  const waiting = new Set<{ condition: () => boolean; resolve: () => void; reject: (why: Error) => void }>();
  const late = new Set<NodeJS.Timeout>();
  const { handle, stop, ...rest } = makeNextcloud({ held: true, ...options });

  const look = () => {
    for (const one of waiting) {
      if (!one.condition()) continue;
      waiting.delete(one);
      one.resolve();
    }
  };
  rest.world.book.watch(look);

  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const url = URL.parse(request.url ?? '/', 'http://stand-in') ?? new URL('http://stand-in/');
    const logged: Logged = {
      method: request.method ?? 'GET',
      path: url.pathname.startsWith(folder) ? url.pathname.slice(folder.length) : url.pathname,
      query: url.search,
      headers: request.headers,
      body: undefined,
    };
    requests.push(logged);
    if (requests.length > logLimit) requests.shift();
    const bytes = async () => {
      const body = await bytesOf(request);
      logged.body = parsed(body);
      look();
      return body;
    };
    look();
    const found = faults.find((one) => one.left > 0 && fits(one.match, logged));
    if (found !== undefined) found.left -= 1;
    const fault = found?.fault;
    if (fault === undefined) return void handle(request, response, bytes);
    if ('delayMs' in fault) {
      const timer = setTimeout(() => {
        late.delete(timer);
        void handle(request, response, bytes);
      }, fault.delayMs);
      late.add(timer);
    } else if ('reset' in fault) {
      // A reset, not an orderly end: what a crashed server or a dropped route looks like.
      request.socket.resetAndDestroy();
    } else if ('lost' in fault) {
      // The answer is written to a response that nobody sends.
      void handle(request, new ServerResponse(request), bytes).then(() => request.socket.resetAndDestroy());
    } else {
      // The body is read all the same, so that the log has it and the connection can be used again.
      bytes().then(
        () => 'status' in fault && refuse(response, fault),
        () => response.destroy(),
      );
    }
  };

  let server: Server = createServer(take);
  const url = await listen(server, options);

  return {
    ...rest,
    url,
    requests,
    fault(match, fault, times = 1) {
      const entry = { match, fault, left: times };
      faults.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    down: () => shut(server),
    async up() {
      server = createServer(take);
      await listen(server, { ...options, port: Number(new URL(url).port) });
    },
    seen: (match) => requests.filter((logged) => fits(match, logged)),
    until(condition) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.add({ condition, resolve, reject }));
    },
    async close() {
      for (const timer of late) clearTimeout(timer);
      if (server.listening) await shut(server);
      stop();
      for (const one of waiting) one.reject(new Error('The stand-in Nextcloud was closed while a test waited for it.'));
      waiting.clear();
    },
  };
}

function fits(match: Match, { method, path }: Logged): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  return typeof match.path === 'string' ? match.path === path : match.path.test(path);
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refuse(response: ServerResponse, fault: Extract<Fault, { status: number }>): void {
  const page = typeof fault.body === 'string' || fault.body === null;
  const type = page ? 'text/html; charset=UTF-8' : 'application/json; charset=utf-8';
  response.writeHead(fault.status, { 'content-type': type, ...fault.headers });
  response.end(page ? (fault.body ?? '') : JSON.stringify(fault.body));
}
