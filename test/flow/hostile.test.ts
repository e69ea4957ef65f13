import { describe, expect, it, vi } from 'vitest';
import { OPEN_TO_MEMBERS } from '../../src/chat/access.ts';
import { systemClock } from '../../src/chat/clock.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { quickClock } from '../quick-clock.ts';
import { says } from '../servers/openwebui/script.ts';
import { createPlain } from '../servers/plain.ts';
import { openLinkWorld } from './link-world.ts';
import { lastingVault } from './linked.ts';
import { openCloudWorld } from './nextcloud-world.ts';
import { wordsIn } from './prompt-world.ts';
import { CHANNEL, DIRECT, THREAD } from './world.ts';

// What a member of the team, or an admin, might try with what is not theirs.

describe('who else is on the server', () => {
  it('is suggested to those who may share something there, and to nobody who only uses the team’s account', async () => {
    const world = await openLinkWorld();
    world.keyOf('Zoe');
    const typed = (by: string) =>
      world.host
        .suggest({ command: 'prompts share', option: 'with', typed: '', author: person(by), place: CHANNEL })
        .map(({ label, hint }) => `${label} ${hint}`)
        .join();
    await vi.waitFor(() => expect(typed('Admin')).toContain('zoe@example.test'));
    expect(typed('Ann')).not.toMatch(/zoe/i);
    const told = await world.slash('prompts', 'share greet with=Zoe');
    expect(wordsIn(told)).not.toMatch(/zoe@/);
    await world.link('Ann', world.keyOf('Ann'));
    await vi.waitFor(() => expect(typed('Ann')).toContain('zoe@example.test'));
  });
});

describe('a task that failed in a channel that was closed since', () => {
  it('is not done again by its button, pressed in private', async () => {
    const vault = lastingVault();
    const store = openSqlite(':memory:', { vault });
    closeAfter(() => store.close());
    const shared = { store, vault, plain: createPlain({ clock: systemClock }), clock: quickClock() };
    const first = await openCloudWorld(shared);
    closeAfter(() => first.close());
    const { cloud } = first;
    await first.host.accept(first.command('nextcloud', 'summarize Rain.'));
    await vi.waitFor(() => expect(cloud.newest()).toBeGreaterThan(0));
    cloud.fail(cloud.newest(), null);
    await vi.waitFor(() => expect(first.buttons()).toContain('Retry'));
    const control = first.last()?.controls?.buttons.find(({ label }) => label === 'Retry')?.id ?? '';
    await first.parley.stop(0);
    const access = { ...OPEN_TO_MEMBERS, deny: [{ kind: 'channel', id: THREAD.channel }] as const };
    const world = await openCloudWorld({ ...shared, cloud, access });
    closeAfter(() => world.close());
    const { trigger, author, place, key } = world.command('x', '', { place: DIRECT });
    const on = { place, id: 'B' };
    const answer = await world.host.accept({ type: 'button', key, trigger, author, place, control, value: null, on });
    expect(wordsIn(answer)).toContain('I do not answer in this channel');
    expect(cloud.world.book.all()).toHaveLength(1);
  });
});

describe('an admin', () => {
  it('has nothing asked again that was said in direct messages: it would be asked with their account', async () => {
    const world = await openLinkWorld();
    world.openWebUI.next(says('Between us.'));
    await world.host.accept(world.message('Just between us?', { place: DIRECT, addressed: 'direct' }));
    await vi.waitFor(() => expect(world.buttons()).toContain('Regenerate'));
    expect(wordsIn(await world.press('Regenerate', 'Admin'))).toBe('Only Ann, who asked, can do that.');
    expect(world.openWebUI.asked).toHaveLength(1);
    expect(await world.press('Regenerate')).toEqual({ do: 'none' });
    await vi.waitFor(() => expect(world.openWebUI.asked).toHaveLength(2));
  });

  it('has no private task done again, whose result would come to them', async () => {
    const world = await openCloudWorld({ clock: quickClock() });
    closeAfter(() => world.close());
    await world.host.accept(world.command('nextcloud', 'summarize private=yes Something secret.'));
    await vi.waitFor(() => expect(world.cloud.newest()).toBeGreaterThan(0));
    world.cloud.fail(world.cloud.newest(), null);
    await vi.waitFor(() => expect(world.buttons()).toContain('Retry'));
    expect(wordsIn(await world.press('Retry', 'Admin'))).toBe('Only Ann, who asked, can do that.');
    expect(world.cloud.world.book.all()).toHaveLength(1);
    expect(await world.press('Retry')).toEqual({ do: 'work', private: true });
    await vi.waitFor(() => expect(world.cloud.world.book.all()).toHaveLength(2));
  });
});
