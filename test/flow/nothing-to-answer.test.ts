import { afterEach, describe, expect, it, vi } from 'vitest';
import { person } from '../person.ts';
import { DIRECT, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function answered(count = 1): Promise<void> {
  await vi.waitFor(() => expect(world.logged.filter((line) => line.includes('"turn over"'))).toHaveLength(count), {
    timeout: 5_000,
  });
}

describe('what there is nothing to answer in', () => {
  it('an empty direct message is met with a hint', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi', { place: DIRECT, addressed: 'direct' }));
    await answered();
    expect(
      await world.host.accept(world.message(' \u200b\u0000', { place: DIRECT, addressed: 'direct' })),
    ).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringMatching(/^Hello!/) },
    });
  });

  it('an empty message in a conversation, not addressed to anybody, is left alone', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.message(' ', { addressed: 'ambient' }))).toEqual({ do: 'none' });
  });

  it('a question by command is as long as any may be', async () => {
    world = await openWorld();
    expect(await world.host.accept(world.command('ask', 'x'.repeat(100_001)))).toMatchObject({
      do: 'say',
      body: { markdown: expect.stringMatching(/100,001 characters.*file/) },
    });
  });

  it('a line of nothing but Parley’s own name does no harm', async () => {
    world = await openWorld();
    const answer = await world.host.accept(world.message(`/${'parley '.repeat(14_000)}`));
    expect(['say', 'work']).toContain(answer.do);
  });

  it('a title without a letter, or of a whole page, is refused in words', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    expect(await world.host.accept(world.command('title', 'x'.repeat(5_000)))).toMatchObject({
      body: { markdown: expect.stringContaining('100 characters') },
    });
    const { options, ...named } = world.command('title');
    expect(await world.host.accept({ ...named, options: { ...options, text: ' \n ' } })).toMatchObject({
      body: { markdown: expect.stringContaining('fill this in') },
    });
  });
});

describe('a guest', () => {
  it('is told once, when asking, and not at every word afterwards', async () => {
    world = await openWorld();
    await world.host.accept(world.message('Hi'));
    await answered();
    const guest = person('Gus', { guest: true });
    await world.host.accept(world.message('Me too', { author: guest }));
    await vi.waitFor(() => expect(world.plain.told).toHaveLength(1));
    await world.host.accept(world.message('Hello?', { author: guest, addressed: 'ambient' }));
    expect(world.plain.told).toMatchObject([
      { user: guest.ref, body: { markdown: expect.stringContaining('guests') } },
    ]);
  });
});
