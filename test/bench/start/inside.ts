/** Loaded into a process with `--import`: tells its memory when asked over the channel to its parent, before and after a collection. */
import process from 'node:process';

process.on('message', () => {
  const before = process.memoryUsage.rss();
  // Twice: what the first one finalises, the second one frees.
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.({ before, after: process.memoryUsage.rss() });
});
// Asking is no reason to stay alive.
process.channel?.unref();
