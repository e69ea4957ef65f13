import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of the bench, started and ready. */
export interface Running {
  /** What it said on its first line. */
  readonly ready: unknown;
  /** Tells it to stop and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a script of ours that prints one line of JSON when it is ready and runs until it is told to stop. */
export async function startServer(script: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    return { ready: await firstLine(child), stop: () => ended(child) };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

/** Runs a script of ours to its end and gives the JSON that it printed. Rejects when it fails. */
export async function runScript(script: string, args: readonly string[], node: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [...node, script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const over = once(child, 'exit');
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
  const [code] = await over;
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text);
}

/** Tells a process to stop, and waits until it has. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGTERM');
  await over;
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  if (!child.stdout) throw new Error('a process without output');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error(`a process ended with ${child.exitCode} before it was ready`);
}
