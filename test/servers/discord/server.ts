import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Acts } from './acts.ts';
import type { Limits } from './buckets.ts';
import { Buckets, usualLimits } from './buckets.ts';
import { Cdn } from './cdn.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { RestSide } from './http.ts';
import { People } from './people.ts';
import type { Channel, Message, Ping } from './records.ts';
import { basicRoutes } from './restBasics.ts';
import { channelRoutes } from './restChannels.ts';
import { commandRoutes } from './restCommands.ts';
import { interactionRoutes } from './restInteractions.ts';
import { messageRoutes } from './restMessages.ts';
import { reactionRoutes } from './restReactions.ts';
import { threadRoutes } from './restThreads.ts';
import { webhookRoutes } from './restWebhooks.ts';
import type { MovableClock } from './snowflakes.ts';
import { movableClock } from './snowflakes.ts';
import { World } from './world.ts';

/** How a server starts. Everything has a default that suits tests. */
export interface DiscordOptions {
  readonly port?: number;
  readonly cdnPort?: number;
  readonly token?: string;
  readonly botName?: string;
  readonly clock?: MovableClock;
  /** Replaces single figures of Discord's limits. */
  readonly limits?: Partial<Limits>;
  /** The Message Content switch of the portal; default on. */
  readonly messageContent?: boolean;
  readonly serverMembers?: boolean;
  readonly heartbeatMs?: number;
  /** Answers paths beginning with `/_test`; `serve.ts` brings one. */
  readonly control?: (
    server: DiscordServer,
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ) => Promise<void>;
}

/** A running fake Discord. */
export interface DiscordServer {
  /** `http://127.0.0.1:PORT/api`: discord.js's `rest.api`. */
  readonly api: string;
  readonly gatewayUrl: string;
  /** Origin of the download host, another port than the API. */
  readonly cdnUrl: string;
  readonly token: string;
  readonly clock: MovableClock;
  readonly world: World;
  readonly rest: RestSide;
  readonly gateway: Gateway;
  readonly cdn: Cdn;
  readonly faults: Faults;
  readonly buckets: Buckets;
  /** What people and administrators do. */
  readonly people: People;
  /** Commands, buttons and forms. */
  readonly acts: Acts;
  /** Everyone whom a message of the app would notify. Mostly to be asserted empty. */
  readonly pings: readonly Ping[];
  /** Makes the token invalid at REST and gateway: 401 and 4004 from now on. */
  revokeToken(): void;
  /** A message of the app in this channel that fits, as soon as there is one; it may already be there. */
  message(channel: Channel, predicate?: (message: Message) => boolean, timeoutMs?: number): Promise<Message>;
  /** Resolves when the app has a gateway session (and, with `count`, when that many were started). */
  connected(timeoutMs?: number): Promise<void>;
  /** Resolves with the first thing `look` finds, now or after any change. */
  until<T>(what: string, look: () => T | null | undefined | false, timeoutMs?: number): Promise<T>;
  close(): Promise<void>;
}

/** Starts a fake Discord on 127.0.0.1: REST and gateway on one port, downloads on another. */
export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordServer> {
  const clock = options.clock ?? movableClock();
  const closing = new AbortController();
  const cdn = new Cdn(clock, (id) => world.attachments.get(id));
  const token = options.token ?? 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Fake00.abcdefghijklmnopqrstuvwxyz0123456789';
  const world: World = new World({
    clock,
    links: cdn,
    app: {
      name: options.botName ?? 'parley',
      token,
      tokenRevoked: false,
      messageContentGranted: options.messageContent ?? true,
      membersGranted: options.serverMembers ?? false,
      presencesGranted: false,
      commands: [],
    },
  });
  const gateway = new Gateway(world);
  gateway.heartbeatMs = options.heartbeatMs ?? gateway.heartbeatMs;
  const buckets = new Buckets(clock, { ...usualLimits, ...options.limits });
  const faults = new Faults();
  const routes = [
    ...messageRoutes,
    ...channelRoutes,
    ...threadRoutes,
    ...reactionRoutes,
    ...commandRoutes(),
    ...interactionRoutes,
    ...webhookRoutes,
    ...basicRoutes(() => ({ url: gateway.resumeUrl, shards: gateway.shards, session_start_limit: gateway.startLimit })),
  ];
  const rest = new RestSide(world, routes, buckets, faults, closing.signal);

  const main = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const control = url.pathname.startsWith('/_test') ? options.control : undefined;
    const work = control === undefined ? rest.handle(request, response, url) : control(server, request, response, url);
    work.catch((error: unknown) => fail(response, error));
  });
  main.on('upgrade', (request, socket, head) => {
    gateway.upgrade(request, socket, head, new URL(request.url ?? '/', 'http://127.0.0.1'));
  });
  const files = createServer((request, response) => {
    cdn.handle(request, response, new URL(request.url ?? '/', 'http://127.0.0.1'));
  });
  const port = await listen(main, options.port ?? 0);
  cdn.base = `http://127.0.0.1:${await listen(files, options.cdnPort ?? 0)}`;
  gateway.resumeUrl = `ws://127.0.0.1:${port}/gateway`;

  const server: DiscordServer = {
    api: `http://127.0.0.1:${port}/api`,
    gatewayUrl: gateway.resumeUrl,
    cdnUrl: cdn.base,
    token,
    clock,
    world,
    rest,
    gateway,
    cdn,
    faults,
    buckets,
    people: new People(world),
    acts: new Acts(world),
    pings: world.pings,
    revokeToken: () => {
      world.app.tokenRevoked = true;
    },
    message: (channel, predicate = () => true, timeoutMs) =>
      world.until(
        'a message of the app',
        () => world.messagesIn(channel.id).findLast((one) => one.authorId === world.app.user.id && predicate(one)),
        timeoutMs,
      ),
    connected: async (timeoutMs) => {
      await world.until('a gateway session', () => gateway.connected.length > 0, timeoutMs);
    },
    until: (what, look, timeoutMs) => world.until(what, look, timeoutMs),
    close: async () => {
      closing.abort();
      await gateway.stop();
      await Promise.all([main, files].map((one) => shut(one)));
    },
  };
  return server;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** A fault of the fake itself: shown to the client as 500 with its stack, so that a test's author sees it. */
function fail(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (response.writableEnded || response.destroyed) return;
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message: `the fake Discord failed: ${message}`, code: 0 }));
}
