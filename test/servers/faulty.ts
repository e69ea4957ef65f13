/** A stand-in's server with a remote control: faults by path, a log of requests, down and up again. */
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { shut } from '../../src/demo/openwebui/server.ts';

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

/** The controls of a running server. */
export interface Faulty {
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
  /** How many requests came and are not answered yet. */
  unanswered(): number;
  /** Requests of one path. */
  seen(match: Match): Logged[];
  /** Resolves as soon as the condition holds; looked at after each request and each change inside. Rejects on close. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** What stands behind it. */
export interface Behind {
  /** Named when a test still waits at the end. */
  readonly name: string;
  /** The folder that it is installed in; none when not given. */
  readonly folder?: string;
  /** What it calls a web page and JSON, as `content-type`. */
  readonly types: { readonly page: string; readonly json: string };
  handle(request: IncomingMessage, response: ServerResponse, bytes: () => Promise<Buffer>): Promise<void>;
  bytesOf(request: IncomingMessage): Promise<Buffer>;
  /** Listens on this port, or on any for 0. Gives the address. */
  listen(server: Server, port: number): Promise<string>;
  stop(): void;
}

const limit = 5000;

/** Starts it. `look` is to be called when something changes inside. */
export async function startFaulty(behind: Behind): Promise<Faulty & { look(): void }> {
  const { name, folder = '' } = behind;
  const faults: { match: Match; fault: Fault; left: number }[] = [];
  const requests: Logged[] = [];
  const waiting = new Set<{ condition: () => boolean; resolve: () => void; reject: (why: Error) => void }>();
  const late = new Set<NodeJS.Timeout>();
  let unanswered = 0;

  const look = () => {
    for (const one of waiting) {
      if (!one.condition()) continue;
      waiting.delete(one);
      one.resolve();
    }
  };

  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const url = URL.parse(request.url ?? '/', 'http://stand-in') ?? new URL('http://stand-in/');
    const logged: Logged = {
      method: request.method ?? 'GET',
      path: url.pathname.startsWith(folder) ? url.pathname.slice(folder.length) : url.pathname,
      query: url.search,
      headers: request.headers,
      body: undefined,
    };
    keep(requests, logged);
    unanswered += 1;
    response.once('close', () => {
      unanswered -= 1;
    });
    const bytes = async () => {
      const body = await behind.bytesOf(request);
      logged.body = parsed(body);
      look();
      return body;
    };
    look();
    const found = faults.find((one) => one.left > 0 && fits(one.match, logged));
    if (found !== undefined) found.left -= 1;
    const fault = found?.fault;
    if (fault === undefined) return void behind.handle(request, response, bytes);
    if ('delayMs' in fault) {
      const timer = setTimeout(() => {
        late.delete(timer);
        void behind.handle(request, response, bytes);
      }, fault.delayMs);
      late.add(timer);
    } else if ('reset' in fault) {
      // A reset, not an orderly end: what a crashed server or a dropped route looks like.
      request.socket.resetAndDestroy();
    } else if ('lost' in fault) {
      // The answer is written to a response that nobody sends.
      void behind.handle(request, new ServerResponse(request), bytes).then(() => request.socket.resetAndDestroy());
    } else {
      // The body is read all the same, so that the log has it and the connection can be used again.
      bytes().then(
        () => 'status' in fault && refuse(response, fault, behind.types),
        () => response.destroy(),
      );
    }
  };

  let server = createServer(take);
  const url = await behind.listen(server, 0);

  return {
    ...{ url, requests, look },
    unanswered: () => unanswered,
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
      await behind.listen(server, Number(new URL(url).port));
    },
    seen: (match) => requests.filter((logged) => fits(match, logged)),
    until(condition) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.add({ condition, resolve, reject }));
    },
    async close() {
      for (const timer of late) clearTimeout(timer);
      if (server.listening) await shut(server);
      behind.stop();
      for (const one of waiting) one.reject(new Error(`The ${name} was closed while a test waited for it.`));
      waiting.clear();
    },
  };
}

/** Adds to a list of which the newest 5,000 are kept. */
export function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > limit) list.shift();
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

function refuse(response: ServerResponse, fault: Extract<Fault, { status: number }>, types: Behind['types']): void {
  const page = typeof fault.body === 'string' || fault.body === null;
  response.writeHead(fault.status, { 'content-type': page ? types.page : types.json, ...fault.headers });
  response.end(page ? (fault.body ?? '') : JSON.stringify(fault.body));
}
