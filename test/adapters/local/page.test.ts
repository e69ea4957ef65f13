import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Form, field } from '../../../src/chat/forms.ts';
import type { Button } from '../../../src/chat/view.ts';
import { browserGroup, chromiumPath, enterAs, openBrowser, openTab, type Tab } from './browser.ts';
import { write } from './host.ts';
import { openWorld, type World } from './world.ts';

const stop: Button = { id: 'stop:job:0', label: 'Stop', style: 'danger', role: 'stop' };
const follow: Button = { id: 'follow:job:0', label: 'And then?', style: 'plain', role: 'follow-up' };
const form: Form = {
  id: 'form-1',
  title: 'Ask well',
  intro: 'Tell me more.',
  submit: 'Ask',
  errors: {},
  fields: [
    field({ name: 'question', type: 'text', label: 'Question', required: true }),
    field({ name: 'on', type: 'toggle', label: 'Quickly' }),
    field({ name: 'how', type: 'choice', label: 'How', choices: [{ label: 'Short', value: 'short', hint: null }] }),
  ],
};

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  let world: World;
  let ann: Tab;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    world = await openWorld({ notice: 'A stand-in answers.' });
    ann = await enterAs(browser, world, 'Ann');
  });
  afterEach(async () => {
    await ann.context.close();
    await world.close();
  });

  it('takes the token out of the address, greets by name and says that a stand-in answers', async () => {
    expect(ann.page.url()).not.toContain('token');
    expect(await ann.by('welcome').innerText()).toContain('Hello Ann');
    expect(await ann.by('notice').innerText()).toBe('A stand-in answers.');
    expect(await ann.page.evaluate('document.cookie')).toBe('');
    expect(ann.said).toEqual([]);
  });

  it('sends, shows the answer as it grows, and lists the conversation with title and emoji', async () => {
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

  it('runs commands by keyboard alone: menu, completion, options', async () => {
    world.host.choices = ({ typed }) =>
      ['llama', 'mistral']
        .filter((name) => name.startsWith(typed))
        .map((value) => ({ label: value, value, hint: null }));
    const field = ann.by('composer-text');
    await field.pressSequentially('/m');
    await ann.by('offer').filter({ hasText: '/model' }).waitFor();
    await field.press('Enter');
    expect(await field.inputValue()).toBe('/model ');
    await field.pressSequentially('mi');
    await ann.by('offer').filter({ hasText: 'mistral' }).waitFor();
    await field.press('ArrowDown');
    await field.press('Enter');
    expect(await field.inputValue()).toBe('/model mistral ');
    await field.pressSequentially('for=');
    await ann.by('offer').filter({ hasText: 'Me, everywhere' }).waitFor();
    await field.press('ArrowUp');
    await field.press('Tab');
    await field.press('Enter');
    expect(await world.host.next('command')).toMatchObject({ name: 'model', text: 'mistral for=me' });
  });

  it('fills in a form by keyboard, and shows what is wrong at the field', async () => {
    world.host.answer = (event) => {
      if (event.type === 'command') return { do: 'form', form };
      return event.type === 'form' && event.values.get('question') === 'Why'
        ? { do: 'errors', fields: { question: 'Ask a whole question.' } }
        : { do: 'none' };
    };
    await ann.say('/ask');
    await ann.by('form').waitFor();
    expect(await ann.page.locator('#field-question:focus').count()).toBe(1);
    await ann.page.keyboard.press('Enter');
    await ann.by('form').getByText('Please fill this in.').waitFor();
    await ann.page.keyboard.type('Why');
    await ann.page.keyboard.press('Tab');
    await ann.page.keyboard.press('Space');
    await ann.page.keyboard.press('Enter');
    await ann.by('form').getByText('Ask a whole question.').waitFor();
    expect(await ann.page.getByLabel('Question').getAttribute('aria-invalid')).toBe('true');
    await ann.page.getByLabel('Question').fill('Why is the sky blue?');
    await ann.by('form-submit').click();
    await ann.by('form').waitFor({ state: 'detached' });
    const sent = await world.host.next('form');
    const last = world.host.events.findLast((event) => event.type === 'form') ?? sent;
    expect(last.type === 'form' && [...last.values]).toEqual([
      ['question', 'Why is the sky blue?'],
      ['on', true],
      ['how', ''],
    ]);
  });

  it('takes files by drop, by paste and by choosing, and lets them be taken out again', async () => {
    await ann.page.evaluate(`
      const data = new DataTransfer();
      data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      const pasted = new DataTransfer();
      pasted.items.add(new File(['pasted'], 'pasted.txt', { type: 'text/plain' }));
      const field = document.querySelector('textarea');
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }));
    `);
    await ann
      .by('file-input')
      .setInputFiles({ name: 'chosen.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2]) });
    await ann.page.locator('[data-testid="file-chip"][data-ready="true"]').nth(2).waitFor();
    await ann.page.getByRole('button', { name: 'Take out pasted.txt' }).click();
    await ann.say('Read these');
    const { message } = await world.host.next('message');
    expect(message.files.map((file) => file.name)).toEqual(['dropped.txt', 'chosen.bin']);
    const [first] = message.files;
    expect(first && new TextDecoder().decode((await world.local.download(first, 100)).bytes)).toBe('dropped');
  });

  it('keeps what was not sent, says why, and sends it when asked', async () => {
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

  it('keeps unsent text for each conversation', async () => {
    await ann.say('First');
    await world.host.next('message');
    await ann.by('message').getByText('First').waitFor();
    await ann.by('composer-text').fill('half a thought');
    await ann.by('new-chat').click();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('');
    await ann.by('conversation').filter({ hasText: 'First' }).click();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('half a thought');
    await ann.page.reload();
    await ann.by('message').getByText('First').waitFor();
    await expect.poll(() => ann.by('composer-text').inputValue()).toBe('half a thought');
  });

  it('comes back by itself after a restart, sends what was written meanwhile and misses nothing', async () => {
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
    await world.restart('another-token');
    await ann.by('stale').getByText('Open the new link').waitFor();
    expect(await ann.by('stale').getByRole('button', { name: 'Reload' }).count()).toBe(1);
  });

  it('keeps two tabs of one person in step', async () => {
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

  it('stays where one reads while an answer grows, and jumps to the newest when asked', async () => {
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
