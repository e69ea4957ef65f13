/**
 * A scripted OpenAI-compatible provider on a real socket: what stands behind a real Open WebUI in the contract suite.
 *
 * `GET /v1/models`, `POST /v1/chat/completions` (streamed and not), `POST /v1/embeddings`. Behaviour comes from the model's id
 * (`models.ts`); a script queued for a model goes before it. Over HTTP, for a provider in another process:
 * `POST /control/script {model, on?, times?, script}`, `GET /control/requests`, `POST /control/reset`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { embedding } from './embeddings.ts';
import { modelIds, scriptFor } from './models.ts';
import { type ChatRequest, chatRequestSchema, type Script, type ScriptInput, scriptSchema } from './script.ts';
import { taskOf } from './tasks.ts';
import { completion, usage, writes } from './wire.ts';

const orderSchema = z.strictObject({
  model: z.string(),
  /** Which questions it answers: people's (`chat`), Open WebUI's own (`task`), or both. */
  on: z.enum(['chat', 'task', 'any']).default('chat'),
  /** For how many answers it holds. */
  times: z.number().int().min(1).max(10_000).default(1),
  script: scriptSchema,
});
/** A script queued for one model; see {@link Provider.play}. */
export type Order = z.input<typeof orderSchema>;

/** A request that arrived, for tests to look at. */
export interface Seen {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Provider {
  /** The base address for `OPENAI_API_BASE_URL`, ending in `/v1`. */
  readonly url: string;
  /** The last requests to `/v1`, oldest first; at most 200 are kept. */
  requests(): readonly Seen[];
  /** The next `times` answers of that model follow this script. Throws zod's error when it is not one. */
  play(order: Order): void;
  /** The short form of {@link play}: the next answer to a person's question. */
  next(model: string, script: ScriptInput): void;
  /** Forgets queued scripts and seen requests. */
  reset(): void;
  /** Cuts open streams and closes the socket. */
  stop(): Promise<void>;
}

const kept = 200;
const maxBody = 32 * 1024 * 1024;

/** Starts a provider on loopback. `port` 0 takes a free one. */
export async function startProvider(options: { port?: number } = {}): Promise<Provider> {
  const orders: z.infer<typeof orderSchema>[] = [];
  const seen: Seen[] = [];
  const stopping = new AbortController();

  function ordered(request: ChatRequest): Script | null {
    const kind = taskOf(request) === null ? 'chat' : 'task';
    const index = orders.findIndex(({ model, on }) => model === request.model && (on === 'any' || on === kind));
    const order = orders[index];
    if (order === undefined) return null;
    order.times -= 1;
    if (order.times === 0) orders.splice(index, 1);
    return order.script;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://provider').pathname;
    const route = `${request.method} ${path}`;
    const body = request.method === 'POST' ? await readJson(request) : null;
    if (path.startsWith('/v1/')) {
      seen.push({ path, headers: plain(request.headers), body });
      if (seen.length > kept) seen.shift();
    }
    if (route === 'GET /v1/models') return json(response, 200, { object: 'list', data: modelIds.map(modelEntry) });
    if (route === 'POST /v1/embeddings') return json(response, 200, embeddings(body));
    if (route === 'POST /v1/chat/completions') return answer(chatRequestSchema.parse(body), response);
    if (route === 'POST /control/script') {
      orders.push(orderSchema.parse(body));
      return json(response, 200, { queued: orders.length });
    }
    if (route === 'GET /control/requests') return json(response, 200, { requests: seen });
    if (route === 'POST /control/reset') {
      orders.length = 0;
      seen.length = 0;
      return json(response, 200, { queued: 0 });
    }
    json(response, 404, problem(`No such route: ${route}`, 'not_found'));
  }

  async function answer(request: ChatRequest, response: ServerResponse): Promise<void> {
    const script = ordered(request) ?? scriptFor(request);
    if (script === null)
      return json(response, 404, problem(`The model ${request.model} does not exist`, 'model_not_found'));
    if (script.refuse !== undefined) {
      const { status, body, headers = {} } = script.refuse;
      const text = typeof body === 'string';
      response.writeHead(status, {
        'content-type': text ? 'text/plain; charset=utf-8' : 'application/json',
        ...headers,
      });
      response.end(text ? body : JSON.stringify(body));
      return;
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([stopping.signal, gone.signal]);
    try {
      await send(script, request, response, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      response.destroy();
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 400, problem(error instanceof Error ? error.message : 'bad request', 'invalid_request'));
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider has no port');

  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests: () => seen,
    play: (order) => void orders.push(orderSchema.parse(order)),
    next: (model, script) => void orders.push(orderSchema.parse({ model, script })),
    reset: () => {
      orders.length = 0;
      seen.length = 0;
    },
    stop: async () => {
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function send(
  script: Script,
  request: ChatRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (request.stream !== true || script.json) {
    for (const step of script.steps) {
      if ('cut' in step) return void response.destroy();
      if ('wait' in step) await delay(step.wait, undefined, { signal });
    }
    return json(response, 200, completion(script, request));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  for (const write of writes(script, request)) {
    if ('cut' in write) return void response.destroy();
    if ('waitMs' in write) await delay(write.waitMs, undefined, { signal });
    else if (!response.write(write.bytes)) await once(response, 'drain', { signal });
  }
  response.end();
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > maxBody) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return size === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function problem(message: string, code: string): object {
  return { error: { message, type: 'invalid_request_error', param: null, code } };
}

function modelEntry(id: string): object {
  return { id, object: 'model', created: 1_700_000_000, owned_by: 'scripted' };
}

const embeddingsRequest = z.looseObject({
  input: z.union([z.string(), z.array(z.string())]),
  model: z.string().optional(),
});

function embeddings(body: unknown): object {
  const { input, model = 'words' } = embeddingsRequest.parse(body);
  const data = [input].flat().map((text, index) => ({ object: 'embedding', index, embedding: embedding(text) }));
  return { object: 'list', model, data, usage };
}

function plain(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
}
