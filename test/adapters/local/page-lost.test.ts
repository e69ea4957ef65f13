import { expect, it } from 'vitest';
import { write } from './host.ts';
import { pageTests } from './page-tests.ts';

pageTests('without a connection', (at) => {
  it('keeps what was not sent, says why, and sends it when asked', async () => {
    const { ann, world } = at();
    let broken = true;
    world.host.answer = () => {
      if (broken) throw new Error('no');
      return { do: 'none' };
    };
    await ann.say('Important words');
    await ann.page.locator('[data-testid="unsent"][data-failed="true"]').waitFor();
    await ann.page.reload();
    await ann.by('unsent').getByText('Important words').waitFor();
    broken = false;
    await ann.by('try-again').click();
    await ann.by('message').getByText('Important words').waitFor();
    expect(await ann.by('unsent').count()).toBe(0);
    expect(world.host.events).toHaveLength(1);
  });

  it('comes back by itself after a restart, sends what was written meanwhile and misses nothing', async () => {
    const { ann, world } = at();
    await ann.say('Before');
    const { conversation } = await world.host.next('message');
    await ann.by('message').getByText('Before').waitFor();
    await world.down();
    await ann.by('lost').waitFor();
    await ann.say('Meanwhile');
    await ann.by('unsent').getByText('Meanwhile').waitFor();
    await world.restart();
    await (await write(world.local, conversation, 'x')).finish('Written while you were away.');
    await ann.by('message').getByText('Written while you were away.').waitFor();
    expect(await world.host.next('message')).toMatchObject({ message: { text: 'Meanwhile' } });
    await ann.by('message').getByText('Meanwhile').waitFor();
    await ann.by('lost').waitFor({ state: 'detached' });
    expect(await ann.by('unsent').count()).toBe(0);
  });

  it('asks to reload when the token is another now', async () => {
    const { ann, world } = at();
    await world.restart('another-token');
    await ann.by('stale').getByText('Open the new link').waitFor();
    expect(await ann.by('stale').getByRole('button', { name: 'Reload' }).count()).toBe(1);
  });
});
