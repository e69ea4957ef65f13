import { WebSocket } from 'ws';
import { type Json, object, parse, text } from '../slack/json.ts';
import type { SlackServer } from '../slack/server.ts';
import { call } from './call.ts';

/** A bare Socket Mode client that acknowledges only when told to. */
export interface RawSocket {
  readonly frames: Json[];
  /** The n-th frame, there already or to come. */
  frame(index: number): Promise<Json>;
  ack(envelope: Json, payload?: Json): void;
  closed: Promise<number>;
  close(): void;
}

/** Opens a socket as an app does and waits for its hello. */
export async function rawSocket(slack: SlackServer): Promise<RawSocket> {
  const { url } = await call(slack, 'apps.connections.open', {}, slack.tokens.app);
  const socket = new WebSocket(text(url));
  const frames: Json[] = [];
  const waiting = new Set<() => void>();
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    frames.push(object(parse(data.toString())));
    for (const check of [...waiting]) check();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  const raw: RawSocket = {
    frames,
    closed,
    frame: (index) =>
      new Promise((resolve) => {
        const check = () => {
          const frame = frames[index];
          if (!frame) return;
          waiting.delete(check);
          resolve(frame);
        };
        waiting.add(check);
        check();
      }),
    ack: (envelope, payload = {}) => socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload })),
    close: () => socket.close(),
  };
  await raw.frame(0);
  return raw;
}
