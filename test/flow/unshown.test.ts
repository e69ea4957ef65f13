import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { answer } from '../servers/openwebui/script.ts';
import { createPlain } from '../servers/plain.ts';
import { heldFile } from './held-file.ts';
import { CHANNEL, openWorld, THREAD, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

const line = 'plain:T1:C1:H1';

describe('an answer that nobody can be shown', () => {
  it('of a platform that is no longer connected ends, and holds nothing up', async () => {
    const store = openSqlite(':memory:', { vault: createVault(null) });
    const gone = createPlain({ clock: systemClock, name: 'gone' });
    world = await openWorld({ store, plain: gone, wrap: (adapter) => ({ ...adapter, name: 'other' }) });
    await world.host.accept(world.message('Hello?', { place: { ...THREAD, platform: 'gone' } }));
    await answered();
    // The log says so a moment before the store does.
    const state = async () => (await store.jobs.latest('turn', 'gone:T1:C1:H1', 1))[0]?.state;
    await vi.waitFor(async () => expect(await state()).toBe('done'));
  });

  it('because another process has the turn now is not said to be lost', async () => {
    world = await openWorld();
    let lost = false;
    world.openWebUI.next(answer(['Once', () => lost, ' more']));
    await world.host.accept(world.message('Tell me'));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Once'));
    world.store.outbox.put = async () => false;
    lost = true;
    await vi.waitFor(() => expect(world.openWebUI.streams.open).toBe(0));
    await vi.waitFor(() => expect(world.logged.join('')).toContain('lease lost'));
    await world.parley.stop(0);
    expect(world.plain.told).toEqual([]);
    expect(await world.store.jobs.pending('turn', line)).toHaveLength(1);
  });
});

describe('preparing that takes long', () => {
  it('shows a status with Stop after ten seconds, also before the model is asked', async () => {
    const held = heldFile();
    let now = 0;
    const timers: { at: number; task: () => void }[] = [];
    world = await openWorld({
      clock: {
        now: () => Date.now() + now,
        after(ms, task) {
          const timer = { at: Date.now() + now + ms, task };
          timers.push(timer);
          const cancel = systemClock.after(ms, task);
          return () => {
            cancel();
            timers.splice(timers.indexOf(timer), 1);
          };
        },
      },
      wrap: held.wrap,
    });
    await world.host.accept(world.message('Read this', { files: [held.file] }));
    await vi.waitFor(() => expect(world.plain.states).toEqual(['thinking…']));
    now += 11_000;
    for (const timer of [...timers]) if (timer.at <= Date.now() + now) timer.task();
    await vi.waitFor(() => expect(world.last()?.part.status).toBe('Still working on it…'));
    expect(world.buttons()).toEqual(['Stop']);
    held.arrive();
    await answered();
    await vi.waitFor(() => expect(world.plain.states.at(-1)).toBeNull());
  });
});

describe('a model chosen in a channel, outside of any thread', () => {
  it('answers the questions asked there from then on', async () => {
    world = await openWorld();
    const listed = JSON.stringify(await world.host.accept(world.command('model', '', { place: CHANNEL })));
    const wanted = [...listed.matchAll(/- `([^`]+)`/g)][1]?.[1] ?? '';
    expect(await world.host.accept(world.command('model', wanted, { place: CHANNEL }))).toMatchObject({
      body: { markdown: expect.stringContaining('in this channel') },
    });
    await world.host.accept(
      world.message('Who are you?', { place: CHANNEL, conversation: { ...CHANNEL, thread: 'thread-of-Q1' } }),
    );
    await answered();
    expect(world.openWebUI.asked[0]?.model).toBe(wanted);
  });
});
