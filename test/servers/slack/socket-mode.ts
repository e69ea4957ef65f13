import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Attempt, Reply, Transport } from './delivery.ts';
import { isObject, type Json, object, parse, text } from './json.ts';
import { SOCKETS, TIMES } from './limits.ts';
import { pick } from './random.ts';
import { changed, keep, type World } from './world.ts';

/** Why Slack asks a socket to go. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'too_many_websockets' | 'link_disabled';

interface Open {
  readonly number: number;
  readonly socket: WebSocket;
  leaving: boolean;
}

interface Pending {
  readonly attempt: Attempt;
  readonly on: Open;
  settle(answer: Json | null): void;
}

interface Waiting {
  readonly payload: Json;
  readonly attempt: number;
}

/** Socket Mode: hands out addresses, keeps the sockets, routes each envelope to one of them, redelivers events. */
export interface SocketMode extends Transport {
  /** A fresh single-use address, as `apps.connections.open` gives it. */
  ticket(): string;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Open sockets now. */
  readonly count: number;
  /** Asks sockets to go (all, or the n-th opened); the server ends what has not left after ten seconds. */
  disconnect(reason: DisconnectReason, number?: number): void;
  /** Closes every socket in good order; resolves when all have gone, or after 300 ms of real time. */
  leaveAll(): Promise<void>;
  /** Cuts every socket without a word. */
  cut(): void;
  /** Events waiting for a socket or for their next attempt. */
  readonly waiting: number;
  /** While set, acknowledgements are thrown away, as if they never arrived. */
  dropAcks: boolean;
  /** Sends any text down every socket, for malformed frames. */
  raw(frame: string): void;
}

const QUEUE = 10_000;

/** Makes the Socket Mode side. `waits` are the pauses before the second and later attempts (ms). */
export function createSocketMode(world: World, attempts: Attempt[], waits: readonly number[]): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets = new Set<Open>();
  const pending = new Map<string, Pending>();
  const queue: Waiting[] = [];
  const timers = new Set<() => void>();
  let opened = 0;
  let closed = false;

  function after(ms: number, task: () => void): () => void {
    const cancel = world.clock.after(ms, () => {
      timers.delete(cancel);
      task();
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  }

  function route(kind: Attempt['kind'], payload: Json, number: number, settle: (answer: Json | null) => void): boolean {
    const on = pick(
      [...sockets].filter((open) => !open.leaving),
      world.random,
    );
    if (!on) return false;
    const envelope = randomUUID();
    const id = text(payload.event_id) || text(payload.trigger_id);
    const reason = number > 0 ? 'timeout' : '';
    const attempt: Attempt = {
      ...{ kind, payload, id, attempt: number, reason, envelope, socket: on.number },
      ...{ at: world.clock.now(), ackedAt: null, status: null, answer: {} },
    };
    keep(attempts, attempt);
    const cancel = after(TIMES.answer, () => done(null));
    const done = (answer: Json | null) => {
      cancel();
      pending.delete(envelope);
      settle(answer);
      changed(world);
    };
    pending.set(envelope, { attempt, on, settle: done });
    const retry = kind === 'events_api' ? { retry_attempt: number, retry_reason: reason } : {};
    const accepts = kind !== 'events_api';
    on.socket.send(
      JSON.stringify({ envelope_id: envelope, type: kind, accepts_response_payload: accepts, ...retry, payload }),
    );
    changed(world);
    return true;
  }

  function deliver(payload: Json, number: number): void {
    if (closed) return;
    const settle = (answer: Json | null) => {
      if (answer === null) again(payload, number);
    };
    if (!route('events_api', payload, number, settle) && queue.length < QUEUE) queue.push({ payload, attempt: number });
  }

  function again(payload: Json, number: number): void {
    const wait = waits[number];
    if (wait === undefined || closed) return;
    after(wait, () => deliver(payload, number + 1));
  }

  function heard(open: Open, frame: string): void {
    const message = parse(frame);
    if (!isObject(message)) return;
    const entry = pending.get(text(message.envelope_id));
    if (!entry || entry.on !== open || mode.dropAcks) return;
    entry.attempt.ackedAt = world.clock.now();
    entry.attempt.answer = object(message.payload);
    entry.settle(entry.attempt.answer);
  }

  function welcome(socket: WebSocket): void {
    opened += 1;
    const open: Open = { number: opened, socket, leaving: false };
    sockets.add(open);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => heard(open, data.toString()));
    socket.on('close', () => {
      sockets.delete(open);
      // What this socket did not acknowledge goes to another one.
      for (const entry of [...pending.values()].filter((one) => one.on === open)) entry.settle(null);
      changed(world);
    });
    const debug = { host: 'test', build_number: 1, approximate_connection_time: 3600 };
    const info = { app_id: world.appId };
    socket.send(
      JSON.stringify({ type: 'hello', num_connections: sockets.size, debug_info: debug, connection_info: info }),
    );
    if (sockets.size > SOCKETS) leave(open, 'too_many_websockets');
    // Events that came while no socket was open are marked as another attempt.
    for (const event of queue.splice(0)) deliver(event.payload, event.attempt + 1);
    changed(world);
  }

  function leave(open: Open, reason: DisconnectReason): void {
    open.leaving = true;
    open.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'test' } }));
    after(10_000, () => open.socket.terminate());
  }

  const mode: SocketMode = {
    dropAcks: false,
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      after(30_000, () => tickets.delete(ticket));
      return `${world.origin.replace('http', 'ws')}/link/?ticket=${ticket}`;
    },
    upgrade(request, stream, head) {
      const ticket = new URL(request.url ?? '/', world.origin).searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket) || closed) {
        stream.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, stream, head, welcome);
    },
    get count() {
      return sockets.size;
    },
    get waiting() {
      return queue.length;
    },
    disconnect(reason, number) {
      for (const open of sockets) if (number === undefined || open.number === number) leave(open, reason);
    },
    leaveAll() {
      return new Promise((resolve) => {
        const timer = setTimeout(finish, 300);
        function finish(): void {
          clearTimeout(timer);
          world.changes.delete(check);
          resolve();
        }
        function check(): void {
          if (sockets.size === 0) finish();
        }
        world.changes.add(check);
        for (const open of sockets) open.socket.close(1001);
        check();
      });
    },
    cut() {
      for (const open of sockets) open.socket.terminate();
    },
    raw(frame) {
      for (const open of sockets) open.socket.send(frame);
    },
    event: (envelope) => deliver(envelope, 0),
    ask(kind, payload) {
      const start = world.clock.now();
      return new Promise<Reply>((resolve) => {
        const settle = (answer: Json | null) =>
          resolve(
            answer
              ? { ok: true, payload: answer, ms: world.clock.now() - start }
              : { ok: false, error: 'operation_timeout' },
          );
        if (!route(kind, payload, 0, settle)) resolve({ ok: false, error: 'dispatch_failed' });
      });
    },
    close() {
      closed = true;
      for (const cancel of [...timers]) cancel();
      timers.clear();
      for (const entry of [...pending.values()]) entry.settle(null);
      for (const open of sockets) open.socket.terminate();
      server.close();
    },
  };
  return mode;
}
