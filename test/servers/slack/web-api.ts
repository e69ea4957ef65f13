import type { IncomingMessage, ServerResponse } from 'node:http';
import { readArgs } from './args.ts';
import type { Fault, Faults } from './faults.ts';
import { readFields, sendJson, sendText } from './http-io.ts';
import type { Json } from './json.ts';
import type { Method, Methods } from './methods/method.ts';
import type { ApiCall } from './model.ts';
import type { Rates } from './rates.ts';
import { Refusal } from './refusal.ts';
import { checkToken, type Tokens } from './tokens.ts';
import { changed, keep, nextId, type World } from './world.ts';

/** What the Web API works with. */
export interface WebApi {
  readonly world: World;
  readonly methods: Methods;
  readonly rates: Rates;
  readonly faults: Faults;
  readonly tokens: Tokens;
}

/** Answers one `POST /api/<method>`: faults, latency, token, scope, rate, then the method itself. */
export async function answerApi(
  api: WebApi,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { world, faults } = api;
  const method = url.pathname.slice('/api/'.length);
  const fields = await readFields(request, url);
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? fields.get('token') ?? '';
  fields.delete('token');
  const args = readArgs(fields);
  const call: ApiCall = {
    method,
    args: args.all,
    token: token === api.tokens.bot ? 'bot' : token === api.tokens.app ? 'app' : 'unknown',
    at: world.clock.now(),
    doneAt: null,
    status: 0,
    ok: false,
    error: null,
    fault: null,
  };
  keep(world.calls, call);
  changed(world);
  const fault = faults.take(method);
  call.fault = fault?.do ?? null;
  await faults.hold(method);
  if (fault && fault.do !== 'lost') return meet(fault, call, world, response);

  const known = Object.hasOwn(api.methods, method) ? api.methods[method] : undefined;
  const outcome = await perform(api, known, method, { args, token });
  call.doneAt = world.clock.now();
  call.status = outcome.status;
  call.ok = outcome.body.ok === true;
  call.error = typeof outcome.body.error === 'string' ? outcome.body.error : null;
  if (fault?.do === 'lost') response.destroy();
  else
    sendJson(response, outcome.status, outcome.body, {
      'x-oauth-scopes': [...world.scopes].join(','),
      'x-slack-req-id': nextId(world, 'req'),
      ...outcome.headers,
    });
  changed(world);
}

function meet(fault: Fault, call: ApiCall, world: World, response: ServerResponse): void {
  const { status, error } = sendFault(fault, response);
  Object.assign(call, { doneAt: world.clock.now(), status, error });
  changed(world);
}

/** Carries out a fault instead of an answer. A call that hangs is left open; closing the server ends it. */
export function sendFault(fault: Fault, response: ServerResponse): { status: number; error: string } {
  if (fault.do === '429') {
    sendJson(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(fault.retryAfter) });
    return { status: 429, error: 'ratelimited' };
  }
  if (fault.do === 'ratelimited' || fault.do === 'error') {
    const error = fault.do === 'error' ? fault.error : 'ratelimited';
    sendJson(response, 200, { ok: false, error });
    return { status: 200, error };
  }
  if (fault.do === 'status') {
    sendText(response, fault.status, 'The server could not answer.');
    return { status: fault.status, error: 'status' };
  }
  if (fault.do === 'reset') response.socket?.resetAndDestroy();
  return { status: 0, error: fault.do };
}

interface Outcome {
  status: number;
  body: Json;
  headers: Record<string, string>;
}

async function perform(
  api: WebApi,
  method: Method | undefined,
  name: string,
  call: { args: ReturnType<typeof readArgs>; token: string },
): Promise<Outcome> {
  const { world } = api;
  try {
    if (!method) throw new Refusal('unknown_method', { req_method: name });
    checkToken(api.tokens, call.token, method.token);
    const needed = typeof method.scopes === 'function' ? method.scopes(world, call.args) : method.scopes;
    if (needed.length > 0 && method.token === 'bot' && !needed.some((scope) => world.scopes.has(scope)))
      throw new Refusal('missing_scope', { needed: needed.join(','), provided: [...world.scopes].join(',') });
    const wait = api.rates.take(name, call.args.str('channel'));
    if (wait !== null) return refuse(api.rates, wait);
    return { status: 200, body: { ok: true, ...(await method.run(world, call)) }, headers: {} };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 200, body: { ok: false, error: error.error, ...error.extra }, headers: {} };
  }
}

function refuse(rates: Rates, waitMs: number): Outcome {
  const body = { ok: false, error: 'ratelimited' };
  if (rates.style === 'body') return { status: 200, body, headers: {} };
  return { status: 429, body, headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } };
}
