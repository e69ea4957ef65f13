import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBody } from './body.ts';
import type { Buckets } from './buckets.ts';
import { bucketHeaders, rateLimited } from './buckets.ts';
import { ApiError, refuse } from './errors.ts';
import type { Effect, Faults } from './faults.ts';
import { faultAnswer } from './faults.ts';
import type { Call, Reply, Route } from './router.ts';
import { match } from './router.ts';
import type { World } from './world.ts';

/** One REST request in the log. `status` 0 means that no answer was sent; `doneAt` is when it was written. */
export interface LoggedCall {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly body: unknown;
  readonly files: ReadonlyArray<{ filename: string; size: number }>;
  readonly authorized: boolean;
  status: number;
  code: number;
  doneAt: number | null;
}

/** One request on its way to its route. */
interface Asking {
  readonly version: string;
  readonly route: Route | null;
  readonly authorization: string;
  readonly problem: ApiError | null;
  /** Headers of the answer, filled in on the way. */
  readonly headers: Record<string, string>;
  readonly call: Call;
}

/** The REST side: authentication, limits, faults, then the route. */
export class RestSide {
  /** Newest last; bounded by `keepCalls`. */
  readonly calls: LoggedCall[] = [];
  keepCalls = 20_000;
  /** Requests that counted as invalid in the present window. */
  invalid = { count: 0, until: 0 };
  readonly #world: World;
  readonly #routes: readonly Route[];
  readonly #buckets: Buckets;
  readonly #faults: Faults;
  readonly #closing: AbortSignal;

  constructor(world: World, routes: readonly Route[], buckets: Buckets, faults: Faults, closing: AbortSignal) {
    this.#world = world;
    this.#routes = routes;
    this.#buckets = buckets;
    this.#faults = faults;
    this.#closing = closing;
  }

  /** Answers one request whose path begins with `/api`. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (this.#faults.outage === 'refuse') {
      request.socket.destroy();
      return;
    }
    const method = request.method ?? 'GET';
    const versioned = /^\/api\/v(\d+)(\/.*)$/.exec(url.pathname);
    const path = versioned?.[2] ?? url.pathname;
    const found = match(this.#routes, method, path);
    const received = await readBody(request);
    const at = this.#world.clock.now();
    const logged: LoggedCall = {
      at,
      method,
      path,
      route: found?.route.path ?? path,
      body: received.body,
      files: received.files.map((file) => ({ filename: file.filename, size: file.bytes.length })),
      authorized: request.headers.authorization !== undefined,
      status: 0,
      code: 0,
      doneAt: null,
    };
    this.calls.push(logged);
    if (this.calls.length > this.keepCalls) this.calls.splice(0, this.calls.length - this.keepCalls);
    this.#world.wake();
    const effect = this.#faults.take({ method, route: logged.route, path, body: received.body });
    await this.#wait(this.#faults.nextLatency() + delayOf(effect, this.#faults));
    if (effect?.do === 'reset' && effect.after !== true) {
      request.socket.destroy();
      return;
    }
    if (effect?.do === 'hang' && effect.after !== true) return;

    const headers: Record<string, string> = {};
    const reply = await this.#answer(effect, {
      version: versioned?.[1] ?? '',
      route: found?.route ?? null,
      authorization: request.headers.authorization ?? '',
      problem: received.problem,
      headers,
      call: {
        world: this.#world,
        method,
        path,
        params: found?.params ?? {},
        query: url.searchParams,
        body: received.body,
        files: received.files,
        at,
        sublimit: (name, key, code) => {
          const room = this.#buckets.take(name, key);
          if (!room.ok) throw rateLimited('user', room.resetMs, headers, code);
        },
      },
    });
    logged.status = reply.status;
    if (reply instanceof ApiError) logged.code = reply.code;
    this.#countInvalid(reply);
    if (effect?.do === 'reset' || effect?.do === 'hang') {
      logged.status = 0;
      this.#world.wake();
      if (effect.do === 'reset') request.socket.destroy();
      return;
    }
    logged.doneAt = this.#world.clock.now();
    const failed = reply instanceof ApiError;
    const body = failed ? reply.body() : reply.body;
    response.writeHead(reply.status, {
      ...headers,
      ...(failed ? reply.headers : {}),
      via: '1.1 fake',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    });
    response.end(body === undefined ? undefined : JSON.stringify(body));
    this.#world.wake();
  }

  async #answer(effect: Effect | null, asked: Asking): Promise<Reply | ApiError> {
    const { invalid: limit } = this.#buckets.limits;
    if (this.invalid.count >= limit.limit && this.#world.clock.now() < this.invalid.until) {
      return new ApiError(429, 1015, 'Banned for too many invalid requests', { headers: { 'retry-after': '3600' } });
    }
    if (this.#faults.outage === '503') return new ApiError(503, 0, '503: Service Unavailable');
    if (effect?.do === '429') return faultAnswer(effect);
    if (effect?.do === 'status' && effect.after !== true) return faultAnswer(effect);
    try {
      const reply = await this.#admit(asked).run(asked.call);
      return effect?.do === 'status' ? faultAnswer(effect) : reply;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  /** Version, route, token, global limit, bucket, body: in the order in which Discord refuses. Writes the bucket's headers. */
  #admit({ version, route, authorization, problem, headers, call }: Asking): Route {
    if (version !== '10') throw refuse('badVersion');
    if (route === null) throw refuse('notFound');
    if (route.byToken !== true) {
      const { app } = this.#world;
      if (app.tokenRevoked || authorization !== `Bot ${app.token}`) throw refuse('unauthorized');
      const all = this.#buckets.take('global', 'bot');
      if (!all.ok) throw rateLimited('global', all.resetMs);
    }
    const major = (route.byToken === true ? call.params.token : call.params[route.major ?? '']) ?? '';
    const own = route.bucket === 'other' ? `${route.method} ${route.path}` : '';
    const room = this.#buckets.take(route.bucket, `${own} ${major}`);
    Object.assign(headers, bucketHeaders(`${route.bucket} ${own}`, room, this.#world.clock.now()));
    if (!room.ok) throw rateLimited('user', room.resetMs, headers);
    if (problem !== null) throw problem;
    return route;
  }

  #countInvalid(reply: Reply | ApiError): void {
    const counts = [401, 403, 429].includes(reply.status);
    if (!counts || (reply instanceof ApiError && reply.headers['x-ratelimit-scope'] === 'shared')) return;
    const now = this.#world.clock.now();
    if (now >= this.invalid.until) this.invalid = { count: 0, until: now + this.#buckets.limits.invalid.perMs };
    this.invalid.count += 1;
  }

  async #wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing }).catch(ignoreAbort);
  }
}

function delayOf(effect: Effect | null, faults: Faults): number {
  if (effect?.do !== 'delay') return 0;
  return faults.within(effect.ms);
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
