import { describe, expect, it } from 'vitest';
import { createLines } from '../../src/tasks/lines.ts';
import { createTestClock } from '../clock.ts';

const never = new AbortController().signal;

describe('the line of an account', () => {
  it('lets twenty pass at once, tells the others when, and lets nobody wait behind one who asks for much', async () => {
    const clock = createTestClock(0);
    const lines = createLines(clock);
    const passed: string[] = [];
    const told = new Map<string, number>();
    const enter = (key: string, requester: string) =>
      lines.enter('a', { key, requester }, (at) => told.set(key, at), never).then(() => passed.push(key));
    for (let index = 0; index < 23; index += 1) void enter(`ann ${index}`, 'ann');
    void enter('ben', 'ben');
    await clock.settle();
    expect(passed).toHaveLength(20);
    expect(told.get('ben')).toBe(122_000);
    await clock.advance(121_000);
    expect(passed).toHaveLength(20);
    await clock.advance(2_000);
    expect(passed).toHaveLength(24);
    expect(passed[20]).toBe('ben');
    await clock.advance(300_000);
    expect(clock.timers()).toBe(0);
  });

  it('knows accounts apart, and leaves whoever gives up out', async () => {
    const clock = createTestClock(0);
    const lines = createLines(clock);
    const quiet = () => undefined;
    for (let index = 0; index < 20; index += 1)
      await lines.enter('a', { key: `${index}`, requester: 'ann' }, quiet, never);
    expect(await lines.enter('b', { key: 'x', requester: 'ann' }, quiet, never)).toBe(0);
    const gone = new AbortController();
    const waiting = lines.enter('a', { key: 'y', requester: 'ann' }, quiet, gone.signal);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ problem: { kind: 'stopped' } });
    lines.stop();
    expect(clock.timers()).toBe(0);
  });

  it('holds after a refusal, and gives the place back', async () => {
    const clock = createTestClock(0);
    const lines = createLines(clock);
    const at = await lines.enter('a', { key: '1', requester: 'ann' }, () => undefined, never);
    lines.refused('a', at);
    const told: number[] = [];
    const second = lines.enter('a', { key: '2', requester: 'ann' }, (when) => told.push(when), never);
    await clock.advance(31_000);
    expect(await second).toBe(30_000);
    expect(told).toEqual([30_000]);
    lines.stop();
  });

  it('is full at some point, and says so', async () => {
    const clock = createTestClock(0);
    const lines = createLines(clock);
    const all = Array.from({ length: 221 }, (_, index) =>
      lines.enter('a', { key: `${index}`, requester: 'ann' }, () => undefined, never),
    );
    const last = all.at(-1);
    await expect(last).rejects.toMatchObject({ problem: { kind: 'busy' } });
    lines.stop();
    expect(clock.timers()).toBe(0);
  });
});
