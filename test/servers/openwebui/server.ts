/** The stand-in Open WebUI with a remote control: scripted answers, faults by route, a log of requests, down and up again. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { demoModel } from '../../../src/demo/openwebui/answers/demo-model.ts';
import { bytesOf } from '../../../src/demo/openwebui/exchange.ts';
import type { Answer, Ask, Model, TaskKind } from '../../../src/demo/openwebui/model.ts';
import type { Chat } from '../../../src/demo/openwebui/records.ts';
import { listen, makeOpenWebUI, type StandIn, type StandInOptions, shut } from '../../../src/demo/openwebui/server.ts';
import type { Happening } from '../../../src/demo/openwebui/world.ts';

/** What goes wrong with a request instead of, or before, its answer. */
export type Fault =
  /** Answers this. A string is sent as a web page, as a proxy in front would. */
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  /** Takes the request and never answers. */
  | { readonly hang: true }
  /** Breaks the connection without a word. */
  | { readonly reset: true }
  /** Answers truly, but so many milliseconds later. */
  | { readonly delayMs: number };

/** Which requests a fault meets. Both must fit; a string path must be equal, without the query. */
export interface Match {
  readonly method?: string;
  readonly path: string | RegExp;
}

/** A request as it came. */
export interface Logged {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  /** The body as JSON, else as text; undefined while it was not read. */
  body: unknown;
}

/** The running server and its controls. */
export interface ScriptedOpenWebUI extends Omit<StandIn, 'handle' | 'stop'> {
  readonly url: string;
  /** Answers the next completion with this; further calls queue up. Without any, the demo's own words come, without waiting. */
  next(answer: Answer | ((ask: Ask) => Answer)): void;
  /** The same for the next call of a task: its text, as the model would write it. */
  nextTask(kind: TaskKind, text: string | ((ask: Ask) => string)): void;
  /** Lets the next `times` fitting requests fail. The returned function takes it back. */
  fault(match: Match, fault: Fault, times?: number): () => void;
  /** Refuses connections, and breaks those there are. State stays. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  /** The newest 5,000 requests, oldest first. */
  readonly requests: readonly Logged[];
  /** Requests of one route. */
  seen(match: Match): Logged[];
  /** Streams of the direct mode: how many are open, began, and lost their client before the end. */
  readonly streams: { readonly open: number; readonly started: number; readonly aborted: number };
  /** Resolves as soon as the condition holds; looked at after each request and each change of a stream. Rejects on close. */
  until(condition: () => boolean): Promise<void>;
  chat(id: string): Chat | null;
  chats(): readonly Chat[];
  /** What the model was asked, oldest first; the newest 5,000. */
  readonly asked: readonly Ask[];
  close(): Promise<void>;
}

const logLimit = 5000;

/** Starts it on a random port of the loopback address. */
export async function startScriptedOpenWebUI(options: Omit<StandInOptions, 'watch'> = {}): Promise<ScriptedOpenWebUI> {
  const demo = options.model ?? demoModel({ seed: options.seed ?? 1, pace: options.pace ?? 'instant' });
  const answers: (Answer | ((ask: Ask) => Answer))[] = [];
  const texts = new Map<TaskKind, (string | ((ask: Ask) => string))[]>();
  const faults: { match: Match; fault: Fault; left: number }[] = [];
  const requests: Logged[] = [];
  const asked: Ask[] = [];
  const streams = { open: 0, started: 0, aborted: 0 };
  const waiting = new Set<{ condition: () => boolean; resolve: () => void; reject: (why: Error) => void }>();
  const late = new Set<NodeJS.Timeout>();

  const look = () => {
    for (const one of waiting) {
      if (!one.condition()) continue;
      waiting.delete(one);
      one.resolve();
    }
  };

  const model: Model = {
    models: demo.models,
    answer(ask) {
      keep(asked, ask);
      const next = answers.shift();
      return next === undefined ? demo.answer(ask) : typeof next === 'function' ? next(ask) : next;
    },
    task(kind, ask) {
      const next = texts.get(kind)?.shift();
      return next === undefined ? demo.task(kind, ask) : typeof next === 'function' ? next(ask) : next;
    },
  };

  const standIn = makeOpenWebUI({
    furnished: false,
    ...options,
    model,
    watch(happening: Happening) {
      if (happening.kind === 'stream-started') {
        streams.open += 1;
        streams.started += 1;
      } else if (happening.kind === 'stream-ended') {
        streams.open -= 1;
        if (happening.aborted) streams.aborted += 1;
      }
      look();
    },
  });

  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const url = URL.parse(request.url ?? '/', 'http://stand-in') ?? new URL('http://stand-in/');
    const logged: Logged = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.search,
      headers: request.headers,
      body: undefined,
    };
    keep(requests, logged);
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
    if (fault === undefined) return void standIn.handle(request, response, bytes);
    if ('delayMs' in fault) {
      const timer = setTimeout(() => {
        late.delete(timer);
        void standIn.handle(request, response, bytes);
      }, fault.delayMs);
      late.add(timer);
      return;
    }
    if ('reset' in fault) {
      // A reset, not an orderly end: what a crashed server or a dropped route looks like.
      request.socket.resetAndDestroy();
      return;
    }
    // The body is read all the same, so that the log has it and the connection can be used again.
    bytes().then(
      () => 'status' in fault && refuse(response, fault),
      () => response.destroy(),
    );
  };

  let server: Server = createServer(take);
  const url = await listen(server, 0);
  const { handle: _, stop, ...rest } = standIn;

  return {
    ...rest,
    url,
    requests,
    asked,
    streams,
    next: (answer) => void answers.push(answer),
    nextTask(kind, text) {
      texts.set(kind, [...(texts.get(kind) ?? []), text]);
    },
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
      await listen(server, Number(new URL(url).port));
    },
    seen: (match) => requests.filter((logged) => fits(match, logged)),
    until(condition) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.add({ condition, resolve, reject }));
    },
    chat: (id) => rest.world.chats.get(id),
    chats: () => rest.world.chats.all(),
    async close() {
      for (const timer of late) clearTimeout(timer);
      if (server.listening) await shut(server);
      stop();
      for (const one of waiting)
        one.reject(new Error('The scripted Open WebUI was closed while a test waited for it.'));
      waiting.clear();
    },
  };
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > logLimit) list.shift();
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
  const page = typeof fault.body === 'string';
  const body = page ? fault.body : JSON.stringify(fault.body);
  response.writeHead(fault.status, { 'content-type': page ? 'text/html' : 'application/json', ...fault.headers });
  response.end(body);
}
