import { vi } from 'vitest';

/** Runs beside every test file: what a test waits for may take at least so long. A machine at work takes its time. */
const PATIENCE_MS = 20_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) => {
  const given = typeof options === 'number' ? { timeout: options } : { ...options };
  return waitFor(callback, { ...given, timeout: Math.max(PATIENCE_MS, given.timeout ?? 0) });
};
