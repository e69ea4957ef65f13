import type { Adapter, Surface, SurfaceRef } from '../../src/chat/adapter.ts';
import type { Clock } from '../../src/chat/clock.ts';
import { Failure, type Problem, type ProblemKind } from '../../src/chat/errors.ts';
import type { Limits, Rate } from '../../src/chat/limits.ts';
import type { Message } from '../../src/chat/messages.ts';
import type { MessageRef, Place, UserRef } from '../../src/chat/places.ts';
import { placeKey } from '../../src/chat/places.ts';
import type { Body, Controls, Part } from '../../src/chat/view.ts';
import { createBudgets, type PlainBudget } from './plain-budget.ts';

/** The calls that a plain platform counts and can fail. */
export type PlainCall =
  | 'open'
  | 'put'
  | 'find'
  | 'reopen'
  | 'remove'
  | 'tell'
  | 'react'
  | 'upload'
  | 'title'
  | 'thread'
  | 'busy';

/** What a call meets: refused before it did anything, or done and its answer lost on the way. */
export interface Fault {
  readonly problem: Problem;
  readonly happened: boolean;
}

export interface PlainOptions extends PlainBudget {
  readonly clock: Clock;
  /** The platform's name; `plain` when not given. */
  readonly name?: string;
  /** Most units of a message, measured by `sizeOf`. */
  readonly max?: number;
  readonly sizeOf?: (markdown: string) => number;
  /** What `limits.rate` says; the real figures when not given. */
  readonly published?: Readonly<Record<string, Rate>>;
  /** One way, in milliseconds. */
  readonly latency?: () => number;
  readonly mode?: Surface['mode'];
  /** Messages cannot be changed any more so long after they were opened. */
  readonly diesAfterMs?: number;
  readonly partsBeforeFile?: number;
  readonly titles?: Rate;
  /** The channel a budget of edits is shared by; the team when not given. */
  readonly editScope?: (place: Place) => string;
  /** Sources and controls take this many units each. */
  readonly extra?: number;
}

/** A message as people see it. */
export interface PlainMessage {
  readonly id: string;
  readonly place: Place;
  readonly key: string;
  readonly openedAt: number;
  text: string;
  part: Part;
  controls: Controls | null;
  final: boolean;
  deleted: boolean;
  /** Every state it was in, with the time it was in it from. */
  readonly history: { readonly at: number; readonly text: string; readonly part: Part }[];
}

interface Payload {
  readonly part: Part;
  readonly live: boolean;
  readonly controls: Controls | null;
}

/** A platform in memory: real token buckets, latency by the test's clock, messages that can be deleted, calls that can fail. */
export interface Plain {
  readonly adapter: Adapter;
  readonly messages: PlainMessage[];
  readonly told: { readonly user: UserRef; readonly body: Body }[];
  readonly files: { readonly key: string; readonly name: string; readonly text: string }[];
  readonly reactions: string[];
  readonly titles: string[];
  readonly states: (string | null)[];
  /** Calls that arrived, by kind, and those refused with 429. */
  readonly calls: Map<PlainCall, number>;
  refused: number;
  /** The next calls of this kind meet these, in order. */
  fail(call: PlainCall, ...faults: (Fault | ProblemKind | null)[]): void;
  /** Somebody deletes a message. */
  delete(id: string): void;
  /** Texts that stand, in order. */
  standing(): string[];
  /** Called when a call arrives, before it does anything. */
  onCall: ((call: PlainCall) => void) | null;
}

/** A problem of a kind with the retry rule that adapters give it. */
export function problem(kind: ProblemKind, retryMs?: number): Problem {
  const later = kind === 'unreachable' || kind === 'timeout' || kind === 'bug' || kind === 'busy';
  const retry =
    retryMs !== undefined ? ({ when: 'after', ms: retryMs } as const) : ({ when: later ? 'later' : 'never' } as const);
  return { kind, retry, say: `It was ${kind}.`, detail: `test: ${kind}` };
}

export const PLACE: Place = { platform: 'plain', team: 'T1', channel: 'C1', thread: 'H1', kind: 'public' };

export function createPlain(options: PlainOptions): Plain {
  const { clock } = options;
  const name = options.name ?? 'plain';
  const max = options.max ?? 2_000;
  const sizeOf = options.sizeOf ?? ((markdown) => markdown.length);
  const latency = options.latency ?? (() => 0);
  const editScope = options.editScope ?? ((place) => place.team);
  const faults = new Map<PlainCall, (Fault | ProblemKind | null)[]>();
  const pay = createBudgets(clock, options);
  let serial = 0;

  const limits: Limits = {
    partsBeforeFile: options.partsBeforeFile ?? 5,
    titleLength: 100,
    fileBytes: 1_000_000,
    formFields: null,
    formFieldErrors: true,
    choices: 25,
    ...(options.titles && { titles: options.titles }),
    rate: (scope) =>
      (options.published ?? options.real)?.[scope.split(':', 1)[0] ?? ''] ?? { burst: 1_000, perSecond: 1_000 },
  };

  const wait = (): Promise<void> => {
    const ms = latency();
    return ms <= 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(ms, resolve));
  };

  /** A call as it travels: there, counted, done, and back. */
  async function call<T>(kind: PlainCall, scopes: readonly string[], act: () => T): Promise<T> {
    await wait();
    plain.calls.set(kind, (plain.calls.get(kind) ?? 0) + 1);
    plain.onCall?.(kind);
    const fault = faults.get(kind)?.shift() ?? null;
    if (fault !== null && (typeof fault === 'string' || !fault.happened)) {
      await wait();
      throw new Failure(typeof fault === 'string' ? problem(fault) : fault.problem);
    }
    for (const scope of scopes) {
      const ms = pay(scope);
      if (ms === 0) continue;
      plain.refused += 1;
      await wait();
      throw new Failure(problem('busy', ms));
    }
    const value = act();
    await wait();
    if (fault !== null && typeof fault !== 'string') throw new Failure(fault.problem);
    return value;
  }

  const editsOf = (place: Place): readonly string[] => [`edit:${editScope(place)}`];
  const postsOf = (place: Place): readonly string[] => [`post:${place.channel}`];

  const payloads = new WeakMap<object, Payload>();
  function payloadOf(payload: unknown): Payload {
    const known = typeof payload === 'object' && payload !== null ? payloads.get(payload) : undefined;
    if (!known) throw new Error('a payload that this platform did not render');
    return known;
  }

  function show(message: PlainMessage, payload: Payload, final: boolean): void {
    if (message.deleted) throw new Failure(problem('gone'));
    if (sizeOf(payload.part.markdown) > max) throw new Failure(problem('too-large'));
    message.text = payload.part.markdown;
    message.part = payload.part;
    message.controls = payload.controls;
    message.final = final;
    message.history.push({ at: clock.now(), text: message.text, part: payload.part });
  }

  function surfaceOf(message: PlainMessage): Surface {
    const mode = options.mode ?? 'edit';
    const ref: SurfaceRef = { place: message.place, id: message.id, openedAt: message.openedAt, via: null };
    const diesAt = options.diesAfterMs === undefined ? null : message.openedAt + options.diesAfterMs;
    return {
      ref,
      mode,
      diesAt,
      scopes: () => editsOf(message.place),
      put: (rendered, final) =>
        call('put', editsOf(message.place), () => {
          if (diesAt !== null && clock.now() >= diesAt) throw new Failure(problem('expired'));
          const payload = payloadOf(rendered.payload);
          if (mode === 'append' && !payload.part.markdown.startsWith(message.text))
            throw new Failure(problem('invalid'));
          show(message, payload, final);
        }),
      remove: () =>
        call('remove', editsOf(message.place), () => {
          message.deleted = true;
        }),
    };
  }

  const adapter: Adapter = {
    name,
    limits,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    render(part, how) {
      const payload = { ...part, controls: how.controls, live: how.live };
      payloads.set(payload, { part, live: how.live, controls: how.controls });
      const extras = (part.sources.length > 0 ? 1 : 0) + (how.controls ? 1 : 0);
      return { payload, size: sizeOf(part.markdown) + extras * (options.extra ?? 0), max };
    },
    thread: (origin) => call('thread', [], () => ({ ...origin.place, thread: `thread-of-${origin.id}` })),
    openScopes: postsOf,
    open: (place, first, key) =>
      call('open', postsOf(place), () => {
        const payload = payloadOf(first.payload);
        serial += 1;
        const shown = options.mode === 'once' ? '' : payload.part.markdown;
        const message: PlainMessage = {
          id: `M${serial}`,
          place,
          key,
          openedAt: clock.now(),
          text: '',
          part: payload.part,
          controls: null,
          final: false,
          deleted: false,
          history: [],
        };
        if (shown !== '' || options.mode !== 'once') show(message, payload, false);
        plain.messages.push(message);
        return surfaceOf(message);
      }),
    reopen: (ref) =>
      call('reopen', [], () => {
        const message = plain.messages.find((one) => one.id === ref.id);
        if (!message || message.deleted) return 'gone';
        if (options.diesAfterMs !== undefined && clock.now() >= message.openedAt + options.diesAfterMs)
          return 'post-anew';
        return surfaceOf(message);
      }),
    find: (place, key) =>
      call('find', [], () => {
        const message = plain.messages.find(
          (one) => one.key === key && !one.deleted && placeKey(one.place) === placeKey(place),
        );
        if (message) return { place, id: message.id, openedAt: message.openedAt, via: null };
        const file = plain.files.findIndex((one) => one.key === key);
        return file < 0 ? null : { place, id: `F${file + 1}`, openedAt: clock.now(), via: null };
      }),
    tell: (user, place, body) =>
      call('tell', postsOf(place), () => {
        plain.told.push({ user, body });
        return 'private';
      }),
    react: (ref, emoji, on) =>
      call('react', [], () => {
        plain.reactions.push(`${on ? '+' : '-'}${emoji} ${ref.id}`);
      }),
    history: () => Promise.resolve<readonly Message[]>([]),
    download: () => Promise.reject(new Failure(problem('missing'))),
    upload: (place, file, key) =>
      call('upload', postsOf(place), (): MessageRef => {
        plain.files.push({ key, name: file.name, text: new TextDecoder().decode(file.bytes) });
        return { place, id: `F${plain.files.length}` };
      }),
    async *probe() {
      yield { what: 'plain', state: 'ok', fact: 'in memory', mend: null };
    },
    busy: (_place, status) =>
      call('busy', [], () => {
        plain.states.push(status);
      }),
    title: (_place, title) =>
      call('title', [], () => {
        plain.titles.push(title);
      }),
  };

  const plain: Plain = {
    adapter,
    messages: [],
    told: [],
    files: [],
    reactions: [],
    titles: [],
    states: [],
    calls: new Map(),
    refused: 0,
    fail(kind, ...list) {
      faults.set(kind, [...(faults.get(kind) ?? []), ...list]);
    },
    delete(id) {
      const message = plain.messages.find((one) => one.id === id);
      if (message) message.deleted = true;
    },
    standing: () => plain.messages.filter((one) => !one.deleted).map((one) => one.text),
    onCall: null,
  };
  return plain;
}
