import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { quantile } from '../figures.ts';

/** What a reader of many streams cost while all of them were live. */
export const loadSchema = z.object({
  /** Points of one core: 100 is a core in full use. */
  cpu: z.number(),
  /** Kilobytes for each stream more than before the first, after a garbage collection. */
  rss: z.number(),
  heap: z.number(),
  /** Kilobytes for each stream without one. */
  rssBefore: z.number(),
  /** Lateness of a 10 ms timer, in milliseconds. */
  lagP99: z.number(),
  lagMost: z.number(),
  /** First piece written by the server until it was read or visible, in milliseconds. */
  firstP50: z.number(),
  firstP95: z.number(),
  /** The same for the last piece. */
  lastP95: z.number(),
  lost: z.number(),
  /** Answers that ended before everything was measured: the figures then stand for fewer streams than they say. */
  early: z.number(),
});
export type Load = z.infer<typeof loadSchema>;

const TICK_MS = 10;

/** Measures the load of this process from now on; `measure` waits through the window in which all streams are live. */
export function startMeter(streams: number) {
  collect();
  const before = process.memoryUsage();
  return {
    async measure(windowMs: number): Promise<Pick<Load, 'cpu' | 'rss' | 'heap' | 'rssBefore' | 'lagP99' | 'lagMost'>> {
      const late: number[] = [];
      let due = performance.now() + TICK_MS;
      const tick = () => {
        const now = performance.now();
        late.push(Math.max(0, now - due));
        due = now + TICK_MS;
        timer = setTimeout(tick, TICK_MS);
      };
      let timer = setTimeout(tick, TICK_MS);
      const began = performance.now();
      const cpu = process.cpuUsage();
      await sleep(windowMs);
      const used = process.cpuUsage(cpu);
      const took = performance.now() - began;
      clearTimeout(timer);
      const live = process.memoryUsage();
      collect();
      const kept = process.memoryUsage();
      const each = (bytes: number) => bytes / 1024 / streams;
      return {
        cpu: ((used.user + used.system) / 1000 / took) * 100,
        rss: each(kept.rss - before.rss),
        heap: each(kept.heapUsed + kept.external - before.heapUsed - before.external),
        rssBefore: each(live.rss - before.rss),
        lagP99: quantile(late, 0.99),
        lagMost: quantile(late, 1),
      };
    },
  };
}

/** Does `task(0 … count-1)`, spread evenly over `overMs`. */
export async function spread(count: number, overMs: number, task: (at: number) => void): Promise<void> {
  const began = performance.now();
  for (let at = 0; at < count; at += 1) {
    const wait = began + (at * overMs) / count - performance.now();
    if (wait > 1) await sleep(wait);
    task(at);
  }
}

function collect(): void {
  if (!globalThis.gc) throw new Error('start me with --expose-gc');
  globalThis.gc();
  globalThis.gc();
}
