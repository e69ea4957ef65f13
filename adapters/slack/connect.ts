import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type AuthorizeResult, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '../../src/chat/clock.ts';
import type { Failure } from '../../src/chat/errors.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { clientOptions } from './api.ts';
import { acknowledgeAfter } from './durable.ts';
import type { Ack } from './office.ts';
import { type SlackLog, sdkLog } from './sdk-log.ts';
import { keepSocket, type Socket } from './socket.ts';

/** Takes one payload in; the door through which everything of Slack's comes. */
export type Door = (body: unknown, ack: Ack | null) => Promise<void>;

/** How Slack reaches us. */
export interface Line {
  /** Resolves when events flow. Rejects with a `Failure` when they never will. */
  open(): Promise<void>;
  /** Answers a request of HTTP mode. False when this is not Slack's path or not that mode. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  close(): Promise<void>;
}

/** Tells how the line is. */
export interface LineWatch {
  connected(): void;
  reconnecting(): void;
  fatal(failure: Failure): void;
}

/** Where Slack sends its requests in HTTP mode: events, commands, clicks and lists alike. */
export const REQUEST_PATH = '/slack/events';

/** While one socket says goodbye, the other one takes what comes. */
const SOCKETS = 2;

interface LineOptions {
  readonly appToken: Secret | null;
  readonly signingSecret: Secret | null;
  readonly base: string;
  /** Which token a payload is answered with. One workspace now; several later by its team. */
  authorize(team: string | undefined): Promise<AuthorizeResult>;
  readonly door: Door;
  readonly clock: Clock;
  readonly log: SlackLog;
}

/** Socket Mode with an app token, else HTTP mode with a signing secret. */
export function createLine(options: LineOptions, watch: LineWatch): Line {
  const { appToken } = options;
  if (appToken) return socketLine(options, appToken, watch);
  return httpLine(options, watch);
}

function socketLine(options: LineOptions, appToken: Secret, watch: LineWatch): Line {
  const receivers = Array.from(
    { length: SOCKETS },
    () =>
      new SocketModeReceiver({
        appToken: appToken.reveal(),
        logger: sdkLog(options.log),
        autoReconnectEnabled: false,
        // An object of its own, without headers: the app's would overrule the app-level token (our reference, slack 1.4).
        installerOptions: { clientOptions: clientOptions(options.base, options.log) },
      }),
  );
  createApp(options, receivers);
  let sockets: Socket[] = [];
  let lost = false;
  let told: boolean | null = null;
  const changed = () => {
    if (lost) return;
    const now = sockets.some((socket) => socket.connected);
    if (now === told) return;
    told = now;
    if (now) watch.connected();
    else watch.reconnecting();
  };
  return {
    async open() {
      const each = {
        changed,
        lost(failure: Failure) {
          if (!lost) watch.fatal(failure);
          lost = true;
        },
      };
      sockets = receivers.map((receiver) => keepSocket(receiver, each, options.clock, options.log));
      // All of them refuse or none: it is the same token.
      await Promise.race(sockets.map((socket) => socket.ready));
    },
    handle: () => false,
    async close() {
      lost = true;
      await Promise.all(sockets.map((socket) => socket.close()));
    },
  };
}

function httpLine(options: LineOptions, watch: LineWatch): Line {
  // An empty secret would let anybody in; the configuration does not let it come so far.
  const secret = options.signingSecret?.reveal() ?? '';
  const receiver = new HTTPReceiver({
    signingSecret: secret,
    endpoints: [REQUEST_PATH],
    logger: sdkLog(options.log),
  });
  createApp(options, [receiver]);
  let open = false;
  return {
    async open() {
      open = true;
      watch.connected();
    },
    handle(request, response) {
      if (request.url?.split('?', 1)[0] !== REQUEST_PATH) return false;
      if (request.method === 'POST' && open) receiver.requestListener(request, response);
      // Until it is open, and once it closes, Slack is asked to come again.
      else response.writeHead(open ? 405 : 503, open ? { allow: 'POST' } : { 'retry-after': '5' }).end();
      return true;
    },
    async close() {
      open = false;
    },
  };
}

/** The app between receivers and door. Everything passes one listener, so that nothing is left without an acknowledgement. */
function createApp(options: LineOptions, receivers: readonly Receiver[]): void {
  const receiver: Receiver = {
    init(made) {
      acknowledgeAfter(made);
      for (const one of receivers) one.init(made);
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  const app = new App({
    receiver,
    authorize: ({ teamId }) => options.authorize(teamId),
    clientOptions: clientOptions(options.base, options.log),
    // The default keeps every conversation in memory for ever.
    convoStore: false,
    logger: sdkLog(options.log),
    logLevel: LogLevel.INFO,
  });
  app.use(async ({ body, ...args }) => {
    const ack = 'ack' in args && typeof args.ack === 'function' ? args.ack : null;
    await options.door(body, ack);
  });
  app.error(async (error) => {
    throw error;
  });
}
