import { describe, expect, it, vi } from 'vitest';
import { closeAfter } from '../close-after.ts';
import { person } from '../person.ts';
import { quickClock } from '../quick-clock.ts';
import { openLinkWorld } from './link-world.ts';
import { openCloudWorld } from './nextcloud-world.ts';
import { pressIn, wordsIn } from './prompt-world.ts';
import { DIRECT, type World } from './world.ts';

// /forget while something goes on for the person: it ends, and nothing of it comes afterwards.

async function forget(world: World, by = 'Ann') {
  const asked = await world.host.accept(world.command('forget', '', { author: person(by), place: DIRECT }));
  return pressIn(world, asked, 'Yes, forget me', by);
}

describe('/forget', () => {
  it('calls off the tasks that run in Nextcloud and those that wait, and leaves no row of them', async () => {
    const world = await openCloudWorld({ clock: quickClock() });
    closeAfter(() => world.close());
    for (const text of ['One.', 'Two.', 'Three.'])
      await world.host.accept(world.command('nextcloud', `summarize ${text}`));
    await world.host.accept(world.command('nextcloud', 'summarize Of Ben.', { author: person('Ben') }));
    await vi.waitFor(() => expect(world.cloud.world.book.all().length).toBeGreaterThan(0));
    expect(wordsIn(await forget(world))).toContain('I have forgotten you');
    expect((await world.store.jobs.of('plain:T1:ann', 'task', 99)).filter(({ kind }) => kind === 'task')).toEqual([]);
    await vi.waitFor(() =>
      expect(world.cloud.world.book.all().map(({ input, status }) => [JSON.stringify(input), status])).toEqual(
        expect.arrayContaining([[expect.stringContaining('Of Ben.'), expect.stringMatching(/SCHEDULED|RUNNING/i)]]),
      ),
    );
    const alive = world.cloud.world.book.all().filter(({ status }) => /SCHEDULED|RUNNING/i.test(String(status)));
    expect(alive.map(({ input }) => JSON.stringify(input)).join()).not.toMatch(/One|Two|Three/);
    expect(await world.store.jobs.of('plain:T1:ben', 'task', 99)).toHaveLength(1);
  });

  it('takes a question that waits for a link away: the link that comes later asks nothing', async () => {
    const world = await openLinkWorld({ unlinked: 'require' });
    expect(wordsIn(await world.host.accept(world.message('What do I hide?')))).toContain('keep your question');
    await world.host.accept(world.message('And Ben?', { by: 'Ben' }));
    await forget(world);
    const kept = await world.store.forms.list('waiting question', 0);
    expect(kept.map(({ user }) => user)).toEqual(['plain:T1:ben']);
    expect(wordsIn(await world.link('Ann', world.keyOf('Ann')))).not.toContain('your question');
    expect(world.openWebUI.asked).toEqual([]);
  });
});
