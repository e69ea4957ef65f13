/**
 * How long Parley takes from the start of its process until `/readyz` says 200, and what it holds then, beside the bare imports of
 * the same libraries. `node test/bench/start.ts [--json] [--write] [--quick] [--runs 7]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, type Findings, figure, median, publish } from './figures.ts';
import { launch, type Program } from './start/launch.ts';
import { startOutside } from './start/platforms.ts';

const at = (path: string) => join(import.meta.dirname, path);
const MB = 1_048_576;

/** Medians of several starts of one program. */
interface Measured {
  readonly cold: number;
  readonly warm: number;
  readonly rss: number;
  readonly rssCollected: number;
}

/** Cold is with an empty compile cache; warm is with the one that the cold start left. */
async function measure(program: Program, runs: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
  try {
    const cold: number[] = [];
    const warm: number[] = [];
    const memory = [];
    for (let run = 0; run < runs; run += 1) {
      const cache = join(folder, `cache-${run}`);
      cold.push((await launch(program, cache, folder, false)).ms);
      warm.push((await launch(program, cache, folder, false)).ms);
    }
    for (let run = 0; run < Math.min(3, runs); run += 1)
      memory.push(await launch(program, join(folder, 'cache-0'), folder, true));
    return {
      cold: median(cold),
      warm: median(warm),
      rss: median(memory.map((each) => each.rss)) / MB,
      rssCollected: median(memory.map((each) => each.rssCollected)) / MB,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parley(settings: Readonly<Record<string, string>>): Program {
  return {
    script: at('../../src/main.ts'),
    path: '/readyz',
    environment: (port) => ({ PARLEY_LISTEN: `127.0.0.1:${port}`, ...settings }),
  };
}

const imports: Program = {
  script: at('start/imports.ts'),
  path: '/',
  environment: (port) => ({ PORT: String(port) }),
};

function figuresOf(all: Measured, bare: Measured, demo: Measured): Figure[] {
  return [
    figure('start, warm, all platforms', all.warm, 'ms', 600),
    figure('start, cold, all platforms', all.cold, 'ms'),
    figure('idle RSS, all platforms', all.rss, 'MB', 160),
    figure('idle RSS after gc, all platforms', all.rssCollected, 'MB'),
    figure('start, warm, bare imports', bare.warm, 'ms'),
    figure('start, cold, bare imports', bare.cold, 'ms'),
    figure('idle RSS, bare imports', bare.rss, 'MB'),
    figure('idle RSS after gc, bare imports', bare.rssCollected, 'MB'),
    figure('start, warm, nothing configured', demo.warm, 'ms'),
    figure('start, cold, nothing configured', demo.cold, 'ms'),
    figure('idle RSS, nothing configured', demo.rss, 'MB'),
    figure('idle RSS after gc, nothing configured', demo.rssCollected, 'MB'),
  ];
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
  },
});
const runs = Number(values.runs ?? (values.quick ? 1 : 7));
const outside = await startOutside();
try {
  const all = await measure(parley(outside.settings), runs);
  const bare = await measure(imports, runs);
  const demo = values.quick ? all : await measure(parley({}), runs);
  const found: Findings = {
    bench: 'start',
    figures: figuresOf(all, bare, demo),
    notes: [
      `Median of ${runs} starts, from the start of the process until /readyz answers 200; cold is with an empty compile cache, and the disk cache of the system is warm in both.`,
      'All platforms: Slack (Socket Mode), Discord and the local page, connected to test servers in other processes, as is Open WebUI.',
      'Bare imports: a program that imports bolt, discord.js, undici, eventsource-parser, keyv, pino and zod, and listens.',
      'Nothing configured: a bare `npm start`, with the demo stand-in for Open WebUI in the same process.',
      'Idle RSS is read 2 s after that, in separate starts.',
    ],
  };
  publish(found, values);
} finally {
  await outside.stop();
}
