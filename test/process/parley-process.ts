import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { leaksInFile, leaksInLog } from '../secrets/scan.ts';

const root = join(import.meta.dirname, '..', '..');

/** Parley as its own process, as an operator starts it. */
export interface ParleyProcess {
  /** The link to the page that the log printed, without which nobody gets in. */
  readonly link: string;
  readonly lines: readonly string[];
  /** Ends it without a warning, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end; the exit code. */
  terminate(): Promise<number | null>;
}

/** Runs `node src/main.ts` with nothing in its environment but what is given. */
export function run(env: Record<string, string>, args: readonly string[] = [], cwd = root): ChildProcess {
  return spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Throws when a secret of its settings stands in what it printed, but for the link that says so, or in its store's files. */
function expectNoLeak(env: Record<string, string>, lines: readonly string[]): void {
  const secrets = Object.entries(env).flatMap(([name, value]) => (/KEY|TOKEN|PASSWORD/.test(name) ? [value] : []));
  const printed = lines.filter((line) => !line.includes('"msg":"Open http')).map((line) => `${line}\n`);
  const store = (env.PARLEY_STORE ?? '').replace(/^sqlite:/, '');
  const files = [store, `${store}-wal`].filter((path) => path.startsWith('/') && existsSync(path));
  const leaks = [
    ...leaksInLog(printed, { secrets, texts: [] }),
    ...files.flatMap((path) => leaksInFile(readFileSync(path), 'the store', secrets)),
  ];
  if (leaks.length > 0) throw new Error(`Secrets were found where they must not stand:\n${leaks.join('\n')}`);
}

/** What a process that ends by itself printed, and its exit code. */
export async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

/** Starts Parley and waits until it is ready; rejects with its output when it ends before that. */
export async function start(env: Record<string, string>, cwd = root): Promise<ParleyProcess> {
  const child = run(env, [], cwd);
  const lines: string[] = [];
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => take(line));
  }
  child.once('close', (code) => ready.reject(new Error(`Parley ended with ${code}:\n${lines.join('\n')}`)));
  let link = '';
  function take(line: string): void {
    lines.push(line);
    link ||= /Open (http\S+?)"/.exec(line)?.[1] ?? '';
    if (line.includes('"msg":"ready"')) ready.resolve(link);
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'close');
    }
    expectNoLeak(env, lines);
    return child.exitCode;
  };
  return {
    link: await ready.promise,
    lines,
    async kill() {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
  };
}
