/** Runs the scripted provider by itself: `node test/servers/provider/main.ts [port]`. Prints its address, ends on a signal. */
import { startProvider } from './provider.ts';

const provider = await startProvider({ port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${provider.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void provider.stop());
