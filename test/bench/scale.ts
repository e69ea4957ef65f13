/**
 * A thousand answers at once, through all of Parley, beside a bare reader of the same streams.
 * `node test/bench/scale.ts [--json] [--write] [--quick] [--streams 1000] [--calls 1000] [--profile FOLDER]`
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Figure, type Findings, figure, publish } from './figures.ts';
import { runScript, startServer } from './processes.ts';
import { type Load, loadSchema } from './scale/load.ts';
import { argumentsOf, type Plan } from './scale/plan.ts';

const RATE = 20;
/** A stream lasts so much longer than ramp and window, for the share of the ramp: the last answers need time to begin. */
const SPARE = 0.5;

const at = (path: string) => join(import.meta.dirname, path);
const standInSchema = z.object({ url: z.string(), key: z.string() });
const platformSchema = z.object({ url: z.string() });
const wholeSchema = loadSchema.extend({ calls: z.number(), refused: z.number(), failed: z.number() });

interface Options {
  readonly streams: number;
  readonly rampMs: number;
  readonly windowMs: number;
  readonly edits: number;
  readonly calls: number;
  /** A folder for the CPU profile of Parley; null for none. */
  readonly profile: string | null;
}

/** Runs both readers, one after the other, each in a process of its own on the same servers. */
async function measure(options: Options): Promise<Findings> {
  const { profile, ...load } = options;
  const seconds = Math.ceil(((1 + SPARE) * load.rampMs + load.windowMs) / 1000 + 1);
  const plan = { ...load, pieces: RATE * seconds, url: '', key: '', platform: '' };
  const standIn = await startServer(at('../servers/openwebui/serve.ts'), [`--rate=${RATE}`, `--seconds=${seconds}`]);
  const platform = await startServer(at('scale/platform.ts'), argumentsOf(plan));
  try {
    const { url, key } = standInSchema.parse(standIn.ready);
    const full: Plan = { ...plan, url, key, platform: platformSchema.parse(platform.ready).url };
    const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const bare = loadSchema.parse(await runScript(at('scale/bare.ts'), argumentsOf(full), ['--expose-gc']));
    const whole = await runScript(at('scale/whole.ts'), argumentsOf(full), ['--expose-gc', ...profiling]);
    return findings(options, bare, wholeSchema.parse(whole));
  } finally {
    await Promise.all([standIn.stop(), platform.stop()]);
  }
}

function findings(options: Options, bare: Load, whole: z.infer<typeof wholeSchema>): Findings {
  const { streams, windowMs, edits, calls } = options;
  return {
    bench: 'scale',
    figures: [
      figure('CPU beyond a bare reader', whole.cpu - bare.cpu, 'points of a core', 20),
      figure('memory of a reply beyond a bare reader', whole.rss - bare.rss, 'kB', 40),
      figure('event loop lag, p99', whole.lagP99, 'ms', 50),
      figure('characters lost', whole.lost, '', 0),
      ...both('CPU', 'points of a core', bare.cpu, whole.cpu),
      ...both('memory of a reply (RSS after gc)', 'kB', bare.rss, whole.rss),
      ...both('memory of a reply (RSS as it runs)', 'kB', bare.rssBefore, whole.rssBefore),
      ...both('memory of a reply (heap)', 'kB', bare.heap, whole.heap),
      ...both('event loop lag, p99', 'ms', bare.lagP99, whole.lagP99),
      ...both('event loop lag, most', 'ms', bare.lagMost, whole.lagMost),
      ...both('first token to read or visible, median', 'ms', bare.firstP50, whole.firstP50),
      ...both('first token to read or visible, p95', 'ms', bare.firstP95, whole.firstP95),
      ...both('last token to read or visible, p95', 'ms', bare.lastP95, whole.lastP95),
      figure('answers over before the end of the window: bare', bare.early, '', 0),
      figure('answers over before the end of the window: Parley', whole.early, '', 0),
      figure('answers that failed', whole.failed, '', 0),
      figure('writes to the platform', whole.calls, ''),
      figure('writes refused with 429', whole.refused, ''),
    ],
    notes: [
      `${streams} answers at ${RATE} tokens a second, all live through a window of ${windowMs / 1000} s; the server and the platform are other processes on the same machine.`,
      `The platform is the bench's own: one HTTP call for each write, ${edits} a second for each message and ${calls} a second in all, refused with 429 beyond.`,
      'The bare reader does one undici request, one eventsource-parser and one JSON.parse a token, in the same run.',
    ],
  };
}

function both(name: string, unit: string, bare: number, whole: number): Figure[] {
  return [figure(`${name}: bare`, bare, unit), figure(`${name}: Parley`, whole, unit)];
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    streams: { type: 'string' },
    edits: { type: 'string', default: '1' },
    calls: { type: 'string', default: '1000' },
    ramp: { type: 'string' },
    window: { type: 'string' },
    profile: { type: 'string' },
  },
});
const found = await measure({
  streams: Number(values.streams ?? (values.quick ? 20 : 1_000)),
  rampMs: 1000 * Number(values.ramp ?? (values.quick ? 0.2 : 20)),
  windowMs: 1000 * Number(values.window ?? (values.quick ? 0.5 : 8)),
  edits: Number(values.edits),
  calls: Number(values.calls),
  profile: values.profile ?? null,
});
publish(found, values);
