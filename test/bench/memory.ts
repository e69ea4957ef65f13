import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import { createDiscord } from '../../adapters/discord/discord.ts';
import type { Host } from '../../src/chat/adapter.ts';
import type { ChatEvent } from '../../src/chat/events.ts';
import { Secret } from '../../src/chat/secret.ts';

// What the adapter keeps of people it will never hear of again: 60,000 messages, each by somebody else, half of them in a channel
// and half in a thread, where the core is asked about each. The pretend Discord is another process.

const BOUND_MB = 10;
const BATCH = 500;
/** Messages before the first look, so that the engine's own working memory has its size. */
const WARM_UP = 10_000;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, messages: { type: 'string', default: '60000' } },
});
const messages = Number(values.messages);

const known = z.object({ api: z.string(), control: z.string(), token: z.string(), botId: z.string() });
const seeded = z.object({ guild: z.string(), channels: z.array(z.string()).min(1) });

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/**
 * Resident memory in bytes once everything that nobody holds has been freed and its pages given back: the least of several
 * looks. Without that last step one would measure how much room the engine made itself for the flood.
 */
async function rss(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 8; look += 1) {
    if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await new Promise((resolve) => setTimeout(resolve, 250));
    least = Math.min(least, process.memoryUsage.rss());
  }
  return least;
}

function serve(): ChildProcess {
  const script = join(import.meta.dirname, '../servers/discord/serve.ts');
  return spawn(process.execPath, [script, '--until-stdin-ends'], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  if (!child.stdout) throw new Error('a process without output');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error('the pretend Discord ended before it was ready');
}

const server = serve();
try {
  const discord = known.parse(await firstLine(server));
  const order = async (body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(discord.control, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const { channels } = seeded.parse(
    await order({ do: 'seed', guild: 'Large', owner: 'ann', channels: ['general', 'more'] }),
  );
  const [channel = ''] = channels;
  await order({ do: 'keep', messages: 100, calls: 100 });

  let heard = 0;
  let waiting: { text: string; resolve: () => void } | null = null;
  const host: Host = {
    async accept(event: ChatEvent) {
      heard += 1;
      if (event.type === 'message' && event.message.text === waiting?.text) waiting.resolve();
      return { do: 'none' };
    },
    suggest: () => [],
    isPrivate: () => true,
    state: () => undefined,
    budget: () => undefined,
  };
  const token = new Secret(discord.token);
  const adapter = createDiscord({
    token,
    api: discord.api,
    privateThreads: false,
    server: null,
    recent: async () => [],
  });
  await adapter.start(host, new AbortController().signal);

  const said = z.object({ id: z.string() });
  const mention = async (text: string): Promise<string> => {
    const done = Promise.withResolvers<void>();
    waiting = { text, resolve: done.resolve };
    const { id } = said.parse(await order({ do: 'say', user: 'ann', channel, text: `<@${discord.botId}> ${text}` }));
    await done.promise;
    return id;
  };
  /** In batches that are each taken in before the next, as a busy server sends them: not as one heap of 60,000. */
  const flood = async (count: number, thread: string, name: string): Promise<void> => {
    for (let left = count, batch = 0; left > 0; left -= BATCH, batch += 1) {
      const half = Math.ceil(Math.min(left, BATCH) / 2);
      await order({ do: 'flood', channel, messages: half, text: `one of very many messages, ${batch}` });
      await order({ do: 'flood', channel: thread, messages: half, text: `and one more in a thread, ${batch}` });
      await mention(`${name} ${batch}`);
    }
  };

  const start = await mention('begin');
  const place = { platform: 'discord', team: 'x', channel, thread: null, kind: 'public' } as const;
  const { thread } = await adapter.thread({ place, id: start }, 'A thread');
  if (thread === null) throw new Error('no thread was made');
  await flood(WARM_UP, thread, 'warm');
  const before = await rss();
  heard = 0;
  const began = performance.now();
  await flood(messages, thread, 'done');
  const seconds = (performance.now() - began) / 1000;
  const grown = ((await rss()) - before) / 1_000_000;
  await adapter.stop();

  const report = {
    bench: 'memory',
    messages,
    people: messages,
    heard,
    seconds: Math.round(seconds * 10) / 10,
    rssBeforeMB: Math.round(before / 100_000) / 10,
    rssGrownMB: Math.round(grown * 10) / 10,
    boundMB: BOUND_MB,
    well: grown <= BOUND_MB,
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : `${messages} messages by as many people (${heard} told to the core) in ${report.seconds} s: RSS grew by ${report.rssGrownMB} MB from ${report.rssBeforeMB} MB (aim: at most ${BOUND_MB} MB)\n`,
  );
  process.exitCode = report.well ? 0 : 1;
} finally {
  server.stdin?.end();
  if (server.exitCode === null) await once(server, 'exit');
}
