/** `npm run openwebui -- up|down|status [--version X]`. */
import { help, parseArguments } from './arguments.ts';
import { Lacking } from './install.ts';
import { down, settings, status, up } from './updown.ts';

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const nothing = (version: string | null, verb: 'is' | 'was'): string =>
  version === null ? `Nothing ${verb} running.` : `Open WebUI ${version} ${verb} not running.`;

async function main(argv: readonly string[]): Promise<number> {
  const order = parseArguments(argv);
  if ('mistake' in order) {
    tell(`${order.mistake}\n\n${help}`);
    return 2;
  }
  if (order.action === 'help') print(help);
  if (order.action === 'up') print(settings(await up(order.version, tell)));
  if (order.action === 'down') {
    const stopped = await down(order.version);
    for (const state of stopped) tell(`Stopped Open WebUI ${state.version} at ${state.url}.`);
    if (stopped.length === 0) tell(nothing(order.version, 'was'));
  }
  if (order.action === 'status') {
    const found = (await status()).filter(({ state }) => order.version === null || state.version === order.version);
    for (const { state, server, provider } of found) {
      const alive = server ? 'running' : 'not running any more';
      print(`# Open WebUI ${state.version}: ${alive}; provider ${provider ? 'running' : 'not running any more'}`);
      if (server) print(settings(state));
    }
    if (found.length === 0) print(`# ${nothing(order.version, 'is')} Start it with: npm run openwebui -- up`);
    return found.some(({ server }) => server) ? 0 : 3;
  }
  return 0;
}

// A reader such as `head` may have seen enough before everything is printed.
process.stdout.once('error', () => process.exit(0));
// Ends what is half started: see the exit handlers in server.ts and updown.ts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof Lacking) tell(`Open WebUI cannot run here: ${error.message}`);
  else tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
});
