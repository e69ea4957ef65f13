/**
 * `npm run test:openwebui [-- --all]`: the contract suite of the Open WebUI client, and Parley whole (Slack, Discord, its page, tools,
 * prompts, and the chat in Open WebUI's own page), against real servers: the newest version, and with `--all` the older ones that
 * Parley supports. A version that cannot be installed here is named with the reason and skipped; a contract that is not kept ends
 * with 1.
 */
import { spawn } from 'node:child_process';
import { install, Lacking } from './install.ts';

/** One of each older generation (our reference, openwebui "Two generations" and "Release dates"). */
const OLDER = ['0.11.4', '0.10.2', '0.9.6', '0.8.12'];
const SUITES = ['contract-real', 'prompts-real']
  .map((name) => `test/openwebui/${name}.test.ts`)
  .concat('test/real/whole.test.ts', 'test/flow/real-credentials.test.ts', 'test/flow/ask-real.test.ts');

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function tryVersion(wanted: string | null): Promise<'kept' | 'broken' | 'skipped'> {
  let version: string;
  try {
    version = (await install(wanted, tell)).version;
  } catch (error) {
    if (!(error instanceof Lacking)) throw error;
    tell(`== Open WebUI ${wanted ?? 'newest'}: not tried, since it cannot be had here: ${error.message}`);
    return 'skipped';
  }
  tell(`== Open WebUI ${version}`);
  const env = { ...process.env, PARLEY_TEST_OPENWEBUI: version };
  const suite = spawn('vitest', ['run', ...SUITES], { env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => suite.on('close', resolve));
  return code === 0 ? 'kept' : 'broken';
}

const results: [string, string][] = [];
for (const version of process.argv.includes('--all') ? [null, ...OLDER] : [null]) {
  results.push([version ?? 'newest', await tryVersion(version)]);
}
for (const [version, result] of results) tell(`Open WebUI ${version}: ${result}`);
process.exitCode = results.some(([, result]) => result === 'broken') ? 1 : 0;
