import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { browserGroup, chromiumPath, openBrowser, type Tab } from '../adapters/local/browser.ts';
import { says } from '../servers/openwebui/script.ts';
import { type OnPage, onPage } from './page-stage.ts';
import { makePrompt } from './prompt-world.ts';

// Parley whole behind its own page, used by hand in Chromium, with a scripted Open WebUI.

/** A prompt with every type of variable there is (our reference, openwebui 6). */
const EVERY = [
  '{{subject | text:required}}',
  '{{notes | textarea:placeholder="What happened"}}',
  '{{tone | select:options=["calm","bold"]}}',
  '{{short | checkbox}}',
  '{{shade | color}}',
  '{{day | date}}',
  '{{when | datetime-local}}',
  '{{mail | email}}',
  '{{period | month}}',
  '{{count | number:min=1:max=5}}',
  '{{strength | range:min=0:max=10:default=4}}',
  '{{phone | tel}}',
  '{{hour | time}}',
  '{{page | url}}',
  '{{place | map}}',
  '{{anything}}',
  '{{CLIPBOARD}}',
].join(' / ');

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  let parley: OnPage;
  let ann: Tab;
  let photograph: OnPage['photograph'];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const prompt = { command: 'meeting-notes', name: 'Notes of a meeting', content: 'Notes of: {{text}}' };
    parley = await onPage(browser, { before: (openWebUI) => makePrompt({ openWebUI }, prompt) });
    ({ ann, photograph } = parley);
  });

  const field = (name: string) => ann.page.locator(`[data-testid="form"] [name="${name}"]`);
  const said = (text: string) => ann.page.locator('[data-author="parley"]').getByText(text);
  const asked = () =>
    vi.waitFor(
      () => {
        expect(parley.openWebUI.asked).toHaveLength(1);
        return parley.openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
      },
      { timeout: 8_000 },
    );

  /** What is offered for what is typed: what Parley does not know yet is not offered, and so it is typed anew until it is. */
  async function offered(typed: string, wanted: string) {
    const offer = ann.page.getByRole('option').filter({ hasText: wanted });
    await vi.waitFor(async () => {
      await ann.by('composer-text').fill('');
      await ann.by('composer-text').fill(typed);
      await offer.waitFor({ timeout: 2_000 });
    });
    return offer;
  }

  it('a prompt’s form has a field for every type, and what is typed arrives', async () => {
    await makePrompt(parley, { command: 'every', name: 'Every type', content: EVERY });
    await ann.say('/prompt every');
    await ann.by('form').waitFor();
    expect(await ann.by('field').count()).toBe(17);
    await photograph('prompt-form');
    const typed: [string, string][] = [
      ['v0', '$& and C:\\temp'],
      ['v1', 'one\ntwo'],
      ['v4', '#336699'],
      ['v5', '2026-11-21'],
      ['v6', '2026-11-21T09:30'],
      ['v7', 'ann@example.org'],
      ['v8', '2026-12'],
      ['v9', '3'],
      ['v10', '7'],
      ['v11', '+49 30 123'],
      ['v12', '08:15'],
      ['v13', 'https://example.org/'],
      ['v14', 'Bonn'],
      ['v15', 'whatever'],
      ['v16', 'pasted'],
    ];
    for (const [name, value] of typed) await field(name).fill(value);
    await field('v2').selectOption('bold');
    await ann.page.locator('.switch').click();
    await photograph('prompt-form-filled');
    await ann.by('form-submit').click();
    expect(await asked()).toBe(
      [
        '$& and C:\\temp',
        'one\ntwo',
        'bold',
        'true',
        '#336699',
        '2026-11-21',
        '2026-11-21T09:30',
        'ann@example.org',
        '2026-12',
        '3',
        '7',
        '+49 30 123',
        '08:15',
        'https://example.org/',
        'Bonn',
        'whatever',
        'pasted',
      ].join(' / '),
    );
    expect(ann.said).toEqual([]);
  });

  it('what is wrong stands in the form at its field, with what was typed', async () => {
    await makePrompt(parley, { command: 'every', content: EVERY });
    await ann.say('/prompt every');
    await field('v9').fill('9');
    await ann.by('form-submit').click();
    const wrong = ann.page.locator('.field.wrong');
    await wrong.first().waitFor();
    expect(await wrong.count()).toBe(2);
    expect(await wrong.nth(0).innerText()).toContain('Please fill this in.');
    expect(await wrong.nth(1).innerText()).toMatch(/5/);
    expect(await field('v9').inputValue()).toBe('9');
    await photograph('prompt-form-wrong');
    expect(parley.openWebUI.asked).toEqual([]);
    await field('v0').fill('x');
    await field('v9').fill('4');
    await ann.by('form-submit').click();
    expect(await asked()).toContain('x / ');
  });

  it('asks forty variables in one form', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `part${at + 1}`);
    await makePrompt(parley, {
      command: 'forty',
      content: names.map((name) => `{{${name} | text:required}}`).join(' '),
    });
    await ann.say('/forty');
    await ann.by('form').waitFor();
    expect(await ann.by('field').count()).toBe(40);
    await photograph('forty-variables');
    for (const at of names.keys()) await field(`v${at}`).fill(`w${at}`);
    await photograph('forty-variables-end');
    await ann.by('form-submit').click();
    expect(await asked()).toBe(names.map((_, at) => `w${at}`).join(' '));
  });

  it('a slash and a prompt’s name runs it; the menu offers prompts after the commands', async () => {
    const offer = await offered('/me', '/meeting-notes');
    expect(await offer.innerText()).toContain('Prompt: Notes of a meeting');
    await photograph('menu-with-prompts');
    await ann.say('/meeting-notes We met at noon.');
    expect(await asked()).toBe('Notes of: We met at noon.');
    await said('Ann ran meeting-notes').waitFor();
  });

  it('the menu holds every command, and keeps the marked one in sight', async () => {
    await offered('/', '/meeting-notes');
    for (const name of ['/ask', '/whoami', '/forget', '/help'])
      await ann.page.getByRole('option').filter({ hasText: name }).first().waitFor();
    await ann.page.getByTestId('composer-text').press('ArrowUp');
    const marked = ann.page.locator('#offers [aria-selected="true"]');
    await vi.waitFor(async () => {
      const [list, item] = [await ann.by('offers').boundingBox(), await marked.boundingBox()];
      expect((item?.y ?? 0) + (item?.height ?? 0)).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0));
    });
    await ann.page.getByTestId('composer-text').fill('');
  });

  it('a slash and a name that nothing has offers the names that come near', async () => {
    await ann.say('/meeting-nots');
    await said('There is no command or prompt called “/meeting-nots”. Did you mean').waitFor();
    await ann.say('/modle');
    await said('Did you mean /model').waitFor();
    await photograph('nearest-names');
  });

  it('asks with options in a form, and a private answer can be shared', async () => {
    parley.openWebUI.next(says('At **noon**.'));
    await ann.by('new-shared').click();
    await ann.say('/ask');
    await ann.by('form').waitFor();
    await photograph('ask-form');
    await ann.page.keyboard.press('Escape');
    await ann.say('/ask private=yes When do we meet?');
    await ann.page.getByRole('button', { name: 'Share here' }).waitFor();
    await photograph('private-answer');
    await ann.page.getByRole('button', { name: 'Share here' }).click();
    await ann.by('conversation').filter({ hasText: 'Ann shared' }).click();
    await said('Ann shared: When do we meet?').waitFor();
    await photograph('shared-answer');
  });

  it('the pages of a list take each other’s place', async () => {
    for (let at = 0; at < 20; at += 1) await makePrompt(parley, { command: `p${String(at).padStart(2, '0')}` });
    await ann.say('/prompts list order=name');
    await said('Prompts 1–15 of 21').waitFor();
    await photograph('list-first-page');
    await ann.page.getByRole('button', { name: 'Next' }).click();
    await said('Prompts 16–21 of 21').waitFor();
    expect(await said('Prompts 1–15 of 21').count()).toBe(0);
    await photograph('list-second-page');
    await ann.page.getByRole('button', { name: 'Previous' }).click();
    await said('Prompts 1–15 of 21').waitFor();
  });
});
