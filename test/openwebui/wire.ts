import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../src/chat/clock.ts';
import { problemOf } from '../../src/chat/errors.ts';
import { Secret } from '../../src/chat/secret.ts';
import { ask, type Question } from '../../src/openwebui/completions.ts';
import { connect, disconnect, type OpenWebUI } from '../../src/openwebui/connection.ts';
import type { Frame } from '../../src/openwebui/frames.ts';

/** A request that arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A bare HTTP server that does just what a test says, and a client for it. */
export interface Wire {
  readonly server: OpenWebUI;
  readonly arrived: readonly Arrived[];
  /** Fulfils once a request's connection has closed before its answer was over. */
  readonly hungUp: Promise<void>;
}

/** Runs `test` against a server that answers by `answer`, then closes both. */
export async function onWire(
  answer: (response: ServerResponse, request: Arrived) => void | Promise<void>,
  test: (wire: Wire) => Promise<void>,
  clock?: Clock,
): Promise<void> {
  const arrived: Arrived[] = [];
  let hangUp: () => void;
  const hungUp = new Promise<void>((resolve) => {
    hangUp = resolve;
  });
  const listener = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) hangUp();
    });
    void read(request).then(async (body) => {
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      arrived.push(seen);
      await answer(response, seen);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const server = connect({ url: `http://127.0.0.1:${port}`, key: new Secret('sk-test'), clock, random: () => 0 });
  try {
    await test({ server, arrived, hungUp });
  } finally {
    await disconnect(server);
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Sends a stream of events: strings and bytes as they are, anything else as a `data:` frame. */
export function streams(response: ServerResponse, ...parts: unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const part of parts) {
    if (typeof part === 'string' || part instanceof Uint8Array) response.write(part);
    else response.write(`data: ${JSON.stringify(part)}\n\n`);
  }
}

/** A chunk with that delta. */
export function delta(content: string | object, finish: string | null = null): object {
  return { choices: [{ index: 0, delta: typeof content === 'string' ? { content } : content, finish_reason: finish }] };
}

/** Sends JSON. */
export function sends(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' && type !== 'application/json' ? body : JSON.stringify(body));
}

export const question: Question = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  chatId: null,
  functionCalling: null,
};

/** All frames of an answer, and the kind of failure it ended with, if any. Neighbouring texts are joined. */
export async function heard(
  server: OpenWebUI,
  options: { signal?: AbortSignal; idleMs?: number; question?: Question; each?: (frame: Frame) => unknown } = {},
): Promise<{ frames: Frame[]; text: string; reasoning: string; failed: string | null; detail: string }> {
  const frames: Frame[] = [];
  let problem: { kind: string; detail: string } | null = null;
  try {
    const signal = options.signal ?? new AbortController().signal;
    for await (const frame of ask(server, options.question ?? question, { signal, idleMs: options.idleMs ?? 30_000 })) {
      frames.push(frame);
      await options.each?.(frame);
    }
  } catch (error) {
    problem = problemOf(error);
  }
  const joined = (type: 'text' | 'reasoning'): string =>
    frames.flatMap((frame) => (frame.type === type ? [frame.text] : [])).join('');
  return {
    frames,
    text: joined('text'),
    reasoning: joined('reasoning'),
    failed: problem?.kind ?? null,
    detail: problem?.detail ?? '',
  };
}
