import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { closeAfter } from '../close-after.ts';

const root = join(import.meta.dirname, '..', '..');
const { scripts } = z
  .object({ scripts: z.object({ start: z.string() }) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

it('a service manager that ends `npm start` ends Parley with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-npm-start-'));
  closeAfter(async () => rmSync(folder, { recursive: true, force: true }));
  // Not in the project's folder, which may have an .env of its own.
  symlinkSync(join(root, 'src'), join(folder, 'src'));
  // npm runs a script in a shell, and hands signals to that shell alone.
  const shell = spawn('sh', ['-c', scripts.start], {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      PARLEY_STORE: `sqlite:${join(folder, 'parley.db')}`,
      PARLEY_LISTEN: '127.0.0.1:0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that nothing is left over when this test fails.
    detached: true,
  });
  closeAfter(async () => {
    if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, 'SIGKILL');
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: shell.stdout })) {
    lines.push(line);
    // The output ends, and this loop with it, when the last process that writes to it has ended.
    if (line.includes('"msg":"ready"')) shell.kill('SIGTERM');
  }
  if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
  expect(lines.at(-1)).toContain('"msg":"closed"');
  expect(shell.exitCode).toBe(0);
});
