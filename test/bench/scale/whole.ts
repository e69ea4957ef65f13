/** Parley whole, as main puts it together, on a store in a file, with many answers at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import * as z from 'zod';
import { systemClock } from '../../../src/chat/clock.ts';
import type { MessageEvent } from '../../../src/chat/events.ts';
import { messageKey, type Place } from '../../../src/chat/places.ts';
import { Secret } from '../../../src/chat/secret.ts';
import { connect, disconnect } from '../../../src/openwebui/connection.ts';
import { createLog } from '../../../src/ops/log.ts';
import { createParley } from '../../../src/parley.ts';
import { openStore } from '../../../src/store/address.ts';
import { openCache } from '../../../src/store/cache.ts';
import { createVault } from '../../../src/store/vault.ts';
import { person } from '../../person.ts';
import { readSteady } from '../../servers/openwebui/steady-answer.ts';
import { quantile } from '../figures.ts';
import { createBenchAdapter } from './adapter.ts';
import { type Load, spread, startMeter } from './load.ts';
import { planOf } from './plan.ts';
import { reportSchema } from './wire.ts';

/** After the last question has ended, its answer may be written so long. */
const DEADLINE_MS = 120_000;

/** Turns that have ended, by their outcome, as the log tells. */
const outcomes: string[] = [];
const lineSchema = z.object({ level: z.string(), msg: z.string(), outcome: z.string().optional() });

function hear(text: string): void {
  const line = lineSchema.parse(JSON.parse(text));
  if (line.outcome !== undefined) outcomes.push(line.outcome);
  else if (line.level !== 'info') process.stderr.write(text);
}

const plan = planOf(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'parley-scale-'));
const vault = createVault(null);
const store = await openStore(`sqlite:${join(folder, 'parley.db')}`, { vault });
const server = connect({ url: plan.url, key: new Secret(plan.key) });
const bench = createBenchAdapter(plan);
const parley = createParley({
  store,
  cache: await openCache(null, { report: () => undefined }),
  vault,
  server,
  platforms: [{ adapter: bench.adapter, mode: 'thread' }],
  clock: systemClock,
  log: createLog('info', { write: hear }),
  model: 'bench',
  webAddress: plan.url,
  notice: null,
  admins: [],
  after: { titles: false, emoji: false, followUps: false },
  attachments: { files: 10, bytes: 1_000_000 },
});
await parley.start();
const host = await bench.host;

function question(at: number): MessageEvent {
  const place: Place = { platform: 'bench', team: 'T1', channel: `c${at}`, thread: null, kind: 'direct' };
  const author = person(`Person ${at}`, { ref: { platform: 'bench', team: 'T1', id: `u${at}` } });
  const ref = { place, id: `Q${at}` };
  const message = { ref, author, text: `q${at}`, files: [], at: Date.now(), ours: false };
  return { type: 'message', key: messageKey(ref), message, addressed: 'direct', conversation: place, replyTo: null };
}

// Parley's own timers keep no process alive, and all that is left to wait for may be one of them.
const alive = setInterval(() => undefined, 1_000);
const meter = startMeter(plan.streams);
const accepted: Promise<unknown>[] = [];
await spread(plan.streams, plan.rampMs, (at) => accepted.push(host.accept(question(at))));
await Promise.all(accepted);
await bench.opened(plan.streams);
const load = await meter.measure(plan.windowMs);
const early = outcomes.length;
const deadline = performance.now() + DEADLINE_MS;
while (outcomes.length < plan.streams && performance.now() < deadline) await sleep(100);
const report = reportSchema.parse(await (await request(`${plan.platform}/report`)).body.json());
await parley.stop(10_000);
await disconnect(server);
await store.close();
rmSync(folder, { recursive: true });
clearInterval(alive);

const firsts: number[] = [];
const lasts: number[] = [];
let lost = 0;
for (let at = 0; at < plan.streams; at += 1) {
  const stands = report.channels[`c${at}`] ?? { text: '', firstAt: 0, lastAt: 0 };
  const read = readSteady(stands.text, at, plan.pieces);
  lost += read.lost;
  firsts.push(stands.firstAt - (read.firstAt ?? 0));
  lasts.push(stands.lastAt - (read.lastAt ?? 0));
}
const result: Load & { calls: number; refused: number; failed: number } = {
  ...load,
  firstP50: quantile(firsts, 0.5),
  firstP95: quantile(firsts, 0.95),
  lastP95: quantile(lasts, 0.95),
  lost,
  early,
  failed: plan.streams - outcomes.filter((outcome) => outcome === 'answered').length,
  calls: report.calls,
  refused: report.refused,
};
process.stdout.write(JSON.stringify(result));
