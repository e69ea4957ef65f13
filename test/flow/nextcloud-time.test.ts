import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestClock, type TestClock } from '../clock.ts';
import { person } from '../person.ts';
import { type CloudWorld, openCloudWorld } from './nextcloud-world.ts';
import { THREAD } from './world.ts';

// Time is the test's: hours pass in seconds, while every call goes over a real socket.

const HOUR = 3_600_000;
let world: CloudWorld;
let clock: TestClock;
afterEach(() => world?.close());

const soon = { timeout: 8_000, interval: 10 };
const run = (line: string, by = 'Ann') =>
  world.host.accept(world.command('nextcloud', line, { author: person(by), place: THREAD }));
const real = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Lets time pass in steps; after each, calls over sockets come to their end before more of it passes. */
async function pass(ms: number, step = 20_000): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    await clock.advance(Math.min(step, left));
    do await real(2);
    while (world.cloud.unanswered() > 0);
  }
}

async function begun(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.cloud.world.book.all().length).toBe(count), soon);
}

describe('a task that takes its time', () => {
  it('tells how long it has been waiting, after a minute what may be amiss, then how far it is, with an end in sight', async () => {
    clock = createTestClock();
    world = await openCloudWorld({ clock });
    await run('summarize Hello.');
    await begun();
    await pass(42_000, 1_000);
    await vi.waitFor(() => expect(world.status()).toMatch(/^Waiting in Nextcloud’s queue · (35|40) s$/), soon);
    expect(world.buttons()).toEqual(['Cancel']);
    await pass(60_000, 1_000);
    await vi.waitFor(
      () => expect(world.status()).toMatch(/ · 1 min · Still waiting\. The server may have no worker/),
      soon,
    );
    const id = world.cloud.newest();
    world.cloud.start(id);
    await pass(20_000, 1_000);
    world.cloud.progress(id, 0.25);
    await pass(60_000, 1_000);
    await vi.waitFor(() => expect(world.status()).toMatch(/^Running 25 % · 1 min · about \d min left$/), soon);
    world.cloud.finish(id);
    await pass(40_000, 1_000);
    await vi.waitFor(() => expect(world.results()).toEqual(['Hello.']), soon);
    const edits = world.plain.messages.at(-1)?.history.length ?? 0;
    expect(edits).toBeLessThan(30);
  });

  it('of many hours is looked at ever more seldom, survives restarts and maintenance, and is shown once', async () => {
    clock = createTestClock();
    const first = await openCloudWorld({ clock });
    world = first;
    const { store, plain, cloud, openWebUI } = first;
    await run('summarize Hello.');
    await begun();
    await pass(6 * HOUR);
    await first.parley.stop(0);
    world = await openCloudWorld({ clock, store, plain, cloud, openWebUI });
    await pass(HOUR / 2);
    cloud.settings.maintenance = true;
    await pass(HOUR / 2);
    await vi.waitFor(() => expect(world.status()).toMatch(/being maintained right now\. I keep trying · /), soon);
    cloud.settings.maintenance = false;
    await pass(HOUR / 6);
    expect(cloud.seen({ path: /task\/\d+$/ }).length).toBeLessThan(400);
    expect(cloud.seen({ path: /schedule$/ })).toHaveLength(1);
    cloud.work();
    await pass(HOUR / 5);
    await vi.waitFor(() => expect(world.results()).toEqual(['Hello.']), soon);
    await world.close();
    await first.close();
  }, 120_000);
});

describe('twenty tasks in two minutes', () => {
  it('more wait for their turn, are told when, share it fairly, and the server refuses none', async () => {
    clock = createTestClock();
    world = await openCloudWorld({ clock, server: { held: false, pace: 'instant' } });
    for (let index = 0; index < 24; index += 1) await run(`summarize Text ${index}.`);
    await begun(20);
    await run('summarize Mine alone.', 'Ben');
    await pass(12_000, 1_000);
    await vi.waitFor(() => {
      const told = world.plain.messages
        .map((one) => one.part.status ?? '')
        .filter((status) => status.includes('yours starts'));
      expect(told).toHaveLength(5);
      expect(told[0]).toMatch(/^Nextcloud takes 20 tasks in two minutes; yours starts in about (1 min|\d+ s)$/);
    }, soon);
    expect(world.cloud.world.book.all()).toHaveLength(20);
    await pass(125_000, 1_000);
    await begun(25);
    const inputs = world.cloud.world.book.all().map((task) => task.input.input);
    // Ben asked last and has had nothing yet: his one task does not wait behind Ann's four.
    expect(inputs[20]).toBe('Mine alone.');
    expect(world.cloud.seen({ path: /schedule$/ })).toHaveLength(25);
  });

  it('places that others took are waited for, too: a refusal costs nobody the task', async () => {
    clock = createTestClock();
    world = await openCloudWorld({ clock, server: { held: false, pace: 'instant' } });
    world.cloud.fault({ path: /schedule$/ }, { status: 429, body: null, headers: { 'content-type': 'text/html' } }, 2);
    await run('summarize Hello.');
    await pass(90_000, 1_000);
    await vi.waitFor(() => expect(world.results()).toEqual(['Hello.']), soon);
    expect(world.cloud.seen({ path: /schedule$/ })).toHaveLength(3);
  });
});
