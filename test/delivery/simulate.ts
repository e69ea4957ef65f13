import type { Rate } from '../../src/chat/limits.ts';
import { createDelivery } from '../../src/delivery/delivery.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { createPlain, PLACE } from '../servers/plain.ts';
import { createMemoryOutbox } from './memory-outbox.ts';
import { view } from './world.ts';

/** One run: so many answers at once in one scope of a platform. */
export interface Scenario {
  readonly name: string;
  readonly replies: number;
  /** What the platform grants for edits. */
  readonly real: Rate;
  /** What it publishes, where that is more than it grants. */
  readonly published?: Rate;
  /** It counts in fixed windows and says so in headers. */
  readonly windows?: boolean;
  /** There and back, in milliseconds. */
  readonly tripMs: number;
  readonly retryAfterMs: number;
  /** UTF-16 units of a message. */
  readonly max?: number;
  /** Characters per second of each answer; spread over 60–400 when not given. */
  readonly speed?: number;
  readonly seconds?: number;
  /** Answers begin this far apart, in milliseconds. */
  readonly apartMs?: number;
}

export interface Outcome {
  /** Mean delay of a character, in seconds, and what the square-root law allows (our reference, streaming 3.1). */
  readonly D: number;
  readonly best: number;
  /** Last text produced to last text visible, mean, in seconds. */
  readonly lag: number;
  readonly TTFV: number;
  readonly calls: number;
  readonly refused: number;
  readonly lost: number;
}

const CHUNK_MS = 50;

/** Runs the real delivery against the plain platform in simulated time. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const clock = createTestClock();
  const seconds = scenario.seconds ?? 20;
  let seed = 7;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  // Uneven trips, as on a real line: 0.7 to 1.3 of the mean.
  const latency = (): number => Math.round((scenario.tripMs / 2) * (0.7 + 0.6 * random()));
  const plain = createPlain({
    clock,
    windows: scenario.windows ?? false,
    budget: (scope, left, resetMs) => delivery.learn('plain', scope, left, resetMs),
    max: scenario.max ?? 100_000,
    real: { edit: scenario.real },
    ...(scenario.published && { published: { edit: scenario.published } }),
    retryAfterMs: scenario.retryAfterMs,
    latency,
  });
  const delivery = createDelivery({
    adapter: () => plain.adapter,
    outbox: createMemoryOutbox(),
    clock,
    random,
    log: () => undefined,
  });
  const speeds = Array.from(
    { length: scenario.replies },
    (_, i) => scenario.speed ?? 60 + (340 * ((i * 7 + 3) % scenario.replies)) / Math.max(1, scenario.replies - 1 || 1),
  );
  let running = true;
  const all = Promise.all(speeds.map((speed, i) => answer(clock, i, speed))).finally(() => {
    running = false;
  });
  while (running) await clock.advance(1_000);
  const answers = await all;
  await delivery.stop(0);

  async function answer(time: TestClock, index: number, speed: number) {
    const place = { ...PLACE, channel: `C${index}`, thread: `H${index}` };
    const expiresAt = time.now() + 1e9;
    await waitFor(time, index * (scenario.apartMs ?? 0));
    const reply = delivery.reply({
      lease: null,
      job: `job${index}`,
      generation: 0,
      place,
      via: null,
      after: null,
      reuse: [],
      expiresAt,
    });
    const produced: { at: number; length: number }[] = [];
    let text = '';
    for (let ms = 0; ms < seconds * 1000; ms += CHUNK_MS) {
      const due = Math.round((speed * (ms + CHUNK_MS)) / 1000);
      while (text.length < due)
        text += (text.length + index) % 6 === 5 ? ' ' : 'abcdefgh'.charAt((text.length * 7 + index) % 8);
      produced.push({ at: time.now(), length: text.length });
      reply.show(view(text));
      await waitFor(time, CHUNK_MS);
    }
    const done = await reply.finish(view(text));
    return { place, text, produced, ok: done.ok };
  }

  function waitFor(time: TestClock, ms: number): Promise<void> {
    return new Promise((resolve) => void time.after(ms, resolve));
  }
  return measure();

  function measure(): Outcome {
    let staleness = 0;
    let characters = 0;
    let lag = 0;
    let first = 0;
    let lost = 0;
    for (const { place, text, produced, ok } of answers) {
      const messages = plain.messages.filter((one) => one.place.channel === place.channel);
      const changes = messages.flatMap((one, part) =>
        one.history.map((state) => ({ at: state.at, part, length: state.text.length })),
      );
      changes.sort((a, b) => a.at - b.at);
      const visible = new Map<number, number>();
      const shown = changes.map((change) => {
        visible.set(change.part, change.length);
        return { at: change.at, length: [...visible.values()].reduce((sum, one) => sum + one, 0) };
      });
      const final = messages.map((one) => one.text).join('');
      const whole = text.replace(/\s/g, '').length;
      if (!ok || final.replace(/\s/g, '').length !== whole) lost += 1;
      const times = [...new Set([...produced, ...shown].map((one) => one.at))].sort((a, b) => a - b);
      times.forEach((at, i) => {
        const next = times[i + 1] ?? at;
        const made = produced.findLast((one) => one.at <= at)?.length ?? 0;
        const seen = shown.findLast((one) => one.at <= at)?.length ?? 0;
        staleness += Math.max(0, made - seen) * (next - at);
      });
      characters += text.length;
      const last = produced.at(-1)?.at ?? 0;
      const end = shown.find((one) => one.length >= (shown.at(-1)?.length ?? 0))?.at ?? last;
      lag += Math.max(0, end - last) / 1000;
      first += ((shown[0]?.at ?? 0) - (produced[0]?.at ?? 0)) / 1000;
    }
    const rate = (scenario.real.burst + scenario.real.perSecond * seconds) / seconds;
    const root = speeds.reduce((sum, one) => sum + Math.sqrt(one), 0);
    const sum = speeds.reduce((total, one) => total + one, 0);
    const best = scenario.tripMs / 2000 + root ** 2 / (2 * rate * sum);
    const calls = [...plain.calls.values()].reduce((total, one) => total + one, 0);
    const n = answers.length;
    return {
      D: staleness / characters / 1000,
      best,
      lag: lag / n,
      TTFV: first / n,
      calls: calls / n,
      refused: plain.refused,
      lost,
    };
  }
}
