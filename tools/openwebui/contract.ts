/**
 * `npm run test:openwebui [-- --all]`: the contract suite of the Open WebUI client, and Parley whole (Slack, Discord, its page, tools,
 * prompts, crashes, accounts, and the chat in Open WebUI's own page), against real servers: the newest version, and with `--all` the
 * older ones that Parley supports, one server at a time. A version that cannot be installed here is named with the reason and
 * skipped; a contract that is not kept ends with 1.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { install, Lacking } from './install.ts';

/** One of each older generation (our reference, openwebui "Two generations" and "Release dates"). */
const OLDER = ['0.11.4', '0.10.2', '0.9.6', '0.8.12'];

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const counts = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
});

/** What became of a version, in words. */
interface Result {
  readonly broken: boolean;
  readonly words: string;
}

async function tryVersion(wanted: string | null): Promise<Result> {
  let version: string;
  try {
    version = (await install(wanted, tell)).version;
  } catch (error) {
    if (!(error instanceof Lacking)) throw error;
    const words = `Open WebUI ${wanted ?? 'newest'}: not tried, since it cannot be had here: ${error.message}`;
    tell(`== ${words}`);
    return { broken: false, words };
  }
  tell(`== Open WebUI ${version}`);
  const since = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'parley-openwebui-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const env = { ...process.env, PARLEY_TEST_OPENWEBUI: version };
  const suite = spawn('vitest', ['run', ...reporters, 'test/real/whole.test.ts'], { env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => suite.on('close', resolve));
  const told = await countsIn(report);
  await rm(folder, { recursive: true, force: true });
  const seconds = Math.round((Date.now() - since) / 1000);
  const broken = code !== 0;
  return { broken, words: `Open WebUI ${version}: ${broken ? 'NOT KEPT' : 'kept'}; ${told}, ${seconds} s` };
}

/** How many tests there were; a run that broke off has left nothing to count. */
async function countsIn(report: string): Promise<string> {
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return 'the tests broke off';
  const { numPassedTests, numFailedTests, numPendingTests } = counts.parse(JSON.parse(text));
  return `${numPassedTests} tests passed, ${numFailedTests} failed, ${numPendingTests} left out`;
}

const results: Result[] = [];
for (const version of process.argv.includes('--all') ? [null, ...OLDER] : [null]) {
  results.push(await tryVersion(version));
}
tell('== Held against');
for (const { words } of results) tell(words);
process.exitCode = results.some(({ broken }) => broken) ? 1 : 0;
