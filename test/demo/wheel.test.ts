import { expect, it } from 'vitest';
import { Wheel } from '../../src/demo/openwebui/wheel.ts';
import { createTestClock } from '../clock.ts';

it('runs tasks in time order, never early, with one timer for all', async () => {
  const clock = createTestClock(0);
  const wheel = new Wheel(clock, 10);
  const ran: string[] = [];
  wheel.after(31, () => ran.push('late'));
  wheel.after(5, () => ran.push('first'));
  wheel.after(7, () => ran.push('second'));
  expect(clock.timers()).toBe(1);
  await clock.advance(9);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual(['first', 'second']);
  await clock.advance(29);
  expect(ran).toHaveLength(2);
  await clock.advance(1);
  expect(ran).toEqual(['first', 'second', 'late']);
  expect(clock.timers()).toBe(0);
});

it('forgets what was cancelled, also from within the same slot, and takes new waits while it turns', async () => {
  const clock = createTestClock(0);
  const wheel = new Wheel(clock, 10);
  const ran: string[] = [];
  const cancels: (() => void)[] = [];
  wheel.after(1, () => {
    ran.push('one');
    for (const cancel of cancels) cancel();
    wheel.after(1, () => ran.push('three'));
  });
  cancels.push(wheel.after(1, () => ran.push('two')));
  await clock.advance(100);
  expect(ran).toEqual(['one', 'three']);
  wheel.after(10, () => ran.push('never'))();
  expect(clock.timers()).toBe(0);
});
