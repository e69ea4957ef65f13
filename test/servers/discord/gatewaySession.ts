import type { WebSocket } from 'ws';
import { blanked, intent, wanted } from './visibility.ts';
import type { Wire } from './wire.ts';
import { isWire } from './wire.ts';
import type { Dispatch, World } from './world.ts';

/** Events kept for a resume. */
const replayLength = 2000;

/** What survives a dropped connection: sequence, intents and the events since. */
export class Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
  socket: WebSocket | null;
  seq = 0;
  /** False once the test or the protocol ended it: a resume is refused with op 9. */
  alive = true;
  /** A zombie's session: nothing reaches the client until it resumes. */
  muted = false;
  readonly #sent: Array<{ seq: number; text: string }> = [];

  constructor(id: string, intents: number, shard: readonly [number, number], socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.shard = shard;
    this.socket = socket;
  }

  /** Sends one event, or only keeps it for a resume while disconnected or muted. */
  send(name: string, data: unknown): void {
    this.seq += 1;
    const text = JSON.stringify({ op: 0, s: this.seq, t: name, d: data });
    this.#sent.push({ seq: this.seq, text });
    if (this.#sent.length > replayLength) this.#sent.splice(0, this.#sent.length - replayLength);
    if (!this.muted && this.socket?.readyState === 1) this.socket.send(text);
  }

  /** Everything after `seq`, or null when that is no longer (or not yet) known. */
  since(seq: number): string[] | null {
    const oldest = this.#sent[0]?.seq ?? this.seq + 1;
    if (seq > this.seq || seq + 1 < oldest) return null;
    return this.#sent.filter((one) => one.seq > seq).map((one) => one.text);
  }

  /** Passes an event on if shard, intents and permissions let this session have it. */
  offer(world: World, event: Dispatch): void {
    if (!this.alive || !wanted(this.intents, event)) return;
    const home = event.guildId === null ? 0 : Number((BigInt(event.guildId) >> 22n) % BigInt(this.shard[1]));
    if (home !== this.shard[0]) return;
    if (event.guildId !== null && event.name !== 'GUILD_DELETE' && event.name !== 'INTERACTION_CREATE') {
      if (!world.guilds.get(event.guildId)?.members.has(world.app.user.id)) return;
    }
    if (event.channel !== null && !world.visible(event.channel)) return;
    const data = event.data();
    const granted = (this.intents & intent.MessageContent) !== 0;
    this.send(event.name, event.message === null ? data : blanked(world, data, event.message, granted));
  }
}

/** What a client sent, or null when it is no gateway frame. */
export function frame(text: string): { op: number; d: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isWire(value) && typeof value.op === 'number' ? { op: value.op, d: value.d } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** An object field of a frame. */
export function fieldsOf(value: unknown): Wire {
  return isWire(value) ? value : {};
}
