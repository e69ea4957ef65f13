import { type Client, GatewayDispatchEvents, type Guild } from 'discord.js';
import type { Host } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure } from '../../src/chat/errors.ts';
import type { Secret } from '../../src/chat/secret.ts';
import { reconnectDelay } from './backoff.ts';
import { createClient } from './client.ts';
import { failure, failureOf, unauthorized } from './errors.ts';
import { WITHOUT_CONTENT } from './intents.ts';

/** Packets that the adapter reads itself. */
const READ = [
  GatewayDispatchEvents.MessageCreate,
  GatewayDispatchEvents.MessageUpdate,
  GatewayDispatchEvents.MessageDelete,
  GatewayDispatchEvents.InteractionCreate,
] as const;

/** The name of a packet that the adapter reads itself. */
export type PacketName = (typeof READ)[number];

/** Packets that came before the servers were known, at most so many: the rest is read again after READY. */
const EARLY = 1_000;

/** What the gateway needs, and whom it tells. */
export interface GatewayOptions {
  readonly token: Secret;
  readonly api: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly state: Host['state'];
  packet(name: PacketName, data: unknown): void;
  /** A new session has begun: what happened before it was not told. */
  begun(): void;
  /** The connection broke; it comes back with `resumed` or `begun`. */
  lost(): void;
  /** The old session goes on; nothing was missed. */
  resumed(): void;
  invited(guild: Guild): void;
  /** A line for the operator when connected, besides what the intents lack. */
  notice(client: Client<true>): string;
  broken(error: unknown): void;
}

/** The connection to the gateway. It comes back by itself from everything but a bad token and refused settings. */
export interface Gateway {
  /** Resolves when events flow; rejects with a `Failure` when they never will. */
  open(): Promise<void>;
  /** The connected client, or null. */
  client(): Client<true> | null;
  /** Whether Discord granted the Message Content intent. */
  content(): boolean;
  close(): Promise<void>;
}

/** See {@link Gateway}. */
export function createGateway(options: GatewayOptions): Gateway {
  const closing = Promise.withResolvers<never>();
  closing.promise.catch(() => undefined);
  let client: Client | null = null;
  let ready: Client<true> | null = null;
  let content = true;
  let closed = false;
  let dead = false;

  function fatal(problem: { say: string }): void {
    if (closed || dead) return;
    dead = true;
    options.state('fatal', problem.say);
    void drop(client);
  }

  async function drop(one: Client | null): Promise<void> {
    if (one === null) return;
    if (one === client) {
      client = null;
      ready = null;
    }
    one.removeAllListeners('shardDisconnect');
    await one.destroy().catch(options.broken);
  }

  /** One client from login to ready. */
  async function connect(): Promise<void> {
    const one = createClient({
      token: options.token,
      api: options.api,
      content,
      waitGuildMs: 15_000,
      patience: {
        clock: options.clock,
        random: options.random,
        closed: () => closed || dead || client !== one,
        broken: options.broken,
      },
    });
    client = one;
    const early: [PacketName, unknown][] = [];
    for (const name of READ) {
      one.ws.on(name, (data: unknown) => {
        if (one !== client) return;
        if (ready === one) options.packet(name, data);
        else if (early.length < EARLY) early.push([name, data]);
      });
    }
    const isReady = Promise.withResolvers<void>();
    one.once('clientReady', (connected) => {
      if (one !== client) return;
      ready = connected;
      isReady.resolve();
      told(connected);
      for (const [name, data] of early.splice(0)) options.packet(name, data);
      options.begun();
      // From the second session on: the first is told by `clientReady`, after its servers are known.
      one.on('shardReady', () => {
        told(connected);
        options.begun();
      });
    });
    one.on('shardResume', () => {
      options.resumed();
      if (ready) told(ready);
    });
    one.on('shardReconnecting', () => {
      options.lost();
      options.state('reconnecting', 'The connection to Discord broke; I am connecting again.');
    });
    one.on('guildCreate', (guild) => options.invited(guild));
    try {
      await Promise.race([one.login(options.token.reveal()), closing.promise]);
      one.on('shardDisconnect', (event) => disconnected(event.code));
      await Promise.race([isReady.promise, closing.promise]);
    } catch (error) {
      await drop(one);
      throw error;
    }
  }

  function told(connected: Client<true>): void {
    options.state('connected', [content ? '' : WITHOUT_CONTENT, options.notice(connected)].filter(Boolean).join(' '));
  }

  /** Discord closed the connection for good, in the middle of things. */
  function disconnected(code: number): void {
    const verdict = verdictOf(code);
    if (verdict === 'content' && content) {
      content = false;
      void drop(client)
        .then(open)
        .catch((error: unknown) => fatal(failureOf(error, 'gateway').problem));
    } else fatal(problemOfClose(verdict, code));
  }

  async function open(): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      if (closed) throw STOPPED;
      try {
        await connect();
        return;
      } catch (error) {
        if (closed) throw STOPPED;
        const verdict = verdictOf(error);
        if (verdict === 'content' && content) {
          content = false;
          failures = 0;
          continue;
        }
        if (verdict !== 'again') throw new Failure(problemOfClose(verdict, 0));
        const { problem } = failureOf(error, 'login');
        options.state('reconnecting', problem.say);
        const waited = Promise.withResolvers<void>();
        const cancel = options.clock.after(1_000 + reconnectDelay(failures, options.random()), waited.resolve);
        await Promise.race([waited.promise, closing.promise]).finally(cancel);
      }
    }
  }

  return {
    open,
    client: () => ready,
    content: () => content,
    async close() {
      if (closed) return;
      closed = true;
      closing.reject(STOPPED);
      await drop(client);
    },
  };
}

type Verdict = 'token' | 'content' | 'settings' | 'again';

/** What a refused login or a close code comes to (our reference, discord 1.2). */
function verdictOf(refusal: unknown): Verdict {
  if (refusal === 4004) return 'token';
  if (refusal === 4014) return 'content';
  if (typeof refusal === 'number') return 'settings';
  const message = refusal instanceof Error ? refusal.message : '';
  if (refusal instanceof Error && 'code' in refusal && refusal.code === 'TokenInvalid') return 'token';
  if (/^Authentication failed/.test(message)) return 'token';
  if (/^Used disallowed intents/.test(message)) return 'content';
  return /^(Used (invalid intents|an invalid API version)|Invalid shard|Sharding is required)/.test(message)
    ? 'settings'
    : 'again';
}

function problemOfClose(verdict: Verdict, code: number) {
  if (verdict === 'token') return unauthorized(`gateway: token refused (${code})`);
  return failure(
    'invalid',
    'Discord refuses the connection as Parley asks for it. Look at Bot, Privileged Gateway Intents in the developer portal, and at DISCORD_API_URL.',
    `gateway: settings refused (${code})`,
  ).problem;
}

const STOPPED = failure('stopped', 'Parley is closing.', 'gateway: closed');
