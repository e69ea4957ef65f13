import { WebSocket } from 'ws';
import type { Entered, FromPage, ToPage } from '../../../adapters/local/protocol.ts';
import { closeAfter } from '../../close-after.ts';
import type { World } from './world.ts';

type Frame<Type extends ToPage['type']> = Extract<ToPage, { type: Type }>;

/** A page without a browser: one person over real HTTP and one WebSocket. */
export interface Client {
  readonly me: Entered;
  readonly frames: ToPage[];
  send(frame: FromPage | object): void;
  /** The next frame of this kind that passes; frames are taken once. */
  next<Type extends ToPage['type']>(type: Type, wanted?: (frame: Frame<Type>) => boolean): Promise<Frame<Type>>;
  /** Resolves with the code when the server closes the socket. */
  readonly closed: Promise<number>;
  close(): void;
}

let requests = 0;

/** A number for a request. */
export function n(): string {
  requests += 1;
  return `n${requests}`;
}

/** The cookie that the printed link gives. */
export async function cookieOf(world: World): Promise<string> {
  const response = await fetch(`${world.url}/?token=${world.token}`);
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Comes in under a name. */
export async function enter(world: World, name: string): Promise<Entered> {
  const response = await fetch(`${world.url}/local/enter`, {
    method: 'POST',
    headers: { cookie: await cookieOf(world), origin: world.url },
    body: JSON.stringify({ name }),
  });
  const body: Entered = JSON.parse(await response.text());
  return body;
}

/** Opens a page for a person, until the test is over. `seen` and `holds` as a page that comes back sends them. */
export async function join(
  world: World,
  me: Entered,
  back: Partial<Pick<Extract<FromPage, { type: 'hello' }>, 'seen' | 'holds'>> = {},
): Promise<Client> {
  const headers = { cookie: await cookieOf(world), origin: world.url };
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/local/live`, { headers });
  closeAfter(async () => socket.terminate());
  const frames: ToPage[] = [];
  const taken = new Set<ToPage>();
  const wake: (() => void)[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  socket.on('message', (data) => {
    const frame: ToPage = JSON.parse(String(data));
    frames.push(frame);
    for (const one of wake.splice(0)) one();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const client: Client = {
    me,
    frames,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    async next(type, wanted = () => true) {
      while (true) {
        for (const frame of frames) {
          if (taken.has(frame) || !isOf(frame, type) || !wanted(frame)) continue;
          taken.add(frame);
          return frame;
        }
        await new Promise<void>((resolve) => {
          wake.push(resolve);
        });
      }
    },
    close: () => socket.terminate(),
  };
  client.send({ type: 'hello', person: me.id, key: me.key, version: 'test', seen: null, holds: [], ...back });
  return client;
}

/** Comes in under a name and opens a page, which is ready. */
export async function come(world: World, name: string): Promise<Client> {
  const client = await join(world, await enter(world, name));
  await client.next('ready');
  return client;
}

/** A conversation with Parley alone, begun by whoever writes into it first. */
export const mine = 'c-0000000000000001';

/** Writes a message; gives the conversation that it stands in. */
export async function say(client: Client, to: string, text: string, request = n()): Promise<string> {
  client.send({ type: 'send', n: request, to, text, files: [] });
  return (await client.next('done', (frame) => frame.n === request)).conversation ?? '';
}

/** Sends what is refused; gives the reason. */
export async function refusal(client: Client, frame: Extract<FromPage, { n: string }>): Promise<string> {
  client.send(frame);
  return (await client.next('refused', (one) => one.n === frame.n)).why;
}

function isOf<Type extends ToPage['type']>(frame: ToPage, type: Type): frame is Frame<Type> {
  return frame.type === type;
}
