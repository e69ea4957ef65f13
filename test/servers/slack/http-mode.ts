import { createHmac } from 'node:crypto';
import type { Attempt, Reply, Transport } from './delivery.ts';
import { isObject, type Json, object, parse, text } from './json.ts';
import { TIMES } from './limits.ts';
import { changed, keep, type World } from './world.ts';

/** How a request is signed: rightly, with another secret, as of ten minutes ago, or not at all. */
export type Signing = 'right' | 'wrong' | 'old' | 'missing';

/** What the app answered to one request; status 0 when no answer came in time or the connection failed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** HTTP mode: signed requests to the app's request URL. */
export interface HttpMode extends Transport {
  /** How the next requests are signed. */
  signing: Signing;
  /** Asks the request URL to prove itself; true when it gave the challenge back. */
  verify(): Promise<boolean>;
  /** Sends any body to the request URL. */
  send(kind: 'json' | 'form', body: string, headers?: Record<string, string>, signing?: Signing): Promise<HttpAnswer>;
}

/** Makes the HTTP side. `waits` are the pauses before the second and later attempts (ms). */
export function createHttpMode(
  world: World,
  attempts: Attempt[],
  waits: readonly number[],
  app: { requestUrl: string; signingSecret: string },
): HttpMode {
  const owner = new AbortController();
  const timers = new Set<() => void>();

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

  async function send(
    kind: 'json' | 'form',
    body: string,
    headers: Record<string, string> = {},
    signing: Signing = mode.signing,
  ): Promise<HttpAnswer> {
    const deadline = new AbortController();
    const cancel = after(TIMES.answer, () => deadline.abort(new Error('timeout')));
    const type = kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
    try {
      const response = await fetch(app.requestUrl, {
        method: 'POST',
        body,
        headers: { 'content-type': type, ...headers, ...signatures(world, app.signingSecret, body, signing) },
        signal: AbortSignal.any([deadline.signal, owner.signal]),
      });
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch {
      // No answer is an outcome here: the reason is told by whether the deadline passed.
      return { status: deadline.signal.aborted ? 0 : -1, headers: new Headers(), body: '' };
    } finally {
      cancel();
    }
  }

  async function attempt(
    kind: Attempt['kind'],
    payload: Json,
    number: number,
    reason: string,
    form: boolean,
  ): Promise<HttpAnswer> {
    const id = text(payload.event_id) || text(payload.trigger_id);
    const record: Attempt = {
      ...{ kind, payload, id, attempt: number, reason, envelope: app.requestUrl, socket: null },
      ...{ at: world.clock.now(), ackedAt: null, status: null, answer: {} },
    };
    keep(attempts, record);
    const retry: Record<string, string> =
      number > 0 ? { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': reason } : {};
    const answer = await send(form ? 'form' : 'json', form ? formOf(kind, payload) : JSON.stringify(payload), retry);
    record.status = answer.status;
    if (answer.status === 200) record.ackedAt = world.clock.now();
    const parsed = parse(answer.body);
    record.answer = isObject(parsed) ? parsed : answer.body ? { text: answer.body } : {};
    changed(world);
    return answer;
  }

  async function deliver(payload: Json, number: number, reason: string): Promise<void> {
    const answer = await attempt('events_api', payload, number, reason, false);
    const good = answer.status >= 200 && answer.status < 300;
    if (good || answer.headers.get('x-slack-no-retry') === '1' || owner.signal.aborted) return;
    const wait = waits[number];
    const why = answer.status === 0 ? 'http_timeout' : answer.status === -1 ? 'connection_failed' : 'http_error';
    if (wait !== undefined) after(wait, () => void deliver(payload, number + 1, why));
  }

  const mode: HttpMode = {
    signing: 'right',
    send,
    event: (envelope) => void deliver(envelope, 0, ''),
    async ask(kind, payload): Promise<Reply> {
      const start = world.clock.now();
      const answer = await attempt(kind, payload, 0, '', true);
      if (answer.status !== 200)
        return { ok: false, error: answer.status === 0 ? 'operation_timeout' : 'dispatch_failed' };
      const body = parse(answer.body);
      const plain = answer.body === '' ? {} : { text: answer.body };
      return { ok: true, payload: isObject(body) ? body : plain, ms: world.clock.now() - start };
    },
    async verify() {
      const challenge = `challenge-${world.serial}`;
      const answer = await attempt(
        'url_verification',
        { token: '', challenge, type: 'url_verification' },
        0,
        '',
        false,
      );
      const body = object(parse(answer.body));
      return answer.status === 200 && (answer.body === challenge || body.challenge === challenge);
    },
    close() {
      owner.abort();
      for (const cancel of [...timers]) cancel();
      timers.clear();
    },
  };
  return mode;
}

/** Commands are sent as plain fields, interactions as one field `payload` holding JSON. */
function formOf(kind: Attempt['kind'], payload: Json): string {
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(fields).toString();
}

function signatures(world: World, secret: string, body: string, signing: Signing): Record<string, string> {
  if (signing === 'missing') return {};
  const age = signing === 'old' ? 2 * TIMES.signatureAge : 0;
  const stamp = String(Math.floor((world.clock.now() - age) / 1000));
  const key = signing === 'wrong' ? `${secret}-other` : secret;
  const digest = createHmac('sha256', key).update(`v0:${stamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': stamp, 'x-slack-signature': `v0=${digest}` };
}
