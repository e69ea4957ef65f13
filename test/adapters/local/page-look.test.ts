import { expect, it } from 'vitest';
import type { Button } from '../../../src/chat/view.ts';
import { write } from './host.ts';
import { pageTests } from './page-tests.ts';

const follow: Button = { id: 'follow:job:0', label: 'And then?', style: 'plain', role: 'follow-up' };

pageTests('how it looks', (at) => {
  it('takes the token out of the address, greets by name and says that a stand-in answers', async () => {
    const { ann } = at();
    expect(ann.page.url()).not.toContain('token');
    expect(await ann.by('welcome').innerText()).toContain('Hello Ann');
    expect(await ann.by('notice').innerText()).toBe('A stand-in answers.');
    expect(await ann.page.evaluate('document.cookie')).toBe('');
    expect(ann.said).toEqual([]);
  });

  it('stays where one reads while an answer grows, and jumps to the newest when asked', async () => {
    const { ann, world } = at();
    await ann.say('A long one');
    const { conversation } = await world.host.next('message');
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `Line ${i}`).join('\n\n');
    const writing = await write(world.local, conversation, lines(60));
    await ann.page.getByText('Line 59').waitFor();
    const scroll = ann.by('scroll');
    const fromEnd = () => scroll.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await expect.poll(fromEnd).toBeLessThan(5);
    await scroll.hover();
    await ann.page.mouse.wheel(0, -900);
    await ann.by('jump').waitFor();
    // A wheel turns smoothly: it has stopped when all of it is there.
    await expect.poll(fromEnd).toBeGreaterThanOrEqual(899);
    const top = await scroll.evaluate((box) => box.scrollTop);
    await writing.show(lines(90));
    await ann.page.getByText('Line 89').waitFor({ state: 'attached' });
    expect(Math.abs((await scroll.evaluate((box) => box.scrollTop)) - top)).toBeLessThan(3);
    await ann.by('jump').click();
    await expect.poll(fromEnd).toBeLessThan(5);
    await writing.finish(lines(120));
    await ann.page.getByText('Line 119').waitFor();
    await expect.poll(fromEnd).toBeLessThan(5);
  });

  it('shows a long note for one person from its top', async () => {
    const { ann, world } = at();
    const markdown = Array.from({ length: 90 }, (_, i) => `Line ${i}.`).join('\n\n');
    world.host.answer = () => ({ do: 'say', private: true, body: { markdown, controls: null } });
    await ann.say('/model');
    await ann.page.getByText('Line 89.').waitFor({ state: 'attached' });
    const scroll = ann.by('scroll');
    const shown = () =>
      ann.page.getByText('Line 0.', { exact: true }).evaluate((line) => line.getBoundingClientRect().top);
    const box = await scroll.evaluate((element) => element.getBoundingClientRect().top);
    await expect.poll(shown).toBeGreaterThan(box);
    expect(await shown()).toBeLessThan(box + 150);
  });

  it('follows the system’s colours, or the switch', async () => {
    const { ann } = at();
    const ground = () => ann.page.evaluate('getComputedStyle(document.body).backgroundColor');
    await ann.page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await ann.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await ann.by('theme').click();
    expect(await ground()).toBe(light);
    await ann.page.reload();
    await ann.by('theme').waitFor();
    expect(await ground()).toBe(light);
  });

  it('fits a phone: the list is a drawer, and nothing is wider than the screen', async () => {
    const { ann, world } = at();
    await ann.say(
      'A question that is not very short, with averyveryveryveryveryveryveryverylongwordinsideofitthatgoeson',
    );
    const { conversation } = await world.host.next('message');
    await (await write(world.local, conversation, 'x')).finish(
      '```\n' + 'wide '.repeat(60) + '\n```\n\n| a | b |\n| - | - |\n| ' + 'cell'.repeat(60) + ' | 2 |',
    );
    await ann.page.setViewportSize({ width: 360, height: 700 });
    await ann.page.locator('table').waitFor();
    expect(await ann.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await ann.by('scroll').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    expect(await ann.by('new-chat').isVisible()).toBe(false);
    await ann.by('open-list').click();
    await ann.by('new-chat').click();
    await ann.by('welcome').waitFor();
    expect(await ann.by('new-chat').isVisible()).toBe(false);
  });

  it('names everything that can be pressed', async () => {
    const { ann, world } = at();
    await ann.say('Hello');
    const { conversation } = await world.host.next('message');
    await (await write(world.local, conversation, 'x')).finish('Hi', { controls: { buttons: [follow], menu: null } });
    await ann.by('controls').waitFor();
    const nameless = await ann.page.evaluate(`
      [...document.querySelectorAll('button, a[href], input, textarea, select')]
        .filter((one) => !one.getAttribute('aria-label') && !one.textContent.trim() && !one.closest('label')?.textContent.trim())
        .map((one) => one.outerHTML.slice(0, 100))
    `);
    expect(nameless).toEqual([]);
  });
});
