/**
 * How long a person waits for names while typing, and for a prompt's form, with 5,000 prompts known and an Open WebUI that takes
 * every request and never answers. From the frame's way in through the local page's socket to the answer's way out of it.
 * `node test/bench/suggest.ts [--json] [--rounds 1000]`. Ends with 1 when the bound is missed.
 */
import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { createLocal } from '../../adapters/local/local.ts';
import { type Clock, systemClock } from '../../src/chat/clock.ts';
import { Secret } from '../../src/chat/secret.ts';
import { connect, disconnect } from '../../src/openwebui/connection.ts';
import { openListener } from '../../src/ops/listener.ts';
import { createLog } from '../../src/ops/log.ts';
import { createParley } from '../../src/parley.ts';
import { openCache } from '../../src/store/cache.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';

const PROMPTS = 5_000;
const BOUND_MS = 300;
/** One tab may send 80 frames at once: each sends no more than that and makes room for the next. */
const PER_TAB = 60;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' } } });
const rounds = Math.max(PER_TAB, Number(values.rounds ?? 1_000));
const before = loadavg()[0] ?? 0;

interface Bench {
  readonly url: string;
  readonly token: string;
  /** From here on everything known is old, and every attempt to fetch it anew ends in silence. */
  silence(): void;
  close(): Promise<void>;
}

/** Parley on the local page. */
async function open(): Promise<Bench> {
  const openWebUI = await startScriptedOpenWebUI();
  openWebUI.fault({ path: '/api/v1/prompts/' }, { status: 200, body: promptRows() });
  const server = connect({ url: openWebUI.url, key: new Secret(openWebUI.key) });
  const vault = createVault(null);
  const store = openSqlite(':memory:', { vault });
  const listener = await openListener({ host: '127.0.0.1', port: 0 }, async () => ({}));
  let ahead = 0;
  const clock: Clock = { now: () => Date.now() + ahead, after: systemClock.after };
  const token = randomUUID();
  const local = createLocal({
    token: new Secret(token),
    file: ':memory:',
    address: listener.address,
    publicUrl: null,
    notice: null,
    fileBytes: 25 * 1_048_576,
    clock,
  });
  listener.mount(local);
  const parley = createParley({
    store,
    vault,
    cache: await openCache(null),
    server,
    platforms: [{ adapter: local, mode: 'thread' }],
    clock,
    log: createLog('silent'),
    model: null,
    webAddress: openWebUI.url,
    notice: null,
    admins: [],
    after: { titles: false, emoji: false, followUps: false },
    attachments: { files: 1, bytes: 1 },
  });
  await parley.start();
  await openWebUI.until(() => openWebUI.seen({ path: '/api/v1/prompts/' }).length > 0);
  const url = `http://127.0.0.1:${listener.address.port}`;
  return {
    url,
    token,
    silence() {
      ahead = 61_000;
      openWebUI.fault({ path: /./ }, { hang: true }, Number.MAX_SAFE_INTEGER);
    },
    async close() {
      await parley.stop(0);
      await listener.close();
      await disconnect(server);
      await openWebUI.close();
      await store.close();
    },
  };
}

/** The prompts as the server lists them. */
function promptRows() {
  return Array.from({ length: PROMPTS }, (_, at) => ({
    id: randomUUID(),
    command: `prompt-${at}`,
    user_id: 'someone',
    name: `Prompt number ${at} for the team ${at % 17}`,
    content: `Summarise {{text | textarea:required}} as {{form | select:options=["a","b"]}}.\n${'word '.repeat(100)}`,
    tags: [`tag-${at % 50}`],
    is_active: true,
    updated_at: at,
    access_grants: [],
  }));
}

const entered = z.object({ id: z.string(), key: z.string() });
const frame = z.looseObject({ type: z.string(), n: z.string().nullish() });

/** A tab: sends a frame and gives the milliseconds until an answer of the kind that is waited for. */
async function tab(bench: Bench, name: string) {
  const first = await fetch(`${bench.url}/?token=${bench.token}`);
  const headers = { cookie: first.headers.get('set-cookie')?.split(';')[0] ?? '', origin: bench.url };
  const response = await fetch(`${bench.url}/local/enter`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  const { id, key } = entered.parse(await response.json());
  const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/local/live`, { headers });
  let heard: (read: z.infer<typeof frame>) => void = () => undefined;
  socket.on('message', (data) => heard(frame.parse(JSON.parse(String(data)))));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const ask = (sent: object, kind: string): Promise<{ ms: number; answer: z.infer<typeof frame> }> =>
    new Promise((resolve, reject) => {
      const begun = performance.now();
      heard = (answer) => {
        if (answer.type === kind) resolve({ ms: performance.now() - begun, answer });
        else if (['refused', 'done', 'errors'].includes(answer.type)) reject(new Error(JSON.stringify(answer)));
      };
      socket.send(JSON.stringify(sent));
    });
  await ask({ type: 'hello', person: id, key, version: 'bench', seen: null, holds: [] }, 'ready');
  return { ask, close: () => socket.terminate() };
}

/** Waits until the prompts are known. */
async function warm(bench: Bench): Promise<void> {
  const page = await tab(bench, 'First');
  for (let at = 0; at < PER_TAB; at++) {
    const { answer } = await page.ask(
      { type: 'suggest', n: `w${at}`, to: 'team', command: 'prompt', option: 'prompt', typed: 'prompt' },
      'suggestions',
    );
    if (JSON.stringify(answer).length > 1_000) return page.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the prompts never came');
}

async function measure(bench: Bench): Promise<{ names: number[]; forms: number[] }> {
  const names: number[] = [];
  const forms: number[] = [];
  for (let from = 0; from < rounds; from += PER_TAB) {
    const page = await tab(bench, `Person ${from}`);
    for (let at = from; at < Math.min(rounds, from + PER_TAB); at++) {
      const n = `n${at}`;
      // Every tenth opens a form, the others type: the beginning, the middle, a tag, nothing, what fits nowhere.
      if (at % 10 === 9) {
        const text = `prompt-${(at * 37) % PROMPTS}`;
        const command = { type: 'command', n, to: 'team', name: 'prompt', text, files: [], target: null };
        forms.push((await page.ask(command, 'form')).ms);
        continue;
      }
      const typed = ['pro', `number ${at}`, `prompt-${at}`, 'tag-4', '', 'nothing at all', 'team 16', 'P', '4999'][
        at % 9
      ];
      const query = { type: 'suggest', n, to: 'team', command: 'prompt', option: 'prompt', typed };
      const { ms, answer } = await page.ask(query, 'suggestions');
      if (typed === 'pro' && JSON.stringify(answer).length < 1_000) throw new Error('nothing was suggested');
      names.push(ms);
    }
    page.close();
  }
  return { names, forms };
}

function quantile(all: readonly number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) * 10) / 10;
}

const bench = await open();
await warm(bench);
bench.silence();
const { names, forms } = await measure(bench).finally(() => bench.close());
const figures = [
  { name: 'suggestions, p50', value: quantile(names, 0.5), unit: 'ms', bound: null },
  { name: 'suggestions, p99', value: quantile(names, 0.99), unit: 'ms', bound: BOUND_MS },
  { name: 'form of a prompt, p50', value: quantile(forms, 0.5), unit: 'ms', bound: null },
  { name: 'form of a prompt, p99', value: quantile(forms, 0.99), unit: 'ms', bound: BOUND_MS },
];
const well = figures.every(({ value, bound }) => bound === null || value <= bound);
const found = {
  bench: 'suggest',
  prompts: PROMPTS,
  asked: names.length,
  forms: forms.length,
  loadBefore: before,
  well,
  figures,
};
if (values.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
else
  for (const { name, value, unit, bound } of figures)
    process.stdout.write(`${name}: ${value} ${unit}${bound === null ? '' : ` (at most ${bound} ${unit})`}\n`);
process.exitCode = well ? 0 : 1;
