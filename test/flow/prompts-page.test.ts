import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserGroup, chromiumPath, openBrowser, type Tab } from '../adapters/local/browser.ts';
import { says } from '../servers/openwebui/script.ts';
import { type OnPage, onPage } from './page-stage.ts';
import { commandsOn, FILE, fileOf, furnish, MADE, REPLACED } from './prompt-world.ts';

// The prompts themselves on Parley's own page, used by hand in Chromium.

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  let parley: OnPage;
  let ann: Tab;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    parley = await onPage(browser, { annIsAdmin: true, before: furnish });
    ({ ann } = parley);
  });

  /** What Parley said last, once these words are in it. */
  async function told(words: string | RegExp): Promise<string> {
    const message = ann.page.locator('[data-author="parley"]').filter({ hasText: words }).last();
    await message.waitFor();
    return message.innerText();
  }
  /** What Parley says to a command: once it is there, the next one cannot overtake it. */
  async function run(line: string, words: string | RegExp): Promise<string> {
    const fitting = ann.page.locator('[data-author="parley"]').filter({ hasText: words });
    const before = await fitting.count();
    await ann.say(`/prompts ${line}`);
    await fitting.nth(before).waitFor();
    return fitting.nth(before).innerText();
  }
  const press = (name: string) => ann.page.getByRole('button', { name, exact: true }).last().click();
  const field = (name: string) => ann.by('form').locator(`[name="${name}"]`);
  const versions = (history: string) => [...history.matchAll(/\b([0-9a-f]{8})\b/g)].map((match) => match[1] ?? '');

  it('one is made in a form, shown, changed, looked back at, brought back, shared, switched, run and deleted', async () => {
    await ann.say('/prompts create');
    await ann.by('form').waitFor();
    for (const [name, value] of [
      ['command', 'two words'],
      ['name', 'Hail'],
      ['content', 'Hail {{who}},\nhow are you?'],
      ['tags', 'polite'],
    ] as const)
      await field(name).fill(value);
    await ann.by('form-submit').click();
    await ann.by('form').getByText('Please use letters, digits and hyphens only.').waitFor();
    expect(await field('content').inputValue()).toBe('Hail {{who}},\nhow are you?');
    await field('command').fill('hail');
    await ann.by('form-submit').click();
    await told('/prompt hail is there now');

    expect(await run('show hail', 'It asks for')).toContain('Hail {{who}}');
    await run('edit hail message="Warmer" Dear {{who}},', 'hail is changed.');
    expect(await run('diff hail', '@@')).toContain('-Hail {{who}},');
    const [, first = ''] = versions(await run('history hail', 'Warmer'));
    await run(`entry hail ${first}`, 'how are you?');
    await press('Bring it back');
    await told('is as it was');
    await run('share hail everyone', 'Shared with everyone');
    await run('share hail', 'hail: Shared with everyone.');
    await run('share hail nobody', 'Only its owner can use it.');
    await run('meta hail tags=kind', 'hail is changed.');
    await run('toggle hail', 'is switched off');
    await run('toggle hail', 'is switched on');

    parley.openWebUI.next(says('Good morning.'));
    await ann.say('/prompt hail who=Bob');
    await told('Good morning.');
    expect(parley.openWebUI.asked.at(-1)?.messages.at(-1)?.text).toBe('Hail Bob,\nhow are you?');
    await run('delete hail', 'Delete hail');
    await press('Delete it');
    await told('hail is deleted.');
    expect(await commandsOn(parley.openWebUI)).toEqual(['boats', 'greet', 'there']);
    expect(ann.said).toEqual([]);
  });

  it('they are searched, their tags told, a version brought back and one deleted, several deleted', async () => {
    expect(await run('search harbour', 'Prompts 1–1 of 1')).toContain('Count the boats in the harbour at dawn');
    expect(await run('tags', 'Tags:')).toMatch(/polite.*sea/);
    await run('edit greet Dear {{who}},', 'greet is changed');
    const [live = '', first = ''] = versions(await run('history greet', '(live)'));
    await run(`version greet ${first}`, `is as it was in version ${first}`);
    await run(`delete-entry greet ${live}`, 'Delete this version');
    await press('Delete it');
    await told(`Version ${live} of greet is deleted.`);
    await run('delete-many boats greet nothing', '“nothing”: there is no such prompt');
    await press('Delete 2');
    await told('greet: deleted');
    expect(await commandsOn(parley.openWebUI)).toEqual(['there']);
    expect(ann.said).toEqual([]);
  });

  it('they are taken in from a file in a form, and from one attached to the command', async () => {
    const file = (text: string) => ({
      name: FILE.name,
      mimeType: FILE.mimetype,
      buffer: Buffer.from(fileOf(text)),
    });
    await ann.say('/prompts import');
    await ann.by('form').locator('input[type="file"]').setInputFiles(file('New'));
    await ann.by('form').locator('[data-ready="true"]').waitFor();
    await ann.by('form-submit').click();
    const made = await told('1 of 5 prompts are in.');
    for (const line of MADE) expect(made).toContain(line.replaceAll('`', ''));

    await ann.by('file-input').setInputFiles(file('Newer'));
    await ann.by('composer').locator('[data-ready="true"]').waitFor();
    await ann.say('/prompts import existing=replace');
    const replaced = await told('2 of 5 prompts are in.');
    for (const line of REPLACED) expect(replaced).toContain(line.replaceAll('`', ''));
    expect(await run('show there', 'Newer')).toContain('Newer');
    expect(ann.said).toEqual([]);
  });
});
