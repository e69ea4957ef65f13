import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserGroup, chromiumPath, openBrowser, type Tab } from '../adapters/local/browser.ts';
import type { FaultyNextcloud } from '../servers/nextcloud/server.ts';
import { openCloud } from './cloud.ts';
import { type OnPage, onPage } from './page-stage.ts';

// Nextcloud's tasks on Parley's own page, used by hand in Chromium.

describe.skipIf(chromiumPath === null)(browserGroup, () => {
  let browser: Browser;
  let cloud: FaultyNextcloud;
  let ann: Tab;
  let photograph: OnPage['photograph'];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const opened = await openCloud();
    cloud = opened.cloud;
    ({ ann, photograph } = await onPage(browser, { nextcloud: opened.nextcloud }));
  });

  const said = (text: string | RegExp) => ann.page.locator('[data-author="parley"]').getByText(text);
  const button = (name: string) => ann.page.getByRole('button', { name, exact: true });

  it('a summary tells how it goes, can be called off, and comes out', { timeout: 180_000 }, async () => {
    await ann.say('/nextcloud summarize slow The cat sat on the mat. It was warm. It stayed.');
    await said(/Waiting in Nextcloud’s queue · \d+ s/).waitFor({ timeout: 60_000 });
    await photograph('nextcloud-waiting');
    const id = cloud.newest();
    cloud.start(id);
    cloud.progress(id, 0.49);
    await said(/Running 49 %/).waitFor();
    await photograph('nextcloud-running');
    await button('Cancel').click();
    await said('Cancelled.').waitFor();
    cloud.release();
    await ann.say('/nextcloud summarize The cat sat on the mat. It was warm. It stayed.');
    await said(/The cat sat on the mat/)
      .last()
      .waitFor();
    await photograph('nextcloud-summary');
    expect(ann.said).toEqual([]);
  });

  it('an image is made and shown', async () => {
    cloud.release();
    await ann.say('/nextcloud image A red cat on a wall');
    await ann.page.locator('.picture img').waitFor();
    await ann.page.waitForFunction('[...document.images].every((one) => one.complete && one.naturalWidth > 0)');
    await photograph('nextcloud-image');
    expect(ann.said).toEqual([]);
  });

  it('a form asks for what is missing, and a recording is taken from it', async () => {
    cloud.release();
    await ann.say('/nextcloud translate Guten Tag');
    await ann.by('form').waitFor();
    await photograph('nextcloud-form');
    await ann.page.locator('[data-testid="form"] [name="f2"]').selectOption('en');
    await ann.by('form-submit').click();
    await said(/\[To English/).waitFor();
    await ann.say('/nextcloud transcribe');
    await ann.by('form').waitFor();
    const file = { name: 'voice.ogg', mimeType: 'audio/ogg', buffer: Buffer.from('not really audio') };
    await ann.page.locator('[data-testid="form"] input[type="file"]').setInputFiles(file);
    await ann.page.locator('[data-testid="form"] [data-ready="true"]').waitFor();
    await photograph('nextcloud-recording');
    await ann.by('form-submit').click();
    await button('Summarise').waitFor();
    await photograph('nextcloud-transcript');
    expect(ann.said).toEqual([]);
  });

  it('a message is summed up from its menu, and all kinds are listed', async () => {
    cloud.release();
    await ann.by('new-shared').click();
    await ann.say('Bread needs time. Rye needs more of it.');
    await ann.by('more').first().click();
    await ann.page.getByRole('menuitem', { name: 'Summarise with Nextcloud' }).click();
    await said(/Ann ran Nextcloud: summarize/).waitFor();
    await ann.say('/nextcloud types');
    await said('Run one with').waitFor();
    await photograph('nextcloud-types');
  });
});
