import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import type { World } from './world.ts';

/** Debian's Chromium, or the one that CHROMIUM names; null when there is none. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path)) ??
  null;

/** Why browser tests are left out; the name of their group. */
export const browserGroup =
  chromiumPath === null
    ? 'the page in Chromium (LEFT OUT: no Chromium here; install it or set CHROMIUM)'
    : 'the page in Chromium';

/** Starts Chromium without anything that calls out. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    timeout: 55_000,
    args: [
      '--no-sandbox',
      // Containers have little shared memory, and a page that finds none crashes.
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--disable-sync',
    ],
  });
}

/** One person's browser tab. Everything the page says to the console is kept, since it should say nothing. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly said: string[];
  by(testId: string): Locator;
  /** Writes a message and sends it. */
  say(text: string): Promise<void>;
}

/** Comes in by the printed link under a name. */
export async function enterAs(
  browser: Browser,
  world: Pick<World, 'local'>,
  name: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const tab = await openTab(context, world.local.link());
  await tab.by('name').fill(name);
  await tab.by('enter').click();
  // Before that the page has no connection: it knows no commands, and says so to whoever runs one.
  await tab.page.locator('.app[data-link="open"]').waitFor();
  return tab;
}

/** Another tab of the same browser. */
export async function openTab(context: BrowserContext, address: string): Promise<Tab> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  await page.goto(address);
  const by = (testId: string) => page.getByTestId(testId);
  return {
    page,
    context,
    said,
    by,
    async say(text) {
      await by('composer-text').fill(text);
      await by('composer-text').press('Enter');
    },
  };
}
