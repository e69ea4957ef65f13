/**
 * Which process a number means. A process id is used again after its process has ended, so it is kept together with the
 * process's start, and nothing is stopped unless both still agree.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A process as it was when we started it. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in the words of the system. Opaque; only compared. */
  readonly started: string;
}

/** The mark of a process that runs now, or null when there is none (or only its remains). */
export async function markOf(pid: number): Promise<ProcessMark | null> {
  if (process.platform === 'linux')
    return readFile(`/proc/${pid}/stat`, 'utf8').then((stat) => fromStat(pid, stat), absent);
  const found = await execute('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(absent);
  const started = found?.stdout.trim() ?? '';
  return started === '' ? null : { pid, started };
}

/**
 * Reads `/proc/<pid>/stat`. The program's name stands in brackets and may hold anything, brackets and spaces too, so fields are
 * counted after the last one: the state is the first, the start (clock ticks since boot) the twentieth.
 */
export function fromStat(pid: number, stat: string): ProcessMark | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || state === 'Z' || started === undefined ? null : { pid, started };
}

/** Whether this very process still runs. */
export async function isRunning(mark: ProcessMark): Promise<boolean> {
  return (await markOf(mark.pid))?.started === mark.started;
}

/**
 * Ends this very process: asked first, forced after `patienceMs`. Answers false when it was not running any more, in which case
 * nothing was touched.
 */
export async function stopProcess(mark: ProcessMark, patienceMs = 10_000): Promise<boolean> {
  if (!(await isRunning(mark))) return false;
  signal(mark.pid, 'SIGTERM');
  for (let waited = 0; waited < patienceMs; waited += 100) {
    await delay(100);
    if (!(await isRunning(mark))) return true;
  }
  signal(mark.pid, 'SIGKILL');
  for (let waited = 0; waited < 2000 && (await isRunning(mark)); waited += 50) await delay(50);
  return true;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function absent(): null {
  return null;
}
