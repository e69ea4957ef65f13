import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';

const script = join(import.meta.dirname, 'accept-forever.ts');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-kill-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the script until it has acknowledged so many lines, kills it, and gives every line that came out, the last ones too. */
async function killAfter(count: number, path: string): Promise<string[]> {
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === count) child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return lines;
}

it.each([1, 2, 77, 600])('loses nothing that was acknowledged when it is killed after %i lines', async (count) => {
  const path = join(folder, 'parley.db');
  const lines = await killAfter(count, path);
  expect(lines.length).toBeGreaterThanOrEqual(count);

  const store = openSqlite(path, { vault: createVault(null) });
  const finished = lines.filter((line) => line.startsWith('finished '));
  for (const line of lines.filter((line) => line.startsWith('accepted '))) {
    expect(await store.jobs.byKey(line.slice('accepted '.length))).not.toBeNull();
  }
  for (const line of finished) {
    const n = line.slice('finished '.length);
    expect((await store.jobs.byKey(`turn-${n}`))?.state).toBe('done');
    expect((await store.jobs.byKey(`after-${n}`))?.state).toBe('waiting');
  }
  // What was cut is there whole or not at all: a job is done exactly when its follower stands.
  const last = finished.length;
  const cut = await store.jobs.byKey(`turn-${last}`);
  const follower = await store.jobs.byKey(`after-${last}`);
  expect(cut?.state === 'done').toBe(follower !== null);
  await store.check();
  await store.close();
});
