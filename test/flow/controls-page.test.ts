import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserGroup, chromiumPath, openBrowser, type Tab } from '../adapters/local/browser.ts';
import { answer, says, silence } from '../servers/openwebui/script.ts';
import { type OnPage, onPage } from './page-stage.ts';
import { makePrompt } from './prompt-world.ts';

// What people say to Parley about a conversation, and what they do with a message's menu, on Parley's own page in Chromium.

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  let parley: OnPage;
  let ann: Tab;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    parley = await onPage(browser, {
      before: (openWebUI) =>
        makePrompt({ openWebUI }, { command: 'shorten', content: 'In {{n | number:required}} words: {{text}}' }),
    });
    ({ ann } = parley);
  });

  const said = (words: string) => ann.page.locator('[data-author="parley"]').getByText(words);
  const asked = () => parley.openWebUI.asked.at(-1)?.messages.at(-1)?.text ?? '';
  /** An answer with its buttons: it is whole. */
  const whole = (words: string) =>
    ann.page
      .locator('[data-author="parley"]')
      .filter({ hasText: words })
      .filter({ has: ann.page.getByRole('button', { name: 'Regenerate' }) })
      .waitFor();

  it('a conversation is named, looked at, given another model, answered anew and begun anew', async () => {
    parley.openWebUI.next(says('Bread needs time.'));
    await ann.say('Bread?');
    await whole('Bread needs time.');
    await ann.say('/title Baking at home');
    await said('This conversation is now called “Baking at home”.').waitFor();
    await ann.by('title').getByText('Baking at home').waitFor();
    await ann.say('/status');
    await said('Model here: Demo').waitFor();
    await ann.say('/model');
    await said('demo-chat').last().waitFor();
    await ann.say('/model demo-thinker for=thread');
    await said('from now on').waitFor();
    await ann.say('/status');
    await said('Model here: Demo, thinking').waitFor();
    parley.openWebUI.next(says('Bread needs patience.'));
    await ann.say('/retry');
    await whole('Bread needs patience.');
    await ann.say('/new');
    await said('Your next message here begins a new conversation.').waitFor();
    parley.openWebUI.next(says('Rolls need less.'));
    await ann.say('And rolls?');
    await whole('Rolls need less.');
    expect(parley.openWebUI.chats()).toHaveLength(2);
    expect(ann.said).toEqual([]);
  });

  it('what is being written is stopped, and it is said when nothing is', async () => {
    await ann.say('/stop');
    await said('Nothing is being answered here.').waitFor();
    parley.openWebUI.next(answer(['word word word', silence]));
    await ann.say('Go on.');
    await said('word word').waitFor();
    await ann.say('/stop');
    await said('Stopped. What was written stays.').waitFor();
    expect(ann.said).toEqual([]);
  });

  it('a message is asked about, summed up with its thread, and worked on by a prompt from its menu', async () => {
    await ann.by('new-shared').click();
    parley.openWebUI.next(says('A formula.'));
    await ann.say('E = mc²');
    await whole('A formula.');
    const pick = async (name: string) => {
      await ann.by('message').filter({ hasText: 'E = mc²' }).first().hover();
      await ann.by('more').first().click();
      await ann.page.getByRole('menuitem', { name }).click();
    };
    parley.openWebUI.next(says('Energy and mass.'));
    await pick('Ask about this');
    await whole('Energy and mass.');
    expect(asked()).toContain('> E = mc²');
    parley.openWebUI.next(says('It was about energy.'));
    await pick('Summarise thread');
    await whole('It was about energy.');
    expect(asked()).toContain('Ann: E = mc²');
    parley.openWebUI.next(says('Mass is energy.'));
    await pick('Run a prompt on this');
    const field = (name: string) => ann.by('form').locator(`[name="${name}"]`);
    await field('prompt').fill('shorten');
    await ann.by('form-submit').click();
    await field('v0').fill('3');
    expect(await field('v1').inputValue()).toBe('E = mc²');
    await ann.by('form-submit').click();
    await whole('Mass is energy.');
    expect(asked()).toContain('In 3 words: E = mc²');
    expect(ann.said).toEqual([]);
  });
});
