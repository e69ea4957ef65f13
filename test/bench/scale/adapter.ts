import { Agent, request } from 'undici';
import * as z from 'zod';
import type { Adapter, Host, Surface } from '../../../src/chat/adapter.ts';
import { Failure, type Problem, type ProblemKind } from '../../../src/chat/errors.ts';
import type { Limits } from '../../../src/chat/limits.ts';
import type { Place } from '../../../src/chat/places.ts';
import type { Plan } from './plan.ts';
import { openedSchema, refusedSchema } from './wire.ts';

/** The adapter of the bench's platform: real sockets, one HTTP call for each write, the rates of the plan. */
export interface BenchAdapter {
  readonly adapter: Adapter;
  /** Resolves when Parley has started it. */
  readonly host: Promise<Host>;
  /** Resolves when so many messages have been opened. */
  opened(count: number): Promise<void>;
}

/** The least units of a message; longer answers stand in several. */
const UNITS = 4_000;

export function createBenchAdapter(plan: Plan): BenchAdapter {
  const agent = new Agent({ connections: 32 });
  const host = Promise.withResolvers<Host>();
  const reached = Promise.withResolvers<void>();
  let wanted = Number.POSITIVE_INFINITY;
  let opened = 0;

  const limits: Limits = {
    partsBeforeFile: 50,
    titleLength: 100,
    fileBytes: 1_000_000,
    formFields: null,
    formFieldErrors: true,
    choices: 25,
    rate: (scope) =>
      scope === 'all' ? { burst: plan.calls, perSecond: plan.calls } : { burst: 2, perSecond: plan.edits },
  };

  async function call(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object): Promise<unknown> {
    const answer = await request(plan.platform + path, {
      method,
      dispatcher: agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const value: unknown = await answer.body.json();
    if (answer.statusCode === 429) throw new Failure(problem('busy', refusedSchema.parse(value).retryMs));
    if (answer.statusCode >= 300) throw new Failure(problem('invalid', 0));
    return value;
  }

  function surface(place: Place, id: string): Surface {
    return {
      ref: { place, id, openedAt: Date.now(), via: null },
      mode: 'edit',
      diesAt: null,
      scopes: () => [`edit:${id}`, 'all'],
      async put(rendered) {
        await call('PATCH', `/messages/${id}`, written(place, rendered.payload));
      },
      async remove() {
        await call('DELETE', `/messages/${id}`, {});
      },
    };
  }

  const adapter: Adapter = {
    name: 'bench',
    limits,
    start: async (given) => {
      given.state('connected', '');
      host.resolve(given);
    },
    stop: () => agent.close(),
    render: (part, { controls }) => ({
      payload: { text: part.markdown, controls },
      size: part.markdown.length,
      max: UNITS,
    }),
    thread: async (origin) => ({ ...origin.place, thread: origin.id }),
    openScopes: () => ['all'],
    async open(place, first) {
      const { id } = openedSchema.parse(await call('POST', '/messages', written(place, first.payload)));
      opened += 1;
      if (opened >= wanted) reached.resolve();
      return surface(place, id);
    },
    reopen: async (ref) => surface(ref.place, ref.id),
    find: async () => null,
    tell: async () => 'impossible',
    react: async () => undefined,
    history: async () => [],
    download: () => Promise.reject(new Failure(problem('missing', 0))),
    upload: () => Promise.reject(new Failure(problem('invalid', 0))),
    async *probe() {
      yield { what: 'bench', state: 'ok', fact: plan.platform, mend: null };
    },
  };

  return {
    adapter,
    host: host.promise,
    opened(count) {
      wanted = count;
      if (opened >= wanted) reached.resolve();
      return reached.promise;
    },
  };
}

const payload = z.object({ text: z.string(), controls: z.unknown() });

function written(place: Place, rendered: unknown) {
  return { channel: place.channel, ...payload.parse(rendered) };
}

function problem(kind: ProblemKind, ms: number): Problem {
  return { kind, retry: { when: 'after', ms }, say: `It was ${kind}.`, detail: `bench platform: ${kind}` };
}
