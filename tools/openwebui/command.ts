/** Runs a program to its end. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** How it ended: its exit code (null when a signal ended it) and the last 64 KB of what it said. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const keptOutput = 65_536;

/**
 * Runs a program and waits for it. Never rejects: a program that is not there ends with code 127. `logPath` gets all output. It ends
 * with this process: an install that goes on by itself would be in the way of the next one.
 */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; logPath?: string } = {},
): Promise<Ended> {
  const log = options.logPath === undefined ? null : createWriteStream(options.logPath, { flags: 'a' });
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    const over = (ended: Ended): void => {
      process.off('exit', kill);
      log?.end();
      resolve(ended);
    };
    const take = (chunk: Buffer): void => {
      log?.write(chunk);
      output = (output + chunk.toString('utf8')).slice(-keptOutput);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => over({ code: 127, output: error.message }));
    child.once('close', (code) => over({ code, output }));
  });
}
