import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { freePort } from '../../../tools/free-port.ts';
import { ended } from '../processes.ts';

/** A program whose start is measured. */
export interface Program {
  readonly script: string;
  /** Its settings, given the port that it shall answer on. */
  environment(port: number): Readonly<Record<string, string>>;
  /** Answers 200 once it is ready. */
  readonly path: string;
}

/** One start. Milliseconds and bytes. */
export interface Start {
  readonly ms: number;
  readonly rss: number;
  readonly rssCollected: number;
}

const GIVE_UP_MS = 60_000;
/** After it is ready, what was put off until then may happen, before memory is looked at. */
const SETTLE_MS = 2_000;
const memorySchema = z.object({ before: z.number(), after: z.number() });

/** Starts it with this compile cache in a folder of its own, measures, ends it, which also writes the cache. */
export async function launch(program: Program, cache: string, folder: string, memory: boolean): Promise<Start> {
  const port = await freePort();
  const { PATH = '' } = process.env;
  const node = memory ? ['--expose-gc', '--import', join(import.meta.dirname, 'inside.ts')] : [];
  const began = performance.now();
  const child = spawn(process.execPath, [...node, program.script], {
    cwd: folder,
    env: { PATH, NODE_COMPILE_CACHE: cache, ...program.environment(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    while (!(await answers(port, program.path))) {
      if (child.exitCode !== null) throw new Error(`${program.script} ended with ${child.exitCode}`);
      if (performance.now() - began > GIVE_UP_MS) throw new Error(`${program.script} does not become ready`);
      await sleep(4);
    }
    const ms = performance.now() - began;
    if (!memory) return { ms, rss: 0, rssCollected: 0 };
    await sleep(SETTLE_MS);
    const told = once(child, 'message');
    child.send('memory');
    const { before, after } = memorySchema.parse((await told)[0]);
    return { ms, rss: before, rssCollected: after };
  } finally {
    await ended(child);
  }
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false)).end();
  });
}
