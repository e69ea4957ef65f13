/**
 * Makes the pictures of the README: starts Parley on the demo stand-in with data of its own, uses the page in Chromium as a new
 * person would, and photographs it. `npm run screenshots`. Needs Chromium (`CHROMIUM` names another than /usr/bin/chromium).
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { start } from '../test/process/parley-process.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'images');
const data = mkdtempSync(join(tmpdir(), 'parley-screenshots-'));

async function enter(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByTestId('name').fill(name);
  await page.getByTestId('enter').click();
  await page.getByTestId('composer').waitFor();
}

/** Asks, and waits until the answer is whole and its follow-ups stand below it. */
async function ask(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer-text').fill(text);
  await page.getByTestId('composer-text').press('Enter');
  await page.getByRole('button', { name: 'Regenerate' }).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2_500);
}

async function photograph(browser: Browser, link: string): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await enter(page, link, 'Ann');
  for (const question of ['Plan a small team offsite as a list', 'Show me code that reads a file, in two languages']) {
    await ask(page, question);
    await page.getByTestId('new-chat').click();
  }
  await ask(page, 'Compare tea and coffee in a table');
  await page.screenshot({ path: join(folder, 'page-light.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByTestId('conversation').nth(1).click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, 'page-dark.png') });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, 'page-phone.png') });
  await context.close();
}

mkdirSync(folder, { recursive: true });
const parley = await start({ PARLEY_STORE: `sqlite:${join(data, 'parley.db')}`, PARLEY_LISTEN: '127.0.0.1:0' });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
try {
  await photograph(browser, parley.link);
} finally {
  await browser.close();
  await parley.kill();
  rmSync(data, { recursive: true, force: true });
}
