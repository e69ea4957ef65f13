import { vi } from 'vitest';

/** Runs beside every test file: what a test waits for may take so long where it says nothing else. A machine at work takes its time. */
const PATIENCE_MS = 10_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
