import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/secrets/watch.ts'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
