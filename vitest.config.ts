import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/patience.ts', 'test/secrets/watch.ts'],
    // Tests wait for sockets most of their time: two files at once, also on a small machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // They only end what would hang: a machine that many share is slow at times, and no test is about these.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
  },
});
