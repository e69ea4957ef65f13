import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { fieldsOf, frame, Session } from './gatewaySession.ts';
import { applicationFlags } from './restBasics.ts';
import { intent, knownIntents } from './visibility.ts';
import { guildWire, userWire } from './wire.ts';
import type { Dispatch, World } from './world.ts';

/** Something a client did at the gateway, for assertions. */
export interface GatewayNote {
  readonly at: number;
  readonly what: 'connect' | 'identify' | 'resume' | 'heartbeat' | 'close';
  readonly detail: string;
}

interface Link {
  readonly socket: WebSocket;
  session: Session | null;
  readonly frames: number[];
}

/** What a client's frame leads to: nothing, a close code, or op 9 "start anew". */
type Verdict = { readonly code: number; readonly why: string } | 'anew' | null;

const startAnew: Verdict = 'anew';

function end(code: number, why: string): Verdict {
  return { code, why };
}

function carryOut(socket: WebSocket, verdict: Verdict): void {
  if (verdict === 'anew') socket.send(JSON.stringify({ op: 9, d: false }));
  else if (verdict !== null) socket.close(verdict.code, verdict.why);
}

/** The gateway: sessions, heartbeats, resumes, and every way it can go wrong. */
export class Gateway {
  /** Newest last, bounded. */
  readonly notes: GatewayNote[] = [];
  heartbeatMs = 41_250;
  /** Heartbeats get no ACK and nothing is sent: the connection looks alive and is not. */
  zombie = false;
  /** `'connections'` breaks the socket at once, `'hello'` accepts and then closes with `refuseCode` before HELLO. */
  refuse: 'none' | 'connections' | 'hello' = 'none';
  refuseCode = 4000;
  /** Starts of a session: what `/gateway/bot` tells and IDENTIFY uses up. */
  startLimit = { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 };
  /** Refuses a second IDENTIFY within this time with op 9, as Discord does; 0 lets tests start at will. */
  identifyMs = 0;
  shards = 1;
  resumeUrl = '';
  readonly #world: World;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  readonly #sessions = new Map<string, Session>();
  readonly #links = new Set<Link>();
  #lastIdentify = 0;

  constructor(world: World) {
    this.#world = world;
    world.onDispatch = (event: Dispatch) => {
      for (const session of this.#sessions.values()) {
        session.muted = this.zombie;
        session.offer(world, event);
      }
    };
  }

  /** Sessions whose connection is open. */
  get connected(): readonly Session[] {
    return [...this.#links].flatMap((link) => (link.session === null ? [] : [link.session]));
  }

  /** Takes over an HTTP upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    if (this.refuse === 'connections') socket.destroy();
    else this.#server.handleUpgrade(request, socket, head, (opened) => this.#open(opened, url));
  }

  /** Closes every connection with this code. */
  close(code: number, reason = ''): void {
    for (const link of this.#links) link.socket.close(code, reason);
  }

  /** Breaks every connection without a word. */
  drop(): void {
    for (const link of this.#links) link.socket.terminate();
  }

  /** Asks every client to reconnect (op 7). */
  reconnect(): void {
    this.raw(JSON.stringify({ op: 7, d: null }));
  }

  /** Tells every client that its session is invalid (op 9). Not resumable ones are forgotten. */
  invalidate(resumable: boolean): void {
    this.raw(JSON.stringify({ op: 9, d: resumable }));
    for (const link of this.#links) {
      if (link.session === null) continue;
      link.session.alive = resumable;
      link.session.socket = null;
      link.session = null;
    }
  }

  /** Forgets all sessions, so that the next RESUME is refused. */
  forget(): void {
    for (const session of this.#sessions.values()) session.alive = false;
    this.#sessions.clear();
  }

  /** Sends any text as it is to every client, be it broken JSON. */
  raw(text: string): void {
    for (const link of this.#links) link.socket.send(text);
  }

  /** Sends an event with any data to every session, whatever its intents. */
  event(name: string, data: unknown): void {
    for (const session of this.connected) session.send(name, data);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #open(socket: WebSocket, url: URL): void {
    const link: Link = { socket, session: null, frames: [] };
    this.#links.add(link);
    this.#note('connect', url.search);
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => {
      this.#links.delete(link);
      if (link.session !== null && link.session.socket === socket) {
        link.session.socket = null;
        if (code === 1000 || code === 1001) link.session.alive = false;
      }
      this.#note('close', String(code));
    });
    const refusal =
      this.refuse === 'hello'
        ? end(this.refuseCode, 'Refused')
        : url.searchParams.get('v') === '10'
          ? null
          : end(4012, 'Invalid API version');
    if (refusal !== null) {
      carryOut(socket, refusal);
      return;
    }
    socket.on('message', (data) => carryOut(socket, this.#receive(link, String(data))));
    socket.send(JSON.stringify({ op: 10, s: null, t: null, d: { heartbeat_interval: this.heartbeatMs } }));
  }

  #receive(link: Link, text: string): Verdict {
    if (Buffer.byteLength(text) > 4096) return end(4002, 'Payload too large');
    const got = frame(text);
    if (got === null) return end(4002, 'Decode error');
    const now = this.#world.clock.now();
    link.frames.push(now);
    while ((link.frames[0] ?? now) <= now - 60_000) link.frames.shift();
    if (link.frames.length > 120) return end(4008, 'Rate limited');
    if (got.op === 1) {
      this.#note('heartbeat', String(got.d));
      if (!this.zombie) link.socket.send(JSON.stringify({ op: 11, d: null }));
      return null;
    }
    if (got.op === 2) return this.#identify(link, got.d);
    if (got.op === 6) return this.#resume(link, got.d);
    if (link.session === null) return end(4003, 'Not authenticated');
    return [3, 4, 8, 31].includes(got.op) ? null : end(4001, 'Unknown opcode');
  }

  #identify(link: Link, body: unknown): Verdict {
    const { app } = this.#world;
    const data = fieldsOf(body);
    const shown = fieldsOf(data);
    this.#note(
      'identify',
      JSON.stringify({ intents: shown.intents, shard: shown.shard, properties: shown.properties }),
    );
    if (link.session !== null) return end(4005, 'Already authenticated');
    if (app.tokenRevoked || data.token !== app.token) return end(4004, 'Authentication failed');
    const shard = Array.isArray(data.shard) ? data.shard.map(Number) : [0, 1];
    const [index = 0, count = 1] = shard;
    if (index < 0 || index >= count) return end(4010, 'Invalid shard');
    if (typeof data.intents !== 'number' || (data.intents & ~knownIntents) !== 0) {
      return end(4013, 'Invalid intents');
    }
    const intents = data.intents;
    const refused =
      ((intents & intent.MessageContent) !== 0 && !app.messageContentGranted) ||
      ((intents & intent.GuildMembers) !== 0 && !app.membersGranted) ||
      ((intents & intent.GuildPresences) !== 0 && !app.presencesGranted);
    if (refused) return end(4014, 'Disallowed intents');
    const now = this.#world.clock.now();
    if (this.identifyMs > 0 && now - this.#lastIdentify < this.identifyMs) {
      return startAnew;
    }
    this.#lastIdentify = now;
    if (this.startLimit.remaining <= 0) {
      app.tokenRevoked = true;
      return end(4004, 'Authentication failed');
    }
    this.startLimit.remaining -= 1;
    const session = new Session(randomBytes(16).toString('hex'), intents, [index, count], link.socket);
    this.#sessions.set(session.id, session);
    for (const [id, old] of this.#sessions) if (!old.alive) this.#sessions.delete(id);
    link.session = session;
    this.#ready(session);
    this.#world.wake();
    return null;
  }

  #ready(session: Session): void {
    const world = this.#world;
    const { app } = world;
    const [index, count] = session.shard;
    const mine = [...world.guilds.values()].filter(
      (one) => one.members.has(app.user.id) && Number((BigInt(one.id) >> 22n) % BigInt(count)) === index,
    );
    const listed = (session.intents & intent.Guilds) !== 0 ? mine : [];
    session.send('READY', {
      v: 10,
      user: { ...userWire(app.user), verified: true, mfa_enabled: true, email: null, flags: 0 },
      guilds: mine.map((one) => ({ id: one.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.resumeUrl,
      session_type: 'normal',
      private_channels: [],
      presences: [],
      relationships: [],
      shard: session.shard,
      application: { id: app.id, flags: applicationFlags(world) },
    });
    for (const guild of listed) session.send('GUILD_CREATE', guildWire(world, guild));
  }

  #resume(link: Link, body: unknown): Verdict {
    const data = fieldsOf(body);
    this.#note('resume', String(data.seq));
    const { app } = this.#world;
    if (link.session !== null) return end(4005, 'Already authenticated');
    if (app.tokenRevoked || data.token !== app.token) return end(4004, 'Authentication failed');
    const session = this.#sessions.get(String(data.session_id));
    if (session === undefined || !session.alive) return startAnew;
    const seq = Number(data.seq);
    if (seq > session.seq) return end(4007, 'Invalid seq');
    const missed = session.since(seq);
    if (missed === null) return startAnew;
    session.socket?.terminate();
    session.socket = link.socket;
    session.muted = false;
    link.session = session;
    for (const text of missed) link.socket.send(text);
    session.send('RESUMED', { _trace: [] });
    this.#world.wake();
    return null;
  }

  #note(what: GatewayNote['what'], detail: string): void {
    this.notes.push({ at: this.#world.clock.now(), what, detail });
    if (this.notes.length > 5000) this.notes.splice(0, 1000);
    this.#world.wake();
  }
}
