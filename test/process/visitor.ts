import { once } from 'node:events';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { Entered, FromPage, PageMessage, ToPage } from '../../adapters/local/protocol.ts';

/** Somebody at the local page, without a browser: the page's own requests and frames. */
export interface Visitor {
  readonly messages: Map<string, PageMessage>;
  send(text: string, to?: string): void;
  press(label: string): void;
  /** Resolves once the condition holds; looked at after each frame. Rejects after 45 seconds. */
  until(condition: () => boolean): Promise<void>;
  /** What Parley wrote, in order. */
  answers(): PageMessage[];
  leave(): void;
}

let serial = 0;

/** Opens the printed link, enters with a name (or as somebody who was here before) and connects. */
export async function visit(link: string, name: string, before?: Entered): Promise<Visitor & { me: Entered }> {
  const { origin } = new URL(link);
  const opened = await fetch(link);
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me: Entered = before ?? (await enter(origin, cookie, name));
  const session = await fetch(`${origin}/local/session`, { headers: { cookie } });
  const { version } = z.object({ version: z.string() }).parse(await session.json());
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/local/live`, { headers: { cookie, origin } });
  const messages = new Map<string, PageMessage>();
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    const frame: ToPage = JSON.parse(String(data));
    if (frame.type === 'message') messages.set(frame.message.id, frame.message);
    if (frame.type === 'page') for (const message of frame.messages) messages.set(message.id, message);
    if (frame.type === 'gone') messages.delete(frame.message);
    if (frame.type === 'grow') {
      const known = messages.get(frame.message);
      if (known)
        messages.set(known.id, { ...known, text: known.text.slice(0, frame.from) + frame.text, live: frame.live });
    }
    if (frame.type === 'conversation') say({ type: 'look', conversation: frame.conversation.id });
    if (frame.type === 'ready') for (const one of frame.conversations) say({ type: 'look', conversation: one.id });
    for (const look of waiting) look();
  });
  await once(socket, 'open');
  const say = (frame: FromPage) => socket.send(JSON.stringify(frame));
  say({ type: 'hello', person: me.id, key: me.key, version, seen: null, holds: [] });

  const sorted = () => [...messages.values()].sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  const visitor: Visitor & { me: Entered } = {
    me,
    messages,
    send(text, to = `c-${'x'.repeat(8)}${++serial}`) {
      say({ type: 'send', n: `n${++serial}`, to, text, files: [] });
    },
    press(label) {
      for (const message of sorted().reverse()) {
        const button = message.controls?.buttons.find((one) => one.label === label);
        if (button)
          return say({ type: 'press', n: `n${++serial}`, message: message.id, control: button.id, value: null });
      }
      throw new Error(`there is no button ${label}`);
    },
    until(condition) {
      const done = Promise.withResolvers<void>();
      const timer = setTimeout(() => done.reject(new Error(`not so in time: ${JSON.stringify(sorted())}`)), 45_000);
      const look = () => condition() && done.resolve();
      waiting.add(look);
      look();
      return done.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
    answers: () => sorted().filter((message) => message.author !== me.id),
    leave: () => socket.close(),
  };
  return visitor;
}

async function enter(origin: string, cookie: string, name: string): Promise<Entered> {
  const response = await fetch(`${origin}/local/enter`, {
    method: 'POST',
    headers: { cookie, origin, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return z.object({ id: z.string(), name: z.string(), key: z.string() }).parse(await response.json());
}
