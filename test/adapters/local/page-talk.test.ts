import { expect, it } from 'vitest';
import type { Button } from '../../../src/chat/view.ts';
import { enterAs, openTab } from './browser.ts';
import { write } from './host.ts';
import { pageTests } from './page-tests.ts';

const stop: Button = { id: 'stop:job:0', label: 'Stop', style: 'danger', role: 'stop' };
const follow: Button = { id: 'follow:job:0', label: 'And then?', style: 'plain', role: 'follow-up' };

pageTests('talking', (at) => {
  it('sends, shows the answer as it grows, and lists the conversation with title and emoji', async () => {
    const { ann, world } = at();
    await ann.say('How do tides come about?');
    const { message, conversation } = await world.host.next('message');
    expect(message).toMatchObject({ text: 'How do tides come about?', author: { name: 'Ann' } });
    const writing = await write(world.local, conversation, 'By the', { status: null });
    const answer = ann.page.locator('[data-author="parley"]');
    await answer.getByText('By the').waitFor();
    expect(await answer.getAttribute('aria-busy')).toBe('true');
    await writing.show('By the **Moon**');
    await answer.locator('strong').waitFor();
    expect(await ann.by('said').innerText()).toBe('');
    await writing.finish('By the **Moon**.');
    await ann.by('said').filter({ hasText: 'Parley: By the Moon.' }).waitFor({ state: 'attached' });
    await world.local.react(message.ref, '🌊', true);
    await world.local.title?.(conversation, 'Tides', 'model');
    await ann.by('conversation').filter({ hasText: 'Tides' }).filter({ hasText: '🌊' }).waitFor();
    await ann.by('reactions').filter({ hasText: '🌊' }).waitFor();
    await expect.poll(() => ann.page.title()).toBe('Tides · Parley');
    expect(ann.said).toEqual([]);
  });

  it('stops by button and by Escape, and asks what is offered next', async () => {
    const { ann, world } = at();
    await ann.say('Go on for ever');
    const { conversation } = await world.host.next('message');
    const writing = await write(world.local, conversation, 'For ever', { controls: { buttons: [stop], menu: null } });
    await ann.by('stop').click();
    expect(await world.host.next('button')).toMatchObject({ control: 'stop:job:0', author: { name: 'Ann' } });
    // Until the first press is answered, another would be the same one.
    await ann.page.locator('[data-testid="stop"]:enabled').waitFor();
    await ann.by('composer-text').press('Escape');
    expect(await world.host.next('button')).toMatchObject({ control: 'stop:job:0' });
    await writing.finish('Stopped.', { controls: { buttons: [follow], menu: null } });
    await ann.page.getByRole('button', { name: 'And then?' }).click();
    expect(await world.host.next('button')).toMatchObject({ control: 'follow:job:0' });
    expect(await ann.by('stop').count()).toBe(0);
  });

  it('keeps two tabs of one person in step', async () => {
    const { ann, world } = at();
    await ann.say('One');
    await world.host.next('message');
    await ann.by('message').getByText('One').waitFor();
    const second = await openTab(ann.context, ann.page.url());
    await second.by('message').getByText('One').waitFor();
    await second.say('Two');
    await ann.by('message').getByText('Two').waitFor();
    await ann.by('title').click();
    await ann.by('title-text').fill('Counting');
    await ann.by('title-text').press('Enter');
    await second.by('conversation').filter({ hasText: 'Counting' }).waitFor();
    expect(await world.host.next('renamed')).toMatchObject({ title: 'Counting' });
  });

  it('lets two people share a thread, and keeps private chats apart', async () => {
    const { ann, world, browser } = at();
    await ann.say('My diary');
    const bob = await enterAs(browser, world, 'Bob');
    await ann.by('new-shared').click();
    await ann.say('Lunch, anybody?');
    await bob.by('conversation').filter({ hasText: 'Lunch' }).click();
    await bob.by('message').getByText('Lunch, anybody?').waitFor();
    await bob.say('Gladly');
    await ann.by('message').filter({ hasText: 'Bob' }).getByText('Gladly').waitFor();
    expect(await bob.by('conversation').filter({ hasText: 'diary' }).count()).toBe(0);
    await bob.by('message').getByText('Gladly').waitFor();
    expect(await bob.by('edit').count()).toBe(1);
    await bob.context.close();
  });

  it('edits the last message with the arrow key, and deletes it', async () => {
    const { ann, world } = at();
    await ann.say('Teh tides');
    await ann.by('message').waitFor();
    await ann.by('composer-text').press('ArrowUp');
    await ann.by('edit-text').fill('The tides');
    await ann.by('edit-text').press('Enter');
    expect(await world.host.next('edited')).toMatchObject({ message: { text: 'The tides' } });
    await ann.by('message').getByText('edited').waitFor();
    await ann.by('message').hover();
    await ann.by('delete').click();
    await world.host.next('deleted');
    await ann.by('message').waitFor({ state: 'detached' });
  });
});
