import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../../../src/chat/clock.ts';
import { answerControl } from './control.ts';
import { type Attempt, RETRY_WAITS } from './delivery.ts';
import { serveFile, serveSignIn } from './downloads.ts';
import { ALL_EVENTS, allowed, eventEnvelope, reachesBot, subscription } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { readBytes, sendJson, sendText } from './http-io.ts';
import { createHttpMode, type HttpMode } from './http-mode.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { object, parse } from './json.ts';
import { TIMES } from './limits.ts';
import { accountMethods } from './methods/account.ts';
import { chatMethods } from './methods/chat.ts';
import { conversationMethods } from './methods/conversations.ts';
import { directoryMethods } from './methods/directory.ts';
import { fileMethods } from './methods/files.ts';
import { reactionMethods } from './methods/reactions.ts';
import { sessionMethods } from './methods/sessions.ts';
import { streamMethods } from './methods/streams.ts';
import { viewMethods } from './methods/views.ts';
import type { ApiCall, Ping } from './model.ts';
import { createPeople, type People } from './people.ts';
import { createRates, type Rates } from './rates.ts';
import { useResponseUrl } from './response-url.ts';
import { ALL_SCOPES } from './scopes.ts';
import { createSocketMode, type SocketMode } from './socket-mode.ts';
import type { Tokens } from './tokens.ts';
import { receiveUpload } from './uploads.ts';
import { createWatch, type Watch } from './watch.ts';
import { answerApi, sendFault } from './web-api.ts';
import { createWorld, keep, type World } from './world.ts';

/** What a test may choose; everything has a usual value. */
export interface SlackOptions {
  /** 0 (usual) takes any free port; always on 127.0.0.1. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Seed of every random choice: which socket, which twin first, latencies. */
  readonly seed?: number;
  /** Scopes of the bot token; usual: all that Parley could ask for, without `chat:write.public`. */
  readonly scopes?: readonly string[];
  /** The app's slash commands; usual: any. A person who types another one gets `unknown_command`. */
  readonly commands?: readonly string[];
  /** Bot events the app is subscribed to; usual: all. */
  readonly events?: readonly string[];
  /** Whether the app is an agent, so that titles, prompts and sessions work. Usual: yes. */
  readonly agent?: boolean;
  /** Rate limits on (usual) or off. */
  readonly rates?: boolean;
  /** Life of a native stream (ms); usual: five minutes. */
  readonly streamLifeMs?: number;
  /** Waits before the second, third and fourth delivery of an event (ms); usual: 0, 60,000, 300,000. */
  readonly retryWaits?: readonly number[];
  /** HTTP mode instead of Socket Mode: where the app listens. May be set later with `useHttp`. */
  readonly http?: { readonly requestUrl: string; readonly signingSecret: string };
  /** Serve `/_test/…` too, for a process of its own (`serve.ts`). */
  readonly control?: boolean;
}

/** A running pretend Slack. */
export interface SlackServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The base for `SLACK_API_URL`: `…/api/`. */
  readonly apiUrl: string;
  readonly tokens: Tokens;
  readonly botUserId: string;
  readonly teamId: string;
  readonly clock: Clock;
  /** The whole state, to look at and to seed (`world.emoji`, `world.subteams`, `world.scopes` …). */
  readonly world: World;
  readonly people: People;
  readonly interact: Interactions;
  readonly watch: Watch;
  readonly rates: Rates;
  readonly faults: Faults;
  readonly sockets: SocketMode;
  /** Set in HTTP mode. */
  readonly http: HttpMode | null;
  /** From now on events and interactions go to this request URL. */
  useHttp(app: { requestUrl: string; signingSecret: string }): HttpMode;
  /** Everyone who would have been notified, oldest first. */
  readonly pings: readonly Ping[];
  /** Every Web API call, oldest first, with times. */
  readonly calls: readonly ApiCall[];
  /** Every delivery to the app, oldest first, with retries and acknowledgements. */
  readonly deliveries: readonly Attempt[];
  /** Hands the same payload to the app once more, as a duplicate envelope. */
  redeliver(attempt: Attempt): void;
  close(): Promise<void>;
}

/** Names for `faults` of what is no Web API method. */
const ROUTES = [
  ['/files-pri/', 'download'],
  ['/upload/', 'upload'],
  ['/response/', 'response_url'],
] as const;

/** Starts a pretend Slack on 127.0.0.1. Close it when done: it owns its sockets and timers. */
export async function startSlack(options: SlackOptions = {}): Promise<SlackServer> {
  const clock = options.clock ?? systemClock;
  const world = createWorld({
    clock,
    seed: options.seed ?? 1,
    scopes: options.scopes ?? ALL_SCOPES,
    agent: options.agent ?? true,
    streamLifeMs: options.streamLifeMs ?? TIMES.stream,
  });
  const tokens: Tokens = { bot: 'xoxb-test-bot', app: 'xapp-test-app', state: { bot: null, app: null } };
  const attempts: Attempt[] = [];
  const waits = options.retryWaits ?? RETRY_WAITS;
  const sockets = createSocketMode(world, attempts, waits);
  const rates = createRates(clock);
  rates.on = options.rates ?? true;
  const connections = new Set<Socket>();
  const faults = createFaults(clock, world.random, () => {
    sockets.cut();
    for (const connection of connections) connection.resetAndDestroy();
  });
  const methods = {
    ...directoryMethods,
    ...accountMethods(tokens, sockets),
    ...chatMethods,
    ...streamMethods,
    ...sessionMethods,
    ...reactionMethods,
    ...conversationMethods,
    ...viewMethods,
    ...fileMethods,
  };
  const api = { world, methods, rates, faults, tokens };
  let http = options.http ? createHttpMode(world, attempts, waits, options.http) : null;
  const transport = () => http ?? sockets;
  const subscribed = new Set(options.events ?? ALL_EVENTS);
  world.publish = (event, { external = false } = {}) => {
    if (!subscribed.has(subscription(event)) || !allowed(world, event) || !reachesBot(world, event)) return;
    transport().event(structuredClone(eventEnvelope(world, event, external)));
  };
  const ending = new AbortController();
  const people = createPeople(world, () => {
    tokens.state.bot = 'token_revoked';
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.origin);
    if (url.pathname.startsWith('/api/')) return answerApi(api, request, response, url);
    const route = ROUTES.find(([prefix]) => url.pathname.startsWith(prefix))?.[1];
    const fault = route ? faults.take(route) : null;
    if (route) await faults.hold(route);
    if (fault && fault.do !== 'lost') return void sendFault(fault, response);
    if (url.pathname.startsWith('/files-pri/')) return serveFile(world, tokens, request, response, url);
    if (url.pathname === '/signin') return serveSignIn(response);
    const body = await readBytes(request);
    const last = url.pathname.split('/').at(-1) ?? '';
    if (url.pathname.startsWith('/response/')) {
      const [status, reply] = useResponseUrl(world, last, object(parse(body.toString())));
      return fault ? void response.destroy() : sendJson(response, status, reply);
    }
    if (url.pathname.startsWith('/upload/')) {
      const type = request.headers['content-type'] ?? '';
      const [status, reply] = await receiveUpload(world, last, type, new Uint8Array(body));
      return fault ? void response.destroy() : sendText(response, status, reply);
    }
    if (options.control && url.pathname.startsWith('/_test/'))
      return answerControl(slack, url, body.toString(), response);
    sendText(response, 404, 'not found');
  }

  const listener = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      keep(world.failures, error instanceof Error ? error : new Error(String(error)));
      sendText(
        response,
        599,
        error instanceof Error ? `The test server failed: ${error.stack ?? error.message}` : 'failed',
      );
    });
  });
  listener.on('connection', (connection) => {
    if (faults.down) {
      connection.resetAndDestroy();
      return;
    }
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => connection.destroy());
  });
  listener.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  world.origin = `http://127.0.0.1:${port}`;

  const slack: SlackServer = {
    url: world.origin,
    apiUrl: `${world.origin}/api/`,
    tokens,
    botUserId: world.bot.id,
    teamId: world.teamId,
    clock,
    world,
    people,
    interact: createInteractions(world, transport, options.commands ?? null),
    watch: createWatch(world, ending.signal),
    rates,
    faults,
    sockets,
    get http() {
      return http;
    },
    useHttp(app) {
      http?.close();
      http = createHttpMode(world, attempts, waits, app);
      return http;
    },
    pings: world.pings,
    calls: world.calls,
    deliveries: attempts,
    redeliver: (attempt) => transport().event(structuredClone(attempt.payload)),
    async close() {
      ending.abort();
      faults.clear();
      await sockets.leaveAll();
      sockets.close();
      http?.close();
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      listener.closeAllConnections();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
  return slack;
}
