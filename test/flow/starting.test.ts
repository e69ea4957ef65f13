import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/chat/clock.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createVault } from '../../src/store/vault.ts';
import { answer, says } from '../servers/openwebui/script.ts';
import { startScriptedOpenWebUI } from '../servers/openwebui/server.ts';
import { createPlain } from '../servers/plain.ts';
import { openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

describe('a restart in good order', () => {
  it('gives unfinished answers back at once, so that the next process need not wait for their leases', async () => {
    const store = openSqlite(':memory:', { vault: createVault(null) });
    const plain = createPlain({ clock: systemClock });
    world = await openWorld({ store, plain });
    world.openWebUI.next(answer(['Half an', { hold: true }]));
    await world.host.accept(world.message('Tell me'));
    await vi.waitFor(() => expect(world.last()?.text).toBe('Half an'));
    await world.parley.stop(0);
    expect(plain.told).toEqual([]);
    const { openWebUI } = world;
    openWebUI.next(says('The whole answer.'));
    const next = await openWorld({ store, plain, openWebUI });
    await vi.waitFor(() => expect(plain.standing()).toEqual(['The whole answer.']), { timeout: 5_000 });
    await next.close();
    await store.close();
  });
});

describe('Open WebUI that is down when Parley starts', () => {
  it('does not keep it from starting, and is asked as soon as it is back', async () => {
    const openWebUI = await startScriptedOpenWebUI();
    await openWebUI.down();
    world = await openWorld({ openWebUI });
    expect(await world.parley.unready()).toMatchObject({ store: null });
    await openWebUI.up();
    openWebUI.next(says('Good morning.'));
    await world.host.accept(world.message('Hello?'));
    await answered();
    expect(world.plain.standing()).toEqual(['Good morning.']);
    await openWebUI.close();
  });
});

describe('a connection', () => {
  it('whose commands could not be published still counts as connected', async () => {
    world = await openWorld({
      wrap: (adapter) => ({ ...adapter, publish: () => Promise.reject(new Error('later')) }),
    });
    expect((await world.parley.unready()).plain ?? null).toBeNull();
    expect(world.logged.join('')).toContain('commands');
  });
});
