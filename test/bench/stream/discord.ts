import { join } from 'node:path';
import * as z from 'zod';
import { createDiscord } from '../../../adapters/discord/discord.ts';
import type { Rate } from '../../../src/chat/limits.ts';
import type { Place } from '../../../src/chat/places.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { startServer } from '../processes.ts';
import { type Ground, quietHost, type Taught } from './ground.ts';
import { LATENCY } from './scenarios.ts';

const ready = z.object({ api: z.string(), control: z.string(), token: z.string() });
const seeded = z.object({ guild: z.string(), channels: z.array(z.string()) });
const withId = z.object({ id: z.string() });
const put = z.object({ at: z.number(), content: z.string() });
const stored = z.object({ messages: z.array(z.object({ id: z.string(), history: z.array(put) })) });
const call = z.object({
  at: z.number(),
  method: z.string(),
  path: z.string(),
  body: z.unknown(),
  status: z.number(),
  doneAt: z.number().nullable(),
});
type Call = z.infer<typeof call>;
const log = z.object({ calls: z.array(call), total: z.number() });
const written = z.object({ content: z.string() });

/** Discord's test server, reached through discord.js. All replies of a scenario stand in one channel. */
export async function openDiscord(seed: number): Promise<Ground> {
  const script = join(import.meta.dirname, '../../servers/discord/serve.ts');
  const server = await startServer(script, ['--until-stdin-ends']);
  const { api, control, token } = ready.parse(server.ready);
  let taught: Taught = () => undefined;
  let from = 0;
  const adapter = createDiscord({
    token: new Secret(token),
    api,
    privateThreads: false,
    server: null,
    recent: async () => [],
  });

  async function order(body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(control, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${JSON.stringify(body)}: ${await answer.text()}`);
    return answer.json();
  }

  async function calls(): Promise<readonly Call[]> {
    return log.parse(await order({ do: 'calls', from })).calls;
  }

  try {
    const { guild } = seeded.parse(await order({ do: 'seed', guild: 'Home', channels: ['general'] }));
    await adapter.start(
      quietHost((...told) => taught(...told)),
      new AbortController().signal,
    );
    await order({ do: 'keep', messages: 100_000, calls: 1_000_000 });
    return {
      platform: 'Discord',
      adapter,
      async prepare({ edits, posts, replies }, learn) {
        taught = learn;
        await order({ do: 'limits', limits: { edit: windowOf(edits), create: windowOf(posts) } });
        await order({ do: 'latency', ms: [LATENCY.min, LATENCY.max], seed });
        from = log.parse(await order({ do: 'calls', from })).total;
        const { id } = withId.parse(await order({ do: 'channel', guild, name: `bench-${from}` }));
        const place: Place = { platform: 'discord', team: guild, channel: id, thread: null, kind: 'public' };
        return Array.from({ length: replies }, () => place);
      },
      async changes([place]) {
        if (!place) return [];
        const { messages } = stored.parse(await order({ do: 'messages', channel: place.channel }));
        const made = await calls();
        const all = messages.flatMap(({ id, history }) =>
          history.map(({ at, content }) => ({ at: doneAt(made, id, at, content), message: id, text: content })),
        );
        return all.sort((a, b) => a.at - b.at);
      },
      refused: async () => (await calls()).filter(({ status }) => status === 429).length,
      async close() {
        await adapter.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A published rate as a window that opens with its first call. */
function windowOf({ burst, perSecond }: Rate): { limit: number; perMs: number } {
  return { limit: burst, perMs: (burst / perSecond) * 1000 };
}

/** The history says when a call came in; what it wrote could be seen once the call was done. */
function doneAt(calls: readonly Call[], id: string, at: number, content: string): number {
  const found = calls.find(
    (one) =>
      one.at === at &&
      one.status === 200 &&
      (one.method === 'POST' || one.path.endsWith(`/${id}`)) &&
      written.safeParse(one.body).data?.content.trim() === content,
  );
  if (!found?.doneAt) throw new Error('a text without the call that wrote it');
  return found.doneAt;
}
